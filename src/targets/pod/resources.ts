import type { JsonObject, StringMap } from '../../ir/scalar.ts';
import type { Resource, Task } from '../../ir/task.ts';
import { compact } from './compact.ts';

export const GPU_RESOURCE = 'nvidia.com/gpu';

/** `requests` and `limits` of the container. GPUs are in both, equal: the API server takes them no other way. */
export function resources(task: Task): JsonObject {
  return compact({ requests: quantities(task, 'request'), limits: quantities(task, 'limit') });
}

function quantities(task: Task, side: keyof Resource): StringMap {
  const named: readonly (readonly [string, string | undefined])[] = [
    ['cpu', task.cpu[side]],
    ['memory', task.memory[side]],
    ['ephemeral-storage', task.ephemeralStorage[side]],
    [GPU_RESOURCE, task.gpu && String(task.gpu.count)],
  ];
  return Object.fromEntries(named.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
