import { availableParallelism, tmpdir } from 'node:os';
import type { UserEnvironment } from './local/environment.ts';
import { LocalEngine } from './local/local-engine.ts';
import type { Processes } from './local/processes.ts';
import { supportsLocal } from './local/supports.ts';
import { type RunOptions, type RunResult, runWith } from './run.ts';

export interface RunLocalOptions extends RunOptions {
  /** Attempts that run at once. Default: the number of CPUs, or the pipeline's `maxRunning` when that is less. */
  readonly maxRunning?: number | undefined;
  /** The user's environment: inherited by the processes, and the source of what Secrets and ConfigMaps give in a cluster. */
  readonly environment: UserEnvironment;
  /** Default: this machine's. */
  readonly processes?: Processes | undefined;
}

/** Runs a pipeline as processes of this machine, in the root of the project. Nothing of it still runs when this resolves. */
export function runLocal(options: RunLocalOptions): Promise<RunResult> {
  const { pipeline, root, environment, processes, maxRunning } = options;
  const cpus = availableParallelism();
  return runWith(
    {
      engine: 'local',
      check: (diagnostics) => supportsLocal(pipeline, environment, diagnostics),
      start: ({ folder, clock }) =>
        LocalEngine.create({
          ...{ folder, root, environment, clock, processes },
          temporaryRoot: tmpdir(),
          execPath: process.execPath,
        }),
      maxRunning: Math.max(1, maxRunning ?? Math.min(cpus, pipeline.maxRunning ?? cpus)),
    },
    options,
  );
}
