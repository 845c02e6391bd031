import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { EdgeCondition } from '../../src/ir/task.ts';
import type { TaskSummary } from '../../src/runner/event.ts';
import type { PlannedTask } from '../../src/runner/state/plan.ts';
import type { AttemptLine, RunState } from '../../src/runner/state/run-record.ts';

/** When all runs of these tests began. */
export const START = Date.UTC(2026, 10, 22, 8, 0, 0);

/** A run as its folder has it. */
export interface MadeRun {
  readonly state: RunState;
  readonly attempts: readonly AttemptLine[];
  /** Contents by path in the folder. */
  readonly files: { readonly [path: string]: string };
}

/** Calls `work` with a folder that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-report-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function writeRun(folder: string, { state, attempts, files }: MadeRun): void {
  const all = {
    'run.json': `${JSON.stringify(state, null, 2)}\n`,
    'attempts.jsonl': attempts.map((line) => `${JSON.stringify(line)}\n`).join(''),
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

export function aState(state: Partial<RunState> = {}): RunState {
  return {
    ...{ version: 1, pipeline: 'example', run: 'example', engine: 'local', parameters: {}, status: 'succeeded' },
    ...{ started: START, ended: START + 60_000, tasks: [], command: 'podloom run example --local' },
    ...state,
  };
}

export function aSummary(name: string, summary: Partial<TaskSummary> = {}): TaskSummary {
  return {
    ...{ name, status: 'succeeded', total: 1, succeeded: 1, kept: 0, failed: 0, open: 0 },
    ...{ started: START, ended: START + 60_000 },
    ...summary,
  };
}

export function aPlan(name: string, after: readonly string[] = [], plan: Partial<PlannedTask> = {}): PlannedTask {
  const edges = after.map((word) => {
    const [task, on = 'succeeded'] = word.split(':') as [string, EdgeCondition?];
    return { task, on };
  });
  return { name, phase: 'main', after: edges, place: `pipelines/example.ts:${name.length}:1`, total: 1, ...plan };
}

export function anAttempt(task: string, item: string, attempt: Partial<AttemptLine> = {}): AttemptLine {
  const suffix = attempt.failure === undefined ? 'log' : 'err';
  return {
    ...{ task, item, index: 0, attempt: 1, started: START, ended: START + 1000, log: `${task}/${item}.${suffix}` },
    ...attempt,
  };
}

/** Numbers from 0 to 1, always the same: a linear congruential generator (Numerical Recipes). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
