import type { Clock } from './clock.ts';
import { ApiError, ConnectionError } from './errors.ts';

/** How often a request is sent at most, the first time counted. */
const MAX_ATTEMPTS = 6;
/** Bound of what `Retry-After` may ask for; longer is left to the caller. */
const MAX_RETRY_AFTER_SECONDS = 60;

/** Delay before attempt 2, 3, …: 0.25 s, doubled each time, at most `most`. No jitter: the same faults, the same times. */
export function backoffMillis(failures: number, most: number): number {
  return Math.min(250 * 2 ** Math.max(0, failures - 1), most);
}

/**
 * Sends a request again while that may help: 429 and whatever else has `Retry-After`, for idempotent requests also 5xx
 * and lost connections.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  idempotent: boolean,
  clock: Clock,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      signal?.throwIfAborted();
      if (failures >= MAX_ATTEMPTS || !mayHelp(error, idempotent)) throw error;
      const asked = error instanceof ApiError ? error.retryAfterSeconds : undefined;
      await clock.sleep(asked === undefined ? backoffMillis(failures, 8000) : asked * 1000, signal);
    }
  }
}

function mayHelp(error: unknown, idempotent: boolean): boolean {
  if (error instanceof ConnectionError) return error.transient && (idempotent || error.unsent);
  if (!(error instanceof ApiError)) return false;
  if ((error.retryAfterSeconds ?? 0) > MAX_RETRY_AFTER_SECONDS) return false;
  if (error.status === 429) return true;
  if (error.status < 500 || error.status === 501) return false;
  if (error.retryAfterSeconds !== undefined) return true;
  return idempotent && !isRefusal(error);
}

/**
 * The API server also says 500, without a reason, of an apply with a field that the kind does not have (v1.36); it is
 * then no matter of time. What etcd says (`etcdserver: leader changed`) has no reason either.
 */
function isRefusal({ status, reason, message, request }: ApiError): boolean {
  return status === 500 && reason === '' && request.startsWith('PATCH ') && !message.startsWith('etcdserver: ');
}
