import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Collector } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Scalar } from '../ir/scalar.ts';
import { type Clock, systemClock } from './clock.ts';
import { Conductor } from './conductor.ts';
import type { Engine } from './engine.ts';
import type { Emit, RunSummary } from './event.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type FollowedKind, follow } from './follow.ts';
import { resolveParameters } from './parameters.ts';
import { namesSomething, Rerun } from './rerun.ts';
import { mendAttempts } from './state/attempt-lines.ts';
import { StorageError, stored } from './state/item-log.ts';
import { takeLock } from './state/lock.ts';
import { MadeItems } from './state/made-items.ts';
import { planOf } from './state/plan.ts';
import { RunFolder } from './state/run-folder.ts';
import { type RunPlace, RunRecord } from './state/run-record.ts';
import { RunValues } from './values.ts';

/** What a run of any engine is asked for. */
export interface RunOptions {
  readonly pipeline: Pipeline;
  /** Root of the project, absolute. */
  readonly root: string;
  /** Where runs are kept, absolute. Default: `runs` in the root. */
  readonly runsFolder?: string | undefined;
  /** Name of the run. Default: the pipeline's, so that the next run goes on from this one. */
  readonly run?: string | undefined;
  /** Values of parameters as given with -p. */
  readonly parameters?: { readonly [name: string]: string } | undefined;
  /** What runs although it ran before: `failed` (default), `all`, or also what has `changed`, a task, an item or `<task>/<item>` that is done. */
  readonly rerun?: string | undefined;
  readonly emit: Emit;
  /** The command that does this run, without `--rerun`, for the record. */
  readonly command?: string | undefined;
  /** The pipeline's file, relative to the root of the project, for the record. */
  readonly file?: string | undefined;
  /**
   * Gets diagnostics: once before the run starts, if there are any; of each task with done items that are out of date; and when files
   * cannot be written.
   */
  readonly report: (diagnostics: readonly Diagnostic[]) => void;
  /** Aborted by the first Ctrl-C: the run ends (or, in a cluster, is left) in good order. */
  readonly interrupt?: AbortSignal | undefined;
  /** Whether the first item that makes its task fail, or task that fails by itself, ends the main tasks. Default: the rest goes on, as far as edges let it. */
  readonly failFast?: boolean | undefined;
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
}

export interface RunResult {
  /** 0: all done; 1: an item failed; 2: bad input, or files that cannot be written; 130: interrupted. */
  readonly exitCode: 0 | 1 | 2 | 130;
  /** undefined: the run did not start, or its files could not be written. */
  readonly summary: RunSummary | undefined;
}

/** A run as its engine sees it. */
export interface StartedRun {
  readonly folder: RunFolder;
  readonly values: RunValues;
  readonly clock: Clock;
  /** The run cannot go on: it ends, and rejects with this error. */
  readonly fail: (error: unknown) => void;
  /**
   * The last runner of this run did not come to its end (it was killed, or left the run alone) and nobody asked for a rerun: what has
   * failed since has failed in this run.
   */
  readonly continues: boolean;
}

/** What is different from engine to engine. */
export interface RunKind {
  /** For the record. */
  readonly engine: string;
  readonly cluster?: RunPlace | undefined;
  /** Reports what this engine cannot do with the pipeline. */
  check(diagnostics: Collector): void;
  start(run: StartedRun): Promise<Engine>;
  /** Attempts that the conductor starts at once. */
  readonly maxRunning: number;
  /** Of those, the ones that do not run yet. Default: any number. */
  readonly maxPending?: number | undefined;
  /** Attempts that it starts in a second. Default: any number. */
  readonly submitRate?: number | undefined;
}

const BAD_INPUT: RunResult = { exitCode: 2, summary: undefined };

/** Runs a pipeline with an engine, under a lock, with its record. The engine is closed when this resolves. */
export async function runWith(kind: RunKind | FollowedKind, options: RunOptions): Promise<RunResult> {
  const { pipeline, root, report } = options;
  const diagnostics = new Collector();
  const run = options.run ?? pipeline.name;
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(run)) diagnostics.report('PL301', { run });
  const rerun = options.rerun ?? 'failed';
  if (!namesSomething(pipeline, rerun)) {
    diagnostics.report('PL302', { pipeline: pipeline.name, rerun }, { origin: pipeline.origin });
  }
  const parameters = resolveParameters(pipeline, options.parameters ?? {}, diagnostics);
  kind.check(diagnostics);
  const folder = new RunFolder(join(options.runsFolder ?? join(root, 'runs'), run));
  if (!diagnostics.hasErrors && rerun !== 'all' && rerun !== 'changed')
    await checkParameters(folder, run, parameters, diagnostics);
  const found = diagnostics.sorted();
  if (found.length > 0) report(found);
  if (diagnostics.hasErrors) return BAD_INPUT;
  try {
    return await runLocked(kind, options, folder, new RunValues(run, parameters), rerun);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const problem = new Collector();
    problem.report('PL303', { path: relative(options.root, error.path), code: error.code }, { subject: pipeline.name });
    report(problem.sorted());
    return BAD_INPUT;
  }
}

async function runLocked(
  kind: RunKind | FollowedKind,
  options: RunOptions,
  folder: RunFolder,
  values: RunValues,
  rerun: string,
): Promise<RunResult> {
  await stored(folder.path, mkdir(folder.path, { recursive: true }));
  const unlock = await takeLock(folder.lock);
  if (typeof unlock === 'number') {
    const problem = new Collector();
    problem.report('PL306', { run: values.run, pid: unlock }, { origin: options.pipeline.origin });
    options.report(problem.sorted());
    return BAD_INPUT;
  }
  try {
    await mendAttempts(folder.attempts);
    if ('follow' in kind) return await follow(kind, options, folder, values);
    return await conduct(kind, options, folder, values, rerun);
  } finally {
    await unlock();
  }
}

async function conduct(
  kind: RunKind,
  options: RunOptions,
  folder: RunFolder,
  values: RunValues,
  rerun: string,
): Promise<RunResult> {
  const { pipeline, root, interrupt } = options;
  const clock = options.clock ?? systemClock;
  let conductor: Conductor | undefined;
  let early: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    if (conductor === undefined) early ??= { error };
    else conductor.fail(error);
  };
  const continues = options.rerun === undefined && (await isUnfinished(folder));
  const made = rerun === 'all' ? undefined : await MadeItems.read(folder.attempts);
  const engine = await kind.start({ folder, values, clock, fail, continues });
  const record = new RunRecord({
    ...{ folder, clock },
    state: {
      pipeline: pipeline.name,
      run: values.run,
      engine: kind.engine,
      file: options.file,
      cluster: kind.cluster,
      command: options.command,
      plan: planOf(pipeline, root),
      parameters: Object.fromEntries(values.parameters),
    },
    onError: fail,
    mirror: (now) => engine.record?.(now),
  });
  conductor = new Conductor({
    ...{ pipeline, engine, clock, folder, values },
    emit: (event) => {
      record.handle(event);
      options.emit(event);
    },
    rerun: new Rerun(rerun, made),
    outdated: ({ name, origin }, count) => {
      const diagnostics = new Collector();
      diagnostics.report('PL308', { task: name, count }, { origin });
      options.report(diagnostics.sorted());
    },
    maxRunning: kind.maxRunning,
    maxPending: kind.maxPending,
    submitRate: kind.submitRate,
    failFast: options.failFast,
  });
  const onInterrupt = (): void => conductor?.interrupt();
  interrupt?.addEventListener('abort', onInterrupt, { once: true });
  try {
    const running = conductor.run();
    if (early !== undefined) conductor.fail(early.error);
    if (interrupt?.aborted) onInterrupt();
    const summary = await running;
    return { exitCode: EXIT_CODES[summary.status], summary };
  } finally {
    interrupt?.removeEventListener('abort', onInterrupt);
    await record.close();
    await engine.close();
  }
}

async function isUnfinished(folder: RunFolder): Promise<boolean> {
  try {
    const { status } = JSON.parse(await readFile(folder.state, 'utf8')) as { status?: unknown };
    return status === 'running' || status === 'interrupted';
  } catch {
    return false;
  }
}

/** What is done was done with the parameters in run.json. One that cannot be read says nothing. */
async function checkParameters(
  folder: RunFolder,
  run: string,
  parameters: ReadonlyMap<string, Scalar>,
  diagnostics: Collector,
): Promise<void> {
  let before: { readonly [name: string]: unknown };
  try {
    before = (JSON.parse(await readFile(folder.state, 'utf8')) as { parameters?: typeof before }).parameters ?? {};
  } catch {
    return;
  }
  const names = [...parameters].filter(([name, value]) => Object.hasOwn(before, name) && before[name] !== value);
  if (names.length > 0) diagnostics.report('PL304', { run, names: names.map(([name]) => name) }, { subject: run });
}
