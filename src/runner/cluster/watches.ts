import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject, ObjectQuery } from '../../cluster/objects.ts';
import type { Clock } from '../clock.ts';
import type { Emit } from '../event.ts';
import { pause } from './patience.ts';

/** Time between two questions whether a lost connection is there again: twice as long each time. */
const FIRST_MILLIS = 1000;
const LONGEST_MILLIS = 15_000;

export interface WatchesOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  /** Ends all watches. */
  readonly signal: AbortSignal;
  /** Gets `connection` events. Several watches that lose it together tell once. */
  readonly emit: Emit;
  /** A watch is over for a reason that no waiting cures. */
  readonly onError: (error: unknown) => void;
}

/** Lists and watches of what belongs to one run. */
export class Watches {
  readonly #options: WatchesOptions;
  /** What is lost. */
  readonly #lost = new Set<ObjectQuery>();
  /** Aborted when something of it is there again. */
  #wake = new AbortController();
  #isAsking = false;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** Follows all objects of a query. Resolves when all that there is now was handled, after `onSynced`. */
  async follow(
    query: ObjectQuery,
    handle: (type: string, object: KubernetesObject) => void,
    onSynced: () => void = () => {},
  ): Promise<void> {
    const { client, signal, onError } = this.#options;
    const synced = Promise.withResolvers<void>();
    const follow = async (): Promise<void> => {
      const events = client.follow(query, {
        signal,
        onSynced: () => {
          this.#regained(query);
          onSynced();
          synced.resolve();
        },
        onLost: (error) => this.#lose(query, error),
      });
      for await (const { type, object } of events) {
        this.#regained(query);
        handle(type, object);
      }
      synced.reject(signal.reason);
    };
    follow().catch((error: unknown) => {
      synced.reject(error);
      onError(error);
    });
    await synced.promise;
  }

  /** Told once, and asked for from then on: a watch that is open again says nothing of itself while nothing happens. */
  #lose(query: ObjectQuery, error: Error): void {
    if (this.#lost.size === 0) this.#tell(error.message);
    this.#lost.add(query);
    if (!this.#isAsking) void this.#askUntilBack();
  }

  #regained(query: ObjectQuery): void {
    if (!this.#lost.delete(query)) return;
    if (this.#lost.size === 0) this.#tell(undefined);
    this.#wake.abort(); // the others are there again, too, or all are
  }

  async #askUntilBack(): Promise<void> {
    const { clock, signal } = this.#options;
    this.#isAsking = true;
    for (let delay = FIRST_MILLIS; this.#lost.size > 0; delay = Math.min(delay * 2, LONGEST_MILLIS)) {
      this.#wake = new AbortController();
      await pause(clock, delay, AbortSignal.any([signal, this.#wake.signal]));
      if (signal.aborted) return;
      for (const query of this.#lost) if (!(await this.#answers(query))) break;
    }
    this.#isAsking = false;
  }

  /** What is refused is not answered either: the watch itself will say so. */
  async #answers(query: ObjectQuery): Promise<boolean> {
    const { client, signal } = this.#options;
    try {
      for await (const _ of client.pages({ ...query, metadataOnly: true }, { signal, retry: false })) break;
    } catch {
      return false;
    }
    this.#regained(query);
    return true;
  }

  #tell(problem: string | undefined): void {
    const { clock, emit } = this.#options;
    emit({ kind: 'connection', time: clock.now(), problem });
  }
}
