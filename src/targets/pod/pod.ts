import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import type { PodContext } from './context.ts';

/** The `spec` of the pods of a task, as JSON of its own; the user's podSpec patch is applied. Pure. */
export function podSpec(_task: Task, _context: PodContext): JsonObject {
  return {};
}

/** Labels and annotations of the pods of a task. Pure. */
export function podMetadata(_task: Task, _context: PodContext): JsonObject {
  return {};
}
