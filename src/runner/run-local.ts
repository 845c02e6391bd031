import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Collector } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Scalar } from '../ir/scalar.ts';
import { type Clock, systemClock } from './clock.ts';
import { Conductor } from './conductor.ts';
import type { Emit, RunSummary } from './event.ts';
import { EXIT_CODES } from './exit-codes.ts';
import type { UserEnvironment } from './local/environment.ts';
import { LocalEngine } from './local/local-engine.ts';
import type { Processes } from './local/processes.ts';
import { supportsLocal } from './local/supports.ts';
import { resolveParameters } from './parameters.ts';
import { forcedBy, namesSomething } from './rerun.ts';
import { StorageError, stored } from './state/item-log.ts';
import { takeLock } from './state/lock.ts';
import { planOf } from './state/plan.ts';
import { RunFolder } from './state/run-folder.ts';
import { RunRecord } from './state/run-record.ts';
import { RunValues } from './values.ts';

export interface RunLocalOptions {
  readonly pipeline: Pipeline;
  /** Root of the project, absolute: the working directory of all processes. */
  readonly root: string;
  /** Where runs are kept, absolute. Default: `runs` in the root. */
  readonly runsFolder?: string | undefined;
  /** Name of the run. Default: the pipeline's, so that the next run goes on from this one. */
  readonly run?: string | undefined;
  /** Values of parameters as given with -p. */
  readonly parameters?: { readonly [name: string]: string } | undefined;
  /** What runs although it ran before: `failed` (default), `all`, or also a task, an item or `<task>/<item>` that is done. */
  readonly rerun?: string | undefined;
  /** Attempts that run at once. Default: the number of CPUs, or the pipeline's `maxRunning` when that is less. */
  readonly maxRunning?: number | undefined;
  /** The user's environment: inherited by the processes, and the source of what Secrets and ConfigMaps give in a cluster. */
  readonly environment: UserEnvironment;
  readonly emit: Emit;
  /** The command that does this run, without `--rerun`, for the record. */
  readonly command?: string | undefined;
  /** Gets diagnostics: once before the run starts, if there are any, and once when its files cannot be written. */
  readonly report: (diagnostics: readonly Diagnostic[]) => void;
  /** Aborted by the first Ctrl-C: the run ends in good order. */
  readonly interrupt?: AbortSignal | undefined;
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
  readonly processes?: Processes | undefined;
}

export interface RunResult {
  /** 0: all done; 1: an item failed; 2: bad input, or files that cannot be written; 130: interrupted. */
  readonly exitCode: 0 | 1 | 2 | 130;
  /** undefined: the run did not start, or its files could not be written. */
  readonly summary: RunSummary | undefined;
}

const BAD_INPUT: RunResult = { exitCode: 2, summary: undefined };

/** Runs a pipeline as processes of this machine. Nothing of it still runs when this resolves. */
export async function runLocal(options: RunLocalOptions): Promise<RunResult> {
  const { pipeline, root, environment, report } = options;
  const diagnostics = new Collector();
  const run = options.run ?? pipeline.name;
  if (!/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(run)) diagnostics.report('PL301', { run });
  const rerun = options.rerun ?? 'failed';
  if (!namesSomething(pipeline, rerun)) {
    diagnostics.report('PL302', { pipeline: pipeline.name, rerun }, { origin: pipeline.origin });
  }
  const parameters = resolveParameters(pipeline, options.parameters ?? {}, diagnostics);
  supportsLocal(pipeline, environment, diagnostics);
  const folder = new RunFolder(join(options.runsFolder ?? join(root, 'runs'), run));
  if (!diagnostics.hasErrors && rerun !== 'all') await checkParameters(folder, run, parameters, diagnostics);
  const found = diagnostics.sorted();
  if (found.length > 0) report(found);
  if (diagnostics.hasErrors) return BAD_INPUT;
  try {
    return await runLocked(options, folder, new RunValues(run, parameters), rerun);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    const problem = new Collector();
    problem.report('PL303', { path: relative(options.root, error.path), code: error.code }, { subject: pipeline.name });
    report(problem.sorted());
    return BAD_INPUT;
  }
}

async function runLocked(
  options: RunLocalOptions,
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
    return await conduct(options, folder, values, rerun);
  } finally {
    await unlock();
  }
}

async function conduct(
  options: RunLocalOptions,
  folder: RunFolder,
  values: RunValues,
  rerun: string,
): Promise<RunResult> {
  const { pipeline, root, environment, processes, interrupt } = options;
  const clock = options.clock ?? systemClock;
  let conductor: Conductor | undefined;
  const record = new RunRecord({
    ...{ folder, clock },
    state: {
      pipeline: pipeline.name,
      run: values.run,
      engine: 'local',
      command: options.command,
      plan: planOf(pipeline, root),
      parameters: Object.fromEntries(values.parameters),
    },
    onError: (error) => conductor?.fail(error),
  });
  const engine = await LocalEngine.create({
    ...{ folder, root, environment, clock, processes },
    temporaryRoot: tmpdir(),
    execPath: process.execPath,
  });
  const cpus = availableParallelism();
  conductor = new Conductor({
    ...{ pipeline, engine, clock, folder, values },
    emit: (event) => {
      record.handle(event);
      options.emit(event);
    },
    isForced: forcedBy(rerun),
    maxRunning: Math.max(1, options.maxRunning ?? Math.min(cpus, pipeline.maxRunning ?? cpus)),
  });
  const onInterrupt = (): void => conductor?.interrupt();
  interrupt?.addEventListener('abort', onInterrupt, { once: true });
  try {
    const running = conductor.run();
    if (interrupt?.aborted) onInterrupt();
    const summary = await running;
    return { exitCode: EXIT_CODES[summary.status], summary };
  } finally {
    interrupt?.removeEventListener('abort', onInterrupt);
    await engine.close();
    await record.close();
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
