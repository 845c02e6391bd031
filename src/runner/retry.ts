import type { Retries } from '../ir/task.ts';
import type { Failure } from './failure.ts';

/** Exit code that a shell gives for a signal: 128 + its number. Only those that processes really die of. */
const SIGNAL_EXIT_CODES: { readonly [signal: string]: number } = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGILL: 132,
  SIGTRAP: 133,
  SIGABRT: 134,
  SIGBUS: 135,
  SIGFPE: 136,
  SIGKILL: 137,
  SIGUSR1: 138,
  SIGSEGV: 139,
  SIGUSR2: 140,
  SIGPIPE: 141,
  SIGALRM: 142,
  SIGTERM: 143,
};

/**
 * Milliseconds to wait before the next attempt, or undefined when there is none.
 * `attempt` is the number of the one that failed, from 1. Backoff n waits `seconds · factor^(n-1)`, at most the cap.
 */
export function retryDelay(retries: Retries, attempt: number, failure: Failure): number | undefined {
  if (attempt > retries.limit) return undefined;
  const cause = causeOf(failure);
  if (cause === undefined || !retries.on.includes(cause)) return undefined;
  const code = exitCodeOf(failure);
  if (code !== undefined && retries.exceptExitCodes.includes(code)) return undefined;
  const { backoff } = retries;
  if (backoff === undefined) return 0;
  const seconds = backoff.seconds * backoff.factor ** (attempt - 1);
  return Math.min(seconds, backoff.capSeconds ?? Number.POSITIVE_INFINITY, MOST_SECONDS) * 1000;
}

/** A year: a backoff that has grown beyond every number is still a number. */
const MOST_SECONDS = 31_536_000;

function causeOf(failure: Failure): 'failed' | 'infrastructure' | undefined {
  switch (failure.kind) {
    case 'exit':
    case 'signal':
    case 'timeout':
    case 'output':
      return 'failed';
    case 'start':
    case 'disrupted':
    case 'notStarted':
      return 'infrastructure';
    case 'deadline':
    case 'upstream':
    case 'failFast':
    case 'interrupted':
      return undefined;
  }
}

function exitCodeOf(failure: Failure): number | undefined {
  if (failure.kind === 'exit') return failure.code;
  if (failure.kind === 'signal') return SIGNAL_EXIT_CODES[failure.signal];
  return undefined;
}
