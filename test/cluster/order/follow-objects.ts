import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject, ObjectQuery } from '../../../src/cluster/objects.ts';

/** The objects of a query as they are now, by name. */
export class FollowedObjects<T extends KubernetesObject> {
  readonly byName = new Map<string, T>();
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  #change = Promise.withResolvers<void>();

  constructor(client: KubernetesClient, query: ObjectQuery) {
    const follow = async (): Promise<void> => {
      for await (const { type, object } of client.follow<T>(query, { signal: this.#stop.signal })) {
        if (type === 'DELETED') this.byName.delete(object.metadata.name);
        else this.byName.set(object.metadata.name, object);
        this.#change.resolve();
        this.#change = Promise.withResolvers<void>();
      }
    };
    this.#following = follow();
    this.#following.catch(() => {}); // `close` tells
  }

  /** Resolves at the next event. */
  get changed(): Promise<void> {
    return this.#change.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }
}
