import type { Task } from '../ir/task.ts';

/** Items of `total` that may fail while the task succeeds. */
export function allowedFailures({ maxFailed }: Task, total: number): number {
  if (maxFailed === undefined) return 0;
  return maxFailed.kind === 'count' ? maxFailed.count : Math.floor((total * maxFailed.percent) / 100);
}
