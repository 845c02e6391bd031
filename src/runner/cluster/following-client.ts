import type { ClusterAccess } from '../../cluster/access.ts';
import { KubernetesClient, type SentAccess } from '../../cluster/client.ts';
import type { KubernetesObject, ObjectRef } from '../../cluster/objects.ts';
import type { ClientOptions } from '../../cluster/options.ts';
import type { Clock } from '../clock.ts';
import { pause } from './patience.ts';

const LOOK_MILLIS = 1000;

export interface Followed {
  readonly clock: Clock;
  /** Why nothing more will be made, once that is so. */
  readonly whyOver: (client: KubernetesClient) => Promise<Error | undefined>;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/**
 * The client of a runner that follows a run which another one drives: it makes, changes and removes nothing. What it is asked to make the
 * other one makes, under the same name, and it waits until that is there; it rejects with `whyOver` when that will never be.
 */
export class FollowingClient extends KubernetesClient {
  readonly #followed: Followed;

  constructor(access: ClusterAccess | SentAccess, options: ClientOptions, followed: Followed) {
    super(access, options);
    this.#followed = followed;
  }

  override async create<T extends KubernetesObject = KubernetesObject>(object: object): Promise<T> {
    const { apiVersion, kind, metadata } = object as KubernetesObject;
    const ref = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
    const { clock, whyOver, signal } = this.#followed;
    for (;;) {
      const over = await whyOver(this); // asked first: what is not there afterwards never will be
      const found = await this.get<T>(ref, { signal });
      if (found !== undefined) return found;
      if (over !== undefined) throw over;
      await pause(clock, LOOK_MILLIS, signal);
      signal.throwIfAborted();
    }
  }

  override apply<T extends KubernetesObject = KubernetesObject>(object: object): Promise<T> {
    return this.create<T>(object);
  }

  override patch<T extends KubernetesObject = KubernetesObject>(ref: ObjectRef): Promise<T> {
    const { apiVersion, kind, name, namespace } = ref;
    return this.create<T>({ apiVersion, kind, metadata: { name, namespace } });
  }

  override async delete(): Promise<boolean> {
    return true;
  }

  override async deleteCollection(): Promise<void> {}
}
