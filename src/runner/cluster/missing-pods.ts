import type { KubernetesClient } from '../../cluster/client.ts';
import type { Clock } from '../clock.ts';
import { eventsAbout } from './events.ts';
import type { PendingReasons } from './pending-reasons.ts';

/** A Job without pods that it could have is asked about after so long: the Job controller takes a moment, and waits between attempts. */
const FIRST_LOOK_MILLIS = 5000;
const LOOK_MILLIS = 20_000;

/**
 * Why a Job has fewer pods than it may have: a quota that is used up, or a webhook that refuses them. Nothing but the events of the Job says
 * so, and no pod is there that could be told of. One request now and then, and none while all pods are there.
 */
export class MissingPods {
  readonly #client: KubernetesClient;
  readonly #clock: Clock;
  readonly #pending: PendingReasons;
  #uid = '';
  #missing = 0;
  #cancel: (() => void) | undefined;

  constructor(client: KubernetesClient, clock: Clock, pending: PendingReasons) {
    this.#client = client;
    this.#clock = clock;
    this.#pending = pending;
  }

  /** The Job of this uid could have so many pods more. */
  update(uid: string, missing: number): void {
    this.#uid = uid;
    this.#missing = missing;
    if (missing <= 0) this.close();
    else this.#cancel ??= this.#clock.after(FIRST_LOOK_MILLIS, () => void this.#look());
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pending.set(this.#uid, undefined);
  }

  async #look(): Promise<void> {
    const newest = (await eventsAbout(this.#client, this.#uid, 'FailedCreate')).at(-1);
    if (this.#cancel === undefined) return; // they are there meanwhile
    const message = newest?.message?.replace(/^Error creating: pods "[^"]*" is forbidden: /, '');
    this.#cancel = this.#clock.after(LOOK_MILLIS, () => void this.#look());
    const waiting = message === undefined ? undefined : { reason: 'FailedCreate', message };
    this.#pending.set(this.#uid, waiting, this.#missing);
  }
}
