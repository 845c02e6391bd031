import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import type { JobChunk, PodContext } from './context.ts';

/** The `spec` of a batch/v1 Job that runs a task (or a chunk of its units), pod template included. Pure. */
export function jobSpec(_task: Task, _context: PodContext, _chunk: JobChunk): JsonObject {
  return {};
}
