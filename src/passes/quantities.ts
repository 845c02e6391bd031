import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Resource, Task } from '../ir/task.ts';
import { quoted } from '../units/parsed.ts';
import { compareQuantities, isWholeQuantity, parseQuantity, type QuantityValue } from '../units/quantity.ts';

/** Quantities parse and make sense; no request is above its limit; no memory volume above the memory limit. */
export function checkQuantities(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    checkResource(task, 'cpu', task.cpu, false, diagnostics);
    const memory = checkResource(task, 'memory', task.memory, true, diagnostics);
    checkResource(task, 'ephemeralStorage', task.ephemeralStorage, true, diagnostics);
    for (const volume of sizedVolumes(task)) {
      const { field } = volume;
      const value = checkQuantity(task, field, volume.size, true, diagnostics);
      if (!volume.memory || value === undefined || memory === undefined) continue;
      if (compareQuantities(value, memory) <= 0) continue;
      diagnostics.report('PL169', { field, size: value.text, limit: memory.text }, { origin: task.origin });
    }
    for (const variable of task.container.environment.variables) {
      if (variable.kind !== 'resource' || variable.divisor === undefined) continue;
      checkQuantity(task, `env.${variable.name}`, variable.divisor, false, diagnostics);
    }
  }
}

/** Returns the limit. */
function checkResource(
  task: Task,
  field: string,
  { request, limit }: Resource,
  bytes: boolean,
  diagnostics: Collector,
): QuantityValue | undefined {
  const same = request === limit;
  const most = limit === undefined ? undefined : checkQuantity(task, field, limit, bytes, diagnostics);
  const least = request === undefined || same ? undefined : checkQuantity(task, field, request, bytes, diagnostics);
  if (most !== undefined && least !== undefined && compareQuantities(least, most) > 0) {
    diagnostics.report('PL160', { field, request: least.text, limit: most.text }, { origin: task.origin });
  }
  return most;
}

function checkQuantity(
  task: Task,
  field: string,
  text: string,
  bytes: boolean,
  diagnostics: Collector,
): QuantityValue | undefined {
  const parsed = parseQuantity(text);
  if (!parsed.ok) {
    const { problem, hint } = parsed;
    diagnostics.report('PL071', { field, quantity: quoted(text), problem, hint }, { origin: task.origin });
    return undefined;
  }
  const problem = problemOf(parsed.value, bytes);
  if (problem === undefined) return parsed.value;
  diagnostics.report('PL168', { field, quantity: text, problem }, { origin: task.origin });
  return undefined;
}

function problemOf(quantity: QuantityValue, bytes: boolean): string | undefined {
  if (quantity.nanos < 0n) return 'is negative';
  if (bytes && !isWholeQuantity(quantity)) return 'is not a whole number of bytes';
  return undefined;
}

interface Sized {
  readonly field: string;
  readonly size: string;
  /** Whether it counts to the memory of the container. */
  readonly memory: boolean;
}

function sizedVolumes(task: Task): Sized[] {
  const volumes: Sized[] = task.shm === undefined ? [] : [{ field: 'shm', size: task.shm, memory: true }];
  for (const { volume, source } of task.container.volumes) {
    if (source.kind !== 'emptyDir' || source.sizeLimit === undefined) continue;
    volumes.push({ field: `volumes.${volume}.sizeLimit`, size: source.sizeLimit, memory: source.medium === 'Memory' });
  }
  return volumes;
}
