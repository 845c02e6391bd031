import type { Collector } from '../diagnostics/collector.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { Emit, RunSummary } from './event.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { RunOptions, RunResult } from './run.ts';
import { planOf } from './state/plan.ts';
import type { RunFolder } from './state/run-folder.ts';
import { type RunPlace, RunRecord } from './state/run-record.ts';
import type { RunValues } from './values.ts';

/** A run that something else conducts, such as Argo: it is only followed. */
export interface FollowedKind {
  /** For the record. */
  readonly engine: string;
  readonly cluster?: RunPlace | undefined;
  /** Reports what cannot be followed so. */
  check(diagnostics: Collector): void;
  /** Starts the run, or finds it. */
  follow(run: FollowedRun): Promise<RunDriver>;
}

/** What a follower gets. */
export interface FollowedRun {
  readonly folder: RunFolder;
  readonly values: RunValues;
  readonly clock: Clock;
  readonly emit: Emit;
  /** To reporters only: what the record has already. */
  readonly show: Emit;
}

/** What follows a run. */
export interface RunDriver {
  /** Rejects when the run's files cannot be written, or the run cannot be followed any more. */
  run(): Promise<RunSummary>;
  /** The first Ctrl-C: the run goes on without being followed. */
  interrupt(): void;
  fail(error: unknown): void;
  close(): Promise<void>;
}

/** Follows a run to its end, with its record. The lock is held by the caller. */
export async function follow(
  kind: FollowedKind,
  options: RunOptions,
  folder: RunFolder,
  values: RunValues,
): Promise<RunResult> {
  const { pipeline, root, interrupt } = options;
  const clock = options.clock ?? systemClock;
  let record: RunRecord | undefined;
  const emit: Emit = (event) => {
    record?.handle(event);
    options.emit(event);
  };
  const driver = await kind.follow({ folder, values, clock, emit, show: options.emit });
  const onInterrupt = (): void => driver.interrupt();
  record = new RunRecord({
    ...{ folder, clock },
    state: {
      ...{ pipeline: pipeline.name, run: values.run, engine: kind.engine, cluster: kind.cluster },
      ...{ file: options.file, command: options.command, plan: planOf(pipeline, root) },
      parameters: Object.fromEntries(values.parameters),
    },
    onError: (error) => driver.fail(error),
  });
  interrupt?.addEventListener('abort', onInterrupt, { once: true });
  try {
    const running = driver.run();
    if (interrupt?.aborted) onInterrupt();
    const summary = await running;
    return { exitCode: EXIT_CODES[summary.status], summary };
  } finally {
    interrupt?.removeEventListener('abort', onInterrupt);
    await driver.close();
    await record.close();
  }
}
