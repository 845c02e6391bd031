import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { Clock } from '../../../src/runner/clock.ts';
import type { RunEvent } from '../../../src/runner/event.ts';
import type { RunResult } from '../../../src/runner/run.ts';
import { runOnArgo } from '../../../src/runner/run-on-argo.ts';
import type { FakeCluster } from './fake-cluster.ts';

/** A clock on which short waits are over at once; long ones when a test says so. */
export class HastyClock implements Clock {
  readonly #long = new Set<() => void>();

  now(): number {
    return Date.UTC(2026, 0, 1, 12);
  }

  after(milliseconds: number, callback: () => void): () => void {
    if (milliseconds >= 5000) {
      this.#long.add(callback);
      return () => this.#long.delete(callback);
    }
    const timer = setImmediate(callback);
    return () => clearImmediate(timer);
  }

  elapse(): void {
    for (const callback of [...this.#long]) callback();
  }

  get waits(): number {
    return this.#long.size;
  }
}

export interface Followed {
  readonly events: RunEvent[];
  readonly reported: string[];
  readonly clock: HastyClock;
  readonly folder: string;
  readonly interrupt: AbortController;
  readonly result: Promise<RunResult>;
  /** Of the run, by path, without run.json and attempts.jsonl. */
  files(): Promise<{ readonly [path: string]: string }>;
  attempts(): Promise<number>;
}

export async function temporaryRuns(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'podloom-argo-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Follows the run `run-1` of a pipeline. */
export function followHere(
  cluster: FakeCluster,
  pipeline: Pipeline,
  folder: string,
  options: { readonly rerun?: string; readonly version?: string } = {},
): Followed {
  const [events, reported]: [RunEvent[], string[]] = [[], []];
  const clock = new HastyClock();
  const interrupt = new AbortController();
  const { version = 'v1', ...rest } = options;
  const workflow = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: {}, spec: {} };
  const result = runOnArgo({
    ...{ pipeline, root: folder, runsFolder: folder, run: 'run-1', client: cluster.client, clock, ...rest },
    objects: { base: [], workflow, version, nodeNames: new Map(pipeline.tasks.map(({ name }) => [name, name])) },
    emit: (event) => events.push(event),
    report: (found) => reported.push(...found.map(({ code }) => code)),
    interrupt: interrupt.signal,
  });
  const home = join(folder, 'run-1');
  return {
    ...{ events, reported, clock, folder: home, interrupt, result },
    files: () => filesOf(home),
    attempts: async () => (await readFile(join(home, 'attempts.jsonl'), 'utf8')).split('\n').length - 1,
  };
}

async function filesOf(folder: string): Promise<{ readonly [path: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/run\.json|attempts\.jsonl|run\.lock/.test(path))
    .sort();
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [relative(folder, path), await readFile(path, 'utf8')] as const)),
  );
}
