import type { JsonObject } from '../../ir/scalar.ts';
import type { Retries } from '../../ir/task.ts';

/**
 * The kubelet ended the container: its pod was evicted, preempted or deleted. Argo does not see why; a container that used too
 * much memory is `OOMKilled`, not `Error` (operator.go inferFailedReason, tried on 3.7.4).
 */
const KILLED = 'lastRetry.message matches "^main: Error [(]exit code (137|143)[)]"';
/** An exit code, or more time than it was given. */
const ENDED = `lastRetry.status == "Failed" && lastRetry.message matches "exit code|deadline" && !(${KILLED})`;
/** The executor, the container `wait`, did not find an output: that is an Error to Argo. */
const NO_OUTPUT = 'lastRetry.message matches "^wait: .*/podloom/outputs/"';
/** What the pod's own program did. Everything else befell it. */
const FAILED = `(${ENDED}) || ${NO_OUTPUT}`;
const BEFELL = `!(${FAILED})`;

/**
 * `retryStrategy` of a leaf template. The policy is Always and the expression decides: a preempted pod is Failed with
 * a message, a deleted one is Error, and neither of Argo's other policies retries both (operator.go, 3.7 and 4.1).
 * `deadlineSeconds`: for all attempts together; the `timeout` of the template is for each.
 */
export function retryStrategy(retries: Retries, deadlineSeconds?: number): JsonObject | undefined {
  if (retries.limit === 0 || retries.on.length === 0) return undefined;
  const expression = retryExpression(retries);
  const { backoff } = retries;
  return {
    limit: String(retries.limit),
    retryPolicy: 'Always',
    ...(expression !== undefined && { expression }),
    ...((backoff !== undefined || deadlineSeconds !== undefined) && {
      backoff: {
        duration: `${Math.ceil(backoff?.seconds ?? 0)}s`,
        ...(backoff && { factor: String(Math.round(backoff.factor)) }),
        ...(backoff?.capSeconds !== undefined && { cap: `${Math.ceil(backoff.capSeconds)}s` }),
        ...(deadlineSeconds !== undefined && { maxDuration: `${deadlineSeconds}s` }),
      },
    }),
  };
}

function retryExpression({ on, exceptExitCodes }: Retries): string | undefined {
  const codes = exceptExitCodes.join(', ');
  const other = `!(asInt(lastRetry.exitCode) in [${codes}])`;
  const failed = exceptExitCodes.length === 0 ? FAILED : `(${FAILED}) && ${other}`;
  if (!on.includes('failed')) return BEFELL;
  if (!on.includes('infrastructure')) return failed;
  return exceptExitCodes.length === 0 ? undefined : `${BEFELL} || ${other}`;
}
