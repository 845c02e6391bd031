import type { Task } from '../../ir/task.ts';
import type { Failure } from '../failure.ts';
import { isDeletion } from './pod-view.ts';

/**
 * Whether the Job controller makes another pod after this failure: the same rules as the `podFailurePolicy` and `backoffLimit`
 * that the targets write (targets/pod/failure-policy.ts). `failures`: earlier pods of the index that used up a retry.
 */
export function isRetriedByJob({ retries }: Task, failure: Failure, failures: number): boolean {
  const { limit, on, exceptExitCodes } = retries;
  if (limit === 0) return false; // then no rule spares disruptions either
  if (failure.kind === 'disrupted' && !isDeletion(failure)) {
    if (on.includes('infrastructure')) return true;
    return false;
  }
  if (failures + 1 > limit) return false;
  if (failure.kind !== 'exit') return true;
  return on.includes('failed') && !exceptExitCodes.includes(failure.code);
}

/** The same, as far as can be known: a pod that was deleted may be one of two of the same index, and only the Job says in the end. */
export function mayComeAgain(task: Task, failure: Failure, failures: number): boolean {
  return isDeletion(failure) || isRetriedByJob(task, failure, failures);
}
