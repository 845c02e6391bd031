import type { Task } from '../../ir/task.ts';
import type { Failure } from '../failure.ts';
import { DELETED } from './pod-view.ts';

/**
 * Whether the Job controller makes another pod after this failure: the same rules as the `podFailurePolicy` and `backoffLimit`
 * that the targets write (targets/pod/failure-policy.ts). `failures`: earlier pods of the index that used up a retry.
 */
export function isRetriedByJob({ retries }: Task, failure: Failure, failures: number): boolean {
  const { limit, on, exceptExitCodes } = retries;
  if (limit === 0) return false; // then no rule spares disruptions either
  if (failure.kind === 'disrupted' && failure.reason !== DELETED) {
    if (on.includes('infrastructure')) return true;
    return false;
  }
  if (failures + 1 > limit) return false;
  if (failure.kind !== 'exit') return true;
  return on.includes('failed') && !exceptExitCodes.includes(failure.code);
}
