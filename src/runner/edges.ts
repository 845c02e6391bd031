import type { Edge } from '../ir/task.ts';

/**
 * How a task ended.
 * - skipped: its own `when` does not hold
 * - neverRan: an edge does not hold, or the pipeline's deadline came first
 * - interrupted: the user stopped the run; it goes on with the next run
 */
export type TaskStatus = 'succeeded' | 'failed' | 'skipped' | 'neverRan' | 'interrupted';

/** What edges ask of an ended task. */
export interface Ended {
  readonly status: TaskStatus;
  readonly total: number;
  /** Items that are done, in this run or an earlier one. */
  readonly done: number;
  readonly failed: number;
}

/** Whether an edge to a task that has ended holds. What an itemwise edge means for single items is for their gates. */
export function edgeHolds(edge: Edge, upstream: Ended): boolean {
  switch (edge.on) {
    case 'succeeded':
      return upstream.status === 'succeeded' || upstream.status === 'skipped';
    case 'failed':
      return upstream.status === 'failed';
    case 'completed':
      return true;
    case 'anySucceeded':
      return upstream.done > 0;
    case 'allFailed':
      return upstream.total > 0 && upstream.failed === upstream.total;
    case 'itemwise':
      return upstream.status !== 'neverRan' && upstream.status !== 'interrupted';
  }
}

/** Why a task never runs, in words that complete "task x never ran: …". `status`: of the upstream task. */
export function brokenEdge({ task, on }: Edge, status: TaskStatus): string {
  return `it needs "${task}" ${on}, and that ${status === 'neverRan' ? 'never ran' : `was ${status}`}`;
}
