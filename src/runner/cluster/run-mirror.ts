import type { KubernetesClient } from '../../cluster/client.ts';
import type { ObjectRef } from '../../cluster/objects.ts';
import type { Clock } from '../clock.ts';
import type { RunState } from '../state/run-record.ts';

/** Key of the run's ConfigMap under which another machine finds what run.json says. */
export const STATE_KEY = 'run.json';
/** Longest that the cluster is behind, so that a run of thousands of tasks costs a few requests a minute. */
const WRITE_MILLIS = 10_000;
/** A ConfigMap takes 1 MiB; what the plan of thousands of tasks needs beyond this stays away. */
const MOST_BYTES = 700_000;

/**
 * Keeps what run.json says in the run's ConfigMap too, for `status` and `resume` from another machine. It is a convenience: that it
 * cannot be written ends no run.
 */
export class RunMirror {
  readonly #client: KubernetesClient;
  readonly #clock: Clock;
  readonly #ref: ObjectRef;
  #state: RunState | undefined;
  #written: RunState | undefined;
  #writing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isFirst = true;

  constructor(client: KubernetesClient, clock: Clock, ref: ObjectRef) {
    this.#client = client;
    this.#clock = clock;
    this.#ref = ref;
  }

  record(state: RunState): void {
    this.#state = state;
    const delay = this.#isFirst ? 0 : WRITE_MILLIS;
    this.#isFirst = false;
    this.#cancel ??= this.#clock.after(delay, () => {
      this.#cancel = undefined;
      void this.#write();
    });
  }

  /** Writes what is not written yet, once. */
  async close(): Promise<void> {
    this.#cancel?.();
    await this.#writing;
    if (this.#state !== this.#written) await this.#write();
  }

  async #write(): Promise<void> {
    await this.#writing;
    const state = this.#state!;
    this.#writing = this.#client
      .patch(this.#ref, { data: { [STATE_KEY]: textOf(state) } }, { type: 'merge' })
      .then(() => {
        this.#written = state;
      })
      .catch(() => {}); // the next one says the same and more
    await this.#writing;
  }
}

function textOf(state: RunState): string {
  const text = JSON.stringify(state);
  return Buffer.byteLength(text) <= MOST_BYTES ? text : JSON.stringify({ ...state, plan: undefined, tasks: [] });
}
