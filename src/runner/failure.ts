/** Why an attempt (or an item, or a whole task) failed. */
export type Failure =
  /** `reason`: the kubelet's, when it says more than the code: `OOMKilled`. */
  | {
      readonly kind: 'exit';
      readonly code: number;
      readonly rank?: number | undefined;
      readonly reason?: string | undefined;
    }
  | { readonly kind: 'signal'; readonly signal: string; readonly rank?: number | undefined }
  | { readonly kind: 'timeout'; readonly seconds: number }
  | { readonly kind: 'deadline'; readonly of: 'task' | 'pipeline'; readonly seconds: number }
  /** The system could not start a process (no memory, no process ids); never the fault of the program. */
  | { readonly kind: 'start'; readonly problem: string }
  /** The cluster took the pod away: preempted, evicted, deleted, its node lost. Not the fault of the program. */
  | { readonly kind: 'disrupted'; readonly reason: string; readonly message?: string | undefined }
  /** The pod never ran its program: no node, no image, a volume or Secret that is not there. */
  | { readonly kind: 'notStarted'; readonly reason: string; readonly message?: string | undefined }
  /** The program ended well but its output is missing or wrong. */
  | { readonly kind: 'output'; readonly output: string; readonly problem: string }
  /** Item i of an upstream task with an itemwise edge did not succeed. */
  | { readonly kind: 'upstream'; readonly task: string }
  /** This item of another (or the same) task had failed, or the task without one, and the user wants the run to end then. */
  | { readonly kind: 'failFast'; readonly task: string; readonly item?: string | undefined }
  /** The user stopped the run. */
  | { readonly kind: 'interrupted' };

export type AttemptOutcome = { readonly kind: 'succeeded' } | { readonly kind: 'failed'; readonly failure: Failure };

export const SUCCEEDED: AttemptOutcome = { kind: 'succeeded' };

export function failed(failure: Failure): AttemptOutcome {
  return { kind: 'failed', failure };
}

/** In a few words, as in logs and in reports: `exit code 3`. */
export function describeFailure(failure: Failure): string {
  switch (failure.kind) {
    case 'exit':
      return `exit code ${failure.code}${ofRank(failure.rank)}${failure.reason === undefined ? '' : ` (${failure.reason})`}`;
    case 'signal':
      return `killed by ${failure.signal}${ofRank(failure.rank)}`;
    case 'timeout':
      return `timed out after ${failure.seconds} s`;
    case 'deadline':
      return `stopped at the ${failure.of}'s deadline of ${failure.seconds} s`;
    case 'start':
      return `could not be started: ${failure.problem}`;
    case 'disrupted':
      return `the cluster took the pod away: ${withMessage(failure)}`;
    case 'notStarted':
      return `never started: ${withMessage(failure)}`;
    case 'output':
      return `output "${failure.output}" ${failure.problem}`;
    case 'upstream':
      return `not started: this item of task "${failure.task}" did not succeed`;
    case 'failFast':
      return `stopped because ${failedOne(failure)} had failed (--fail-fast)`;
    case 'interrupted':
      return 'interrupted';
  }
}

function failedOne({ task, item }: { readonly task: string; readonly item?: string | undefined }): string {
  return item === undefined ? `task "${task}"` : `item "${item}" of task "${task}"`;
}

function withMessage({ reason, message }: { readonly reason: string; readonly message?: string | undefined }): string {
  return message === undefined || message === '' ? reason : `${reason}: ${message}`;
}

function ofRank(rank: number | undefined): string {
  return rank === undefined ? '' : ` of rank ${rank}`;
}
