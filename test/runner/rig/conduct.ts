import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { Scalar } from '../../../src/ir/scalar.ts';
import type { Clock } from '../../../src/runner/clock.ts';
import { Conductor } from '../../../src/runner/conductor.ts';
import type { Engine } from '../../../src/runner/engine.ts';
import type { RunEvent, RunSummary } from '../../../src/runner/event.ts';
import { Rerun } from '../../../src/runner/rerun.ts';
import { RunFolder } from '../../../src/runner/state/run-folder.ts';
import { RunValues } from '../../../src/runner/values.ts';
import { ManualClock } from './manual-clock.ts';

export interface Conducted {
  readonly conductor: Conductor;
  readonly events: RunEvent[];
  readonly clock: ManualClock;
  readonly summary: Promise<RunSummary>;
}

export interface ConductOptions {
  readonly folder: string;
  readonly maxRunning?: number;
  readonly rerun?: string;
  readonly failFast?: boolean;
  readonly parameters?: { readonly [name: string]: Scalar };
}

/** Starts a pipeline on an engine, with a clock that stands still. */
export function conduct(pipeline: Pipeline, engine: Engine, options: ConductOptions): Conducted {
  const clock = new ManualClock();
  const events: RunEvent[] = [];
  const conductor = new Conductor({
    ...{ pipeline, engine, clock: clock as Clock },
    folder: new RunFolder(join(options.folder, 'run')),
    values: new RunValues('run', new Map(Object.entries(options.parameters ?? {}))),
    emit: (event) => events.push(event),
    rerun: new Rerun(options.rerun ?? 'failed'),
    maxRunning: options.maxRunning ?? 4,
    failFast: options.failFast,
  });
  return { conductor, events, clock, summary: conductor.run() };
}

/** A folder that is removed when the work is done. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'podloom-test-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** `name: status` of each task. */
export function statuses(summary: RunSummary): { [task: string]: string } {
  return Object.fromEntries(summary.tasks.map(({ name, status }) => [name, status]));
}
