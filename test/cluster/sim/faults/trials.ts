import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { KubernetesClient } from '../../../../src/cluster/client.ts';
import { systemClock } from '../../../../src/runner/clock.ts';
import { patiently } from '../../../../src/runner/cluster/patience.ts';
import { Slots } from '../../../../src/runner/cluster/slots.ts';
import type { RunEvent } from '../../../../src/runner/event.ts';
import type { RunOptions, RunResult } from '../../../../src/runner/run.ts';
import { freshNamespace } from '../../rig/connect.ts';
import { waitFor } from '../../rig/wait.ts';
import { doneTwice, type Here, type Left, leftBy, livePods, runThere } from './here.ts';
import { pipelineNamed } from './pipelines.ts';

/** How often each fault is injected, and the numbers that its moments come from. */
export const TIMES = Number(process.env['PODLOOM_FAULTS'] ?? 1);
const SEED = Number(process.env['PODLOOM_SEED'] ?? Date.now() % 1_000_000);
/** Runs at once, each in a namespace of its own. */
const PARALLEL = 10;
/** Any of the pipelines goes on for longer. */
const SHORTEST_MILLIS = 6000;
/** Longest that all trials of one fault take. */
export const TRIALS_MILLIS = 300_000 + TIMES * 60_000;

/** A run to which something happens. */
export interface Trial {
  readonly here: Here;
  readonly pipeline: string;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Waits for a random moment, counted from the first task. False: the run has ended before. */
  moment(): Promise<boolean>;
  /** Whether the run goes on. */
  going(): boolean;
  /** Aborted when it has ended. */
  readonly ended: AbortSignal;
  /** Runs it, or goes on with it, to its end. `there`: how, if not as everybody does. */
  run(there?: Partial<Here>, options?: Partial<RunOptions>): Promise<RunResult>;
  /** Says that what was to happen has happened while the run went on. */
  hit(): void;
  /** Logs may be lost, if they say so. Default: false. */
  mayLoseLogs: boolean;
  /** Done when what the run left has been compared. */
  atEnd(undo: () => void): void;
  /** The folder of the run. */
  readonly folder: string;
}

/** Runs pipelines that are disturbed, and compares what they leave with what an undisturbed run left. */
export class Trials {
  readonly #client: KubernetesClient;
  readonly #common: Pick<Here, 'kubeconfig' | 'target'>;
  readonly #root: string;
  readonly #slots = new Slots(PARALLEL);
  readonly #wanted = new Map<
    string,
    Promise<{ readonly left: Left; readonly exitCode: number; readonly millis: number }>
  >();

  private constructor(client: KubernetesClient, root: string, common: Pick<Here, 'kubeconfig' | 'target'>) {
    this.#client = client;
    this.#root = root;
    this.#common = common;
  }

  /** `target`: of all its runs; default: Jobs. */
  static async start(client: KubernetesClient, kubeconfig: string, target?: Here['target']): Promise<Trials> {
    console.log(`PODLOOM_SEED=${SEED}`);
    return new Trials(client, await mkdtemp(join(tmpdir(), 'podloom-runner-')), { kubeconfig, target });
  }

  stop(): Promise<void> {
    return rm(this.#root, { recursive: true, force: true });
  }

  /**
   * Does it until the fault has hit `TIMES` runs; each of them has to leave what an undisturbed run leaves, and nothing that succeeded may
   * have run twice, and no pod may be left. `work` gives the exit code of the last runner.
   */
  async of(fault: string, pipelines: readonly string[], work: (trial: Trial) => Promise<number>): Promise<void> {
    const random = randomFrom(`${SEED} ${fault}`);
    let [hits, tries] = [0, 0];
    const worker = async (): Promise<void> => {
      while (hits < TIMES) {
        expect(tries, `trials that "${fault}" missed`).toBeLessThan(5 * TIMES + PARALLEL);
        const pipeline = pipelines[tries++ % pipelines.length]!;
        const isHit = await this.#slots.use(() => this.#try(fault, pipeline, random, work));
        if (isHit) hits++;
      }
    };
    await Promise.all(Array.from({ length: Math.min(TIMES, PARALLEL) }, worker));
    console.log(
      `${fault}${this.#common.target === 'argo' ? ', under Argo' : ''}: hit ${hits} of ${tries} runs, all as an undisturbed one`,
    );
  }

  /** Whether the fault hit. */
  async #try(
    fault: string,
    pipeline: string,
    random: () => number,
    work: (trial: Trial) => Promise<number>,
  ): Promise<boolean> {
    const { left, exitCode, millis } = await this.wanted(pipeline);
    const here = await this.place(pipeline);
    const begun = Promise.withResolvers<void>();
    const ended = new AbortController();
    const undos: (() => void)[] = [];
    let isHit = false;
    const trial: Trial = {
      ...{ here, pipeline, random, mayLoseLogs: false },
      folder: join(here.folder, 'runs', pipeline),
      moment: async () => {
        const wait = random() * Math.min(millis, SHORTEST_MILLIS);
        await begun.promise;
        await timer(wait, undefined, { signal: ended.signal }).catch(() => {});
        return !ended.signal.aborted;
      },
      going: () => !ended.signal.aborted,
      ended: ended.signal,
      hit: () => {
        isHit = true;
      },
      atEnd: (undo) => undos.push(undo),
      run: (there = {}, options = {}) => {
        let isBegun = false;
        const emit = (event: RunEvent): void => {
          if (event.kind === 'task-started') begun.resolve();
          if (event.kind !== 'connection') isBegun = true;
          options.emit?.(event);
        };
        const run = (): Promise<RunResult> =>
          runThere({ ...here, ...there }, pipelineNamed(pipeline), { ...options, emit }).catch((error: unknown) => {
            throw isBegun ? new Error('the run did not survive', { cause: error }) : error;
          });
        // One that cannot begin says so, and people start it again.
        return whenAnswered(run).finally(() => ended.abort());
      },
    };
    try {
      const code = await work(trial);
      const twice = await whenAnswered(() => doneTwice(this.#client, here.namespace));
      const found = await leftBy(trial.folder);
      const now = { fault, twice, code, left: trial.mayLoseLogs ? withLostLogs(found, left) : found };
      const wanted = { fault, twice: [], code: exitCode, left };
      if (!isDeepStrictEqual(now, wanted)) await this.#tell(trial, here).catch(console.log);
      expect(now).toEqual(wanted);
      const isOver = async () => (await livePods(this.#client, here.namespace)).length === 0;
      await waitFor('no pod of the run to be left', isOver);
    } finally {
      for (const undo of undos) undo();
    }
    await this.remove(here);
    return isHit;
  }

  /** Prints what happened, as the run and the cluster have it, to find out how it could. */
  async #tell({ folder }: Trial, { namespace }: Here): Promise<void> {
    console.log(await readFile(join(folder, 'attempts.jsonl'), 'utf8').catch(String));
    for (const kind of [
      { apiVersion: 'v1', kind: 'Pod' },
      { apiVersion: 'batch/v1', kind: 'Job' },
    ]) {
      for await (const { metadata, status } of this.#client.items({ ...kind, namespace })) {
        const { name, creationTimestamp, deletionTimestamp, annotations } = metadata;
        console.log(JSON.stringify({ name, creationTimestamp, deletionTimestamp, annotations, status }));
      }
    }
    for await (const event of this.#client.items({ apiVersion: 'v1', kind: 'Event', namespace })) {
      const { involvedObject, reason, message, firstTimestamp, lastTimestamp } = event as unknown as {
        readonly [field: string]: { readonly name: string } | string;
      };
      console.log(JSON.stringify([involvedObject, reason, message, firstTimestamp, lastTimestamp]));
    }
  }

  /** What an undisturbed run of a pipeline leaves, and how long it takes from its first task. */
  wanted(pipeline: string) {
    let wanted = this.#wanted.get(pipeline);
    if (wanted === undefined) {
      wanted = this.#undisturbed(pipeline);
      this.#wanted.set(pipeline, wanted);
    }
    return wanted;
  }

  async #undisturbed(pipeline: string) {
    const here = await this.place(pipeline);
    let started = 0;
    const { exitCode } = await runThere(here, pipelineNamed(pipeline), {
      emit: ({ kind }) => {
        if (kind === 'task-started' && started === 0) started = performance.now();
      },
    });
    const millis = performance.now() - started;
    const left = await leftBy(join(here.folder, 'runs', pipeline));
    await this.remove(here);
    return { left, exitCode, millis };
  }

  async place(pipeline: string): Promise<Here> {
    const namespace = await whenAnswered(() => freshNamespace(this.#client, `fault-${pipeline}`));
    return { ...this.#common, namespace, folder: await mkdtemp(join(this.#root, `${pipeline}-`)) };
  }

  remove({ namespace }: Here): Promise<boolean> {
    return whenAnswered(() => this.#client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }));
  }
}

/** Another trial may have taken the API server away. */
function whenAnswered<T>(work: () => Promise<T>): Promise<T> {
  return patiently(systemClock, new AbortController().signal, work);
}

/** What a log says that is marked as lost, from somewhere on, is taken for what it would have said. */
function withLostLogs(found: Left, wanted: Left): Left {
  const logs = Object.entries(found.logs).map(([file, text]) => {
    const marked = /^podloom: (?:the|the rest of the) log is lost: .*\n$/m.exec(text);
    const isLost = marked !== null && wanted.logs[file]?.startsWith(text.slice(0, marked.index));
    return [file, isLost ? wanted.logs[file]! : text];
  });
  return { ...found, logs: Object.fromEntries(logs) };
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: string): () => number {
  let state = [...seed].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) >>> 0, 7);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
