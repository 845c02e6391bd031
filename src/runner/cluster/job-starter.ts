import { ApiError } from '../../cluster/errors.ts';
import type { RunJob } from '../../ir/run-objects.ts';
import type { ClusterContext } from './context.ts';
import type { Launcher } from './launch.ts';
import type { LiveJob } from './live-job.ts';
import { patiently } from './patience.ts';

export interface JobStarterOptions {
  readonly context: ClusterContext;
  readonly launcher: Launcher;
  /** Pods of the task that run at once, at most, over all of its Jobs. */
  readonly maxRunning: number;
  /** Jobs that are there already. */
  readonly live: readonly LiveJob[];
  readonly started: (live: LiveJob) => void;
  readonly signal: AbortSignal;
}

/** A step is a part of the window of this size, so that a window moves from one Job to the next in a few requests. */
const STEPS = 8;

/**
 * Starts the Jobs of a task one after the other, so that together they keep a window that each of them could fill: the next one
 * takes what the earlier ones leave as they drain. Parallelism is only ever raised, which stops no pod.
 */
export class JobStarter {
  readonly #options: JobStarterOptions;
  readonly #waiting: RunJob[];
  readonly #live: LiveJob[];
  #problem: Promise<void> = Promise.resolve();
  #busy = false;
  #again = false;

  constructor(options: JobStarterOptions, jobs: readonly RunJob[]) {
    this.#options = options;
    this.#waiting = [...jobs];
    this.#live = [...options.live];
  }

  get finished(): boolean {
    return this.#waiting.length === 0 && !this.#busy;
  }

  /** Units that no Job was made for. */
  unitsLeft(): number[] {
    return this.#waiting.flatMap(({ pods, unitsOf }) => Array.from({ length: pods }, (_, pod) => unitsOf(pod)).flat());
  }

  /** Call whenever a Job may have drained. Rejects as `Launcher.create`. */
  advance(): Promise<void> {
    if (this.#busy) {
      this.#again = true;
      return this.#problem;
    }
    this.#busy = true;
    this.#problem = this.#advance().finally(() => {
      this.#busy = false;
    });
    return this.#problem;
  }

  async #advance(): Promise<void> {
    do {
      this.#again = false;
      await this.#raise();
      await this.#create();
    } while (this.#again);
  }

  async #raise(): Promise<void> {
    for (const live of this.#live) {
      const more = Math.min(this.#room(), live.left - live.parallelism);
      if (more <= 0 || !this.#isStep(more, live)) continue;
      await this.#patch(live, live.parallelism + more);
    }
  }

  async #create(): Promise<void> {
    const { launcher, started, signal } = this.#options;
    for (let next = this.#waiting[0]; next !== undefined && !signal.aborted; next = this.#waiting[0]) {
      const room = Math.min(this.#room(), next.pods);
      if (room <= 0 || !(room === next.pods || this.#isStep(room))) return;
      const live = await launcher.create(next, room, signal);
      this.#waiting.shift();
      this.#live.push(live);
      started(live);
    }
  }

  #room(): number {
    const taken = this.#live.reduce((sum, { parallelism, left }) => sum + Math.min(parallelism, left), 0);
    return this.#options.maxRunning - taken;
  }

  #isStep(more: number, self?: LiveJob): boolean {
    if (more >= Math.max(1, this.#options.maxRunning / STEPS)) return true;
    return this.#live.every((live) => live === self || live.left === 0);
  }

  /** A Job that is gone, or that we may not change, stays as it is. */
  async #patch(live: LiveJob, parallelism: number): Promise<void> {
    const { client, clock, namespace } = this.#options.context;
    const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace, name: live.name };
    try {
      await patiently(clock, this.#options.signal, () =>
        client.patch(ref, { spec: { parallelism } }, { type: 'merge' }),
      );
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
    live.parallelism = parallelism;
  }
}
