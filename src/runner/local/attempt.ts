import type { Clock } from '../clock.ts';
import { type AttemptOutcome, type Failure, failed, SUCCEEDED } from '../failure.ts';
import { LinePrefix } from '../line-prefix.ts';
import type { LogWriter } from '../state/item-log.ts';
import type { ProcessEnd, Processes, ProcessSpec, RunningProcess } from './processes.ts';

export interface AttemptOptions {
  /** One process, or one for each rank. */
  readonly specs: readonly ProcessSpec[];
  readonly timeoutSeconds: number | undefined;
  /** Between SIGTERM and SIGKILL. */
  readonly graceSeconds: number;
  readonly clock: Clock;
  readonly processes: Processes;
  readonly log: LogWriter;
  readonly stop: AbortSignal;
}

/** Errors of the system, not of the program: it had no memory, processes or files to give. */
const SYSTEM_ERRORS: ReadonlySet<string> = new Set(['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE']);

/**
 * Runs the processes of one attempt to their end. The first failure — an exit code, the timeout, `stop`, a log that
 * cannot be written — ends all of them: SIGTERM, and SIGKILL after the grace period.
 */
export async function runAttempt(options: AttemptOptions): Promise<AttemptOutcome> {
  const { specs, timeoutSeconds, graceSeconds, clock, processes, log, stop } = options;
  if (stop.aborted) return failed(stop.reason as Failure);
  const several = specs.length > 1;
  const running: RunningProcess[] = [];
  let failure: Failure | undefined;
  let cancelKill = (): void => {};
  const terminate = (cause: Failure): void => {
    if (failure !== undefined) return;
    failure = cause;
    for (const one of running) one.signal('SIGTERM');
    cancelKill = clock.after(graceSeconds * 1000, () => {
      for (const one of running) one.signal('SIGKILL');
    });
  };
  const onStop = (): void => terminate(stop.reason as Failure);
  const rank = async (spec: ProcessSpec, number: number): Promise<void> => {
    const one = processes.start(spec);
    running.push(one);
    const copied = copy(one, log, several ? `[${number}] ` : '').catch((error: unknown) => {
      for (const each of running) each.signal('SIGKILL');
      throw error;
    });
    const [end] = await Promise.all([one.ended, copied]);
    if (end.kind === 'error') await log.write(Buffer.from(`podloom: ${startProblem(spec, end)}\n`));
    const cause = failureOf(spec, end, several ? number : undefined);
    if (cause !== undefined) terminate(cause);
  };

  const cancelTimeout =
    timeoutSeconds === undefined
      ? () => {}
      : clock.after(timeoutSeconds * 1000, () => terminate({ kind: 'timeout', seconds: timeoutSeconds }));
  stop.addEventListener('abort', onStop, { once: true });
  try {
    const ranks = await Promise.allSettled(specs.map(rank));
    for (const one of ranks) if (one.status === 'rejected') throw one.reason;
  } finally {
    stop.removeEventListener('abort', onStop);
    cancelTimeout();
    cancelKill();
  }
  return failure === undefined ? SUCCEEDED : failed(failure);
}

async function copy(process: RunningProcess, log: LogWriter, prefix: string): Promise<void> {
  if (prefix === '') {
    for await (const chunk of process.output) await log.write(chunk);
    return;
  }
  const lines = new LinePrefix(prefix);
  for await (const chunk of process.output) {
    const ready = lines.push(chunk);
    if (ready.length > 0) await log.write(ready);
  }
  const rest = lines.flush();
  if (rest.length > 0) await log.write(rest);
}

/** Exit codes for programs that cannot be run are those of shells: 127 not found, 126 not executable. */
function failureOf(spec: ProcessSpec, end: ProcessEnd, rank: number | undefined): Failure | undefined {
  switch (end.kind) {
    case 'exit':
      return end.code === 0 ? undefined : { kind: 'exit', code: end.code, rank };
    case 'signal':
      return { kind: 'signal', signal: end.signal, rank };
    case 'error':
      if (SYSTEM_ERRORS.has(end.code)) return { kind: 'start', problem: startProblem(spec, end) };
      return { kind: 'exit', code: end.code === 'ENOENT' ? 127 : 126, rank };
  }
}

function startProblem(spec: ProcessSpec, end: Extract<ProcessEnd, { kind: 'error' }>): string {
  const program = JSON.stringify(spec.argv[0]);
  if (end.code === 'ENOENT') return `there is no program ${program} on this machine`;
  if (end.code === 'E2BIG') return `the arguments and environment of ${program} are too long for this machine`;
  return `${program}: ${end.message}`;
}
