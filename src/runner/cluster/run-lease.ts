import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError, ConnectionError } from '../../cluster/errors.ts';
import type { KubernetesObject, ObjectRef } from '../../cluster/objects.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Clock } from '../clock.ts';
import { patiently, pause } from './patience.ts';

/** Another runner has the run. */
export class RunHeld extends Error {
  override readonly name = 'RunHeld';
  /** `host/process id/random`. */
  readonly holder: string;

  constructor(holder: string) {
    super(`another runner has the run: ${holder}`);
    this.holder = holder;
  }
}

export interface RunLeaseOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  /** Of the run, with its owner. */
  readonly metadata: JsonObject;
  /** Whether the process of that identity, on this machine, is no more. */
  readonly isDead: (identity: string) => boolean;
  readonly onLost: (error: RunHeld) => void;
}

interface Lease extends KubernetesObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/** A runner that has not renewed for so long is taken for dead. */
const DURATION_SECONDS = 30;
const RENEW_MILLIS = 10_000;
const LOOK_MILLIS = 2000;

/**
 * Says whose the run is, so that two runners notice each other: a Lease that its holder renews. Clocks of two machines are never
 * compared: a lease is over when this machine has seen it unchanged for as long as it holds (as in client-go's leader election).
 */
export class RunLease {
  readonly #options: RunLeaseOptions;
  readonly #stop = new AbortController();
  #resourceVersion: string | undefined;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(options: RunLeaseOptions) {
    this.#options = options;
  }

  /**
   * Rejects with `RunHeld` when another runner has it and lives. Waits until a dead one's is over. undefined: we may not use Leases
   * in this namespace, and go without.
   */
  static async take(options: RunLeaseOptions, signal: AbortSignal): Promise<RunLease | undefined> {
    const lease = new RunLease(options);
    try {
      await lease.#take(signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return undefined;
      throw error;
    }
    lease.#renewing = lease.#renew();
    return lease;
  }

  /** Lets the next runner in at once. */
  async release(): Promise<void> {
    this.#stop.abort();
    await this.#renewing;
    if (this.#resourceVersion === undefined) return;
    await this.#write({ holderIdentity: '', leaseDurationSeconds: 1 }).catch(() => {}); // it ends by itself
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { client, clock, identity, isDead } = this.#options;
    let seen: { readonly version: string | undefined; readonly since: number } | undefined;
    for (;;) {
      signal.throwIfAborted();
      const found = await patiently(clock, signal, () => client.get<Lease>(this.#ref));
      if (found === undefined) {
        if (await this.#create()) return;
        continue;
      }
      const { holderIdentity: holder = '', leaseDurationSeconds = DURATION_SECONDS } = found.spec ?? {};
      const version = found.metadata.resourceVersion;
      if (seen !== undefined && seen.version !== version && holder !== '') throw new RunHeld(holder);
      seen ??= { version, since: clock.now() };
      const isOver = clock.now() - seen.since >= leaseDurationSeconds * 1000;
      if (holder === '' || holder === identity || isDead(holder) || isOver) {
        this.#resourceVersion = version;
        if (await this.#tryWrite(found.spec?.leaseTransitions ?? 0)) return;
        seen = undefined; // another one was faster
      } else await pause(clock, LOOK_MILLIS, signal);
    }
  }

  async #create(): Promise<boolean> {
    const { client, metadata, identity } = this.#options;
    const spec = {
      ...this.#times(),
      holderIdentity: identity,
      leaseDurationSeconds: DURATION_SECONDS,
      leaseTransitions: 0,
    };
    try {
      const made = await client.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
      this.#resourceVersion = made.metadata.resourceVersion;
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) return false;
      if (isPassing(error)) return false; // it may have been made all the same
      throw error;
    }
  }

  async #tryWrite(transitions: number): Promise<boolean> {
    try {
      const { identity } = this.#options;
      const spec = {
        holderIdentity: identity,
        leaseDurationSeconds: DURATION_SECONDS,
        leaseTransitions: transitions + 1,
      };
      const made = await this.#write({ ...spec, ...this.#times() });
      const holder = made.spec?.holderIdentity;
      if (holder !== undefined && holder !== identity) throw new RunHeld(holder);
      return true;
    } catch (error) {
      if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return false;
      if (isPassing(error)) return false;
      throw error;
    }
  }

  async #write(spec: object): Promise<Lease> {
    const patch = { metadata: { resourceVersion: this.#resourceVersion }, spec };
    const made = await this.#options.client.patch<Lease>(this.#ref, patch, { type: 'merge' });
    this.#resourceVersion = made.metadata.resourceVersion;
    return made;
  }

  async #renew(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    for (;;) {
      await pause(clock, RENEW_MILLIS, signal);
      if (signal.aborted) return;
      try {
        await this.#write({ renewTime: now(clock) });
      } catch (error) {
        if (!(error instanceof ApiError && (error.status === 409 || error.status === 404))) continue; // next time
        await this.#lookWhose();
        if (this.#resourceVersion === undefined) return;
      }
    }
  }

  /** The lease is not as we left it: our own write may have arrived without an answer, or somebody else has it now. */
  async #lookWhose(): Promise<void> {
    const { client, identity, onLost } = this.#options;
    const found = await client.get<Lease>(this.#ref).catch(() => null);
    if (found === null) return;
    const holder = found?.spec?.holderIdentity;
    if (found === undefined) await this.#create().catch(() => false);
    else if (holder === identity) this.#resourceVersion = found.metadata.resourceVersion;
    else {
      this.#resourceVersion = undefined;
      onLost(new RunHeld(holder ?? 'unknown'));
    }
  }

  #times(): { readonly acquireTime: string; readonly renewTime: string } {
    const time = now(this.#options.clock);
    return { acquireTime: time, renewTime: time };
  }

  get #ref(): ObjectRef {
    const { name, namespace } = this.#options;
    return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name };
  }
}

/** MicroTime of the API: microseconds. */
function now(clock: Clock): string {
  return new Date(clock.now()).toISOString().replace('Z', '000Z');
}

function isPassing(error: unknown): boolean {
  return (error instanceof ConnectionError && error.transient) || (error instanceof ApiError && error.status >= 500);
}
