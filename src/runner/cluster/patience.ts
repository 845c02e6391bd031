import { ApiError, ConnectionError } from '../../cluster/errors.ts';
import type { Clock } from '../clock.ts';

const FIRST_MILLIS = 500;
const LONGEST_MILLIS = 15_000;
/** Credentials that have expired may be renewed just now: they are read again with each request, so often in about half a minute. */
const MAX_UNKNOWN = 7;

/** A log is not given up as lost before its pod was looked for so often, once every so many milliseconds. */
export const MOST_LOOKS = 5;
export const LOOK_MILLIS = 2000;

/**
 * Does `work` until the API server lets it: a run of hours outlives a restart of the control plane. Gives up when `stop` is aborted,
 * after half a minute of not being known (401), and at once on a refusal that no waiting cures (forbidden, invalid, not found, conflict).
 */
export async function patiently<T>(clock: Clock, stop: AbortSignal, work: () => Promise<T>): Promise<T> {
  let unknown = 0;
  for (let delay = FIRST_MILLIS; ; delay = Math.min(delay * 2, LONGEST_MILLIS)) {
    try {
      return await work();
    } catch (error) {
      unknown = isUnknown(error) ? unknown + 1 : 0;
      if (stop.aborted || unknown === MAX_UNKNOWN || !(unknown > 0 || passes(error))) throw error;
    }
    await pause(clock, delay, stop);
  }
}

/** The API server does not know who we are (any more). It says nothing about what was asked. */
export function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

function passes(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.transient;
  return error instanceof ApiError && (error.status >= 500 || error.status === 429 || error.status === 408);
}

/** Resolves after so many milliseconds, or when `stop` is aborted. */
export function pause(clock: Clock, milliseconds: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      stop.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(milliseconds, done);
    stop.addEventListener('abort', done, { once: true });
  });
}
