import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject, ObjectQuery } from '../../cluster/objects.ts';
import type { Clock } from '../clock.ts';
import type { Emit } from '../event.ts';
import { patiently, pause } from './patience.ts';

/** First time to ask whether a lost connection is there again. */
const PROBE_MILLIS = 1000;

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
    const { client, clock, signal } = this.#options;
    if (this.#lost.size === 0) this.#tell(error.message);
    if (this.#lost.has(query)) return;
    this.#lost.add(query);
    const ask = async (): Promise<void> => {
      for await (const _ of client.pages({ ...query, metadataOnly: true }, { signal })) return;
    };
    pause(clock, PROBE_MILLIS, signal)
      .then(() => patiently(clock, signal, ask))
      .then(() => this.#regained(query))
      .catch(() => {}); // refused: the watch itself will say so
  }

  #regained(query: ObjectQuery): void {
    if (this.#lost.delete(query) && this.#lost.size === 0) this.#tell(undefined);
  }

  #tell(problem: string | undefined): void {
    const { clock, emit } = this.#options;
    emit({ kind: 'connection', time: clock.now(), problem });
  }
}
