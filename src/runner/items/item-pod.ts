import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { KubernetesObject, ObjectRef } from '../../cluster/objects.ts';
import type { Clock } from '../clock.ts';
import { eventsAbout, lineOf } from '../cluster/events.ts';
import { patiently, pause } from '../cluster/patience.ts';
import type { PodLogs } from '../cluster/pod-logs.ts';
import type { PodView } from '../cluster/pod-view.ts';
import { describeFailure, type Failure } from '../failure.ts';
import { ItemLog } from '../state/item-log.ts';
import type { ItemsFolder } from './items-folder.ts';

/** The label that says whose pod it is, and the hash of all that was asked for. */
export const ITEMS_LABEL = 'podloom.dev/items';
export const SPEC_ANNOTATION = 'podloom.dev/spec';

/** Between attempts to make a pod whose name is still taken, or for which a quota has no room. */
const NAME_MILLIS = 1000;
const QUOTA_MILLIS = 10_000;

export interface ItemPodContext {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly logs: PodLogs;
  readonly folder: ItemsFolder;
  /** Pods that have not started after so long fail: any, or else those that have a node but no image, volume or Secret. */
  readonly pendingMillis: { readonly any: number | undefined; readonly onNode: number };
  /** Aborted when the pods are left to themselves. */
  readonly leave: AbortSignal;
}

export interface ItemPodListener {
  /** The API server has it, or refused it. */
  made(): void;
  started(pod: PodView): void;
  /** Why it does not run; undefined: nothing any more. */
  waits(waiting: PodView['waiting']): void;
  /** It takes no room any more; its log is being read. */
  stopped(): void;
}

/** How the pod of an item ended. `left`: it did not; it goes on without podloom. */
export type ItemPodEnd =
  | { readonly kind: 'left' }
  | { readonly kind: 'succeeded'; readonly log: string; readonly pod: PodView }
  | { readonly kind: 'failed'; readonly log: string; readonly failure: Failure; readonly pod: PodView | undefined };

/** One pod of one item: made or taken over, watched, its log brought here, and then removed from the cluster. */
export class ItemPod {
  readonly name: string;
  readonly #attempt: number;
  readonly #context: ItemPodContext;
  readonly #listener: ItemPodListener;
  readonly #ended = Promise.withResolvers<PodView | Failure>();
  #uid: string | undefined;
  #view: PodView | undefined;
  #started = false;
  #log: Promise<ItemLog> | undefined;
  /** Cancels what waits for a late start. */
  #cancelLate: (() => void) | undefined;
  #lateKind: 'any' | 'onNode' | undefined;

  constructor(name: string, attempt: number, context: ItemPodContext, listener: ItemPodListener) {
    this.name = name;
    this.#attempt = attempt;
    this.#context = context;
    this.#listener = listener;
  }

  /** `object`: what to make; or a pod that is there already. Rejects when the run cannot go on. */
  async run(start: { readonly object: object } | { readonly pod: PodView }): Promise<ItemPodEnd> {
    const { leave } = this.#context;
    const onLeave = (): void => this.#ended.resolve({ kind: 'interrupted' });
    leave.addEventListener('abort', onLeave, { once: true });
    try {
      if ('pod' in start) {
        this.#uid = start.pod.uid;
        this.see(start.pod);
      } else {
        const refused = await this.#create(start.object);
        this.#listener.made();
        if (refused !== undefined) this.#ended.resolve(refused);
        // What the watch told before the answer came.
        else if (this.#view !== undefined) this.see(this.#view);
      }
      if (leave.aborted) onLeave();
      return await this.#conclude(await this.#ended.promise);
    } finally {
      leave.removeEventListener('abort', onLeave);
      this.#cancelLate?.();
      this.#listener.waits(undefined);
    }
  }

  /** Something happened to a pod of this name. */
  see(seen: PodView): void {
    // What went while nobody watched comes as its metadata only.
    const before = this.#view?.uid === seen.uid ? this.#view : undefined;
    const pod = { ...seen, started: seen.started ?? before?.started };
    if (this.#uid === undefined || this.#uid === pod.uid) this.#view = pod;
    if (this.#uid !== pod.uid) return;
    if (pod.started !== undefined && !this.#started) {
      this.#started = true;
      this.#cancelLate?.();
      this.#context.logs.running(pod, () => this.#openLog());
      this.#listener.started(pod);
    }
    this.#listener.waits(pod.outcome === undefined && !this.#started ? pod.waiting : undefined);
    if (pod.outcome !== undefined) this.#ended.resolve(pod);
    else if (!this.#started) this.#watchStart(pod);
  }

  /** Fails the pod when it has waited for too long. */
  #watchStart(pod: PodView): void {
    const { clock, pendingMillis } = this.#context;
    const kind = pendingMillis.any !== undefined ? 'any' : pod.node !== undefined ? 'onNode' : undefined;
    if (kind === undefined || kind === this.#lateKind) return;
    this.#lateKind = kind;
    const millis = kind === 'any' ? (pendingMillis.any ?? 0) : pendingMillis.onNode;
    this.#cancelLate = clock.after(millis, () => {
      const { reason = 'Pending', message = '' } = this.#view?.waiting ?? {};
      const text = `${message === '' ? '' : `${message}; `}not started after ${Math.round(millis / 1000)} s`;
      this.#ended.resolve({ kind: 'notStarted', reason, message: text });
    });
  }

  /** Returns why there will be no pod. */
  async #create(object: object): Promise<Failure | undefined> {
    const { client, clock, leave } = this.#context;
    for (;;) {
      try {
        const made = await patiently(clock, leave, () => client.create(object, { signal: leave }));
        this.#uid = made.metadata.uid;
        return undefined;
      } catch (error) {
        if (leave.aborted) return { kind: 'interrupted' };
        if (!(error instanceof ApiError)) throw error;
        const delay = await this.#afterRefusal(error, object as KubernetesObject);
        if (delay === 'there') return undefined;
        if (typeof delay === 'object') return delay;
        await pause(clock, delay, leave);
      }
    }
  }

  /** Milliseconds until it is tried again; or the pod is there after all; or why it will never be. */
  async #afterRefusal(error: ApiError, object: KubernetesObject): Promise<number | 'there' | Failure> {
    const { clock, leave, client } = this.#context;
    if (error.status === 409 && error.reason === 'AlreadyExists') {
      const there = await patiently(clock, leave, () => client.get(this.#ref, { signal: leave }));
      if (there === undefined || there.metadata.deletionTimestamp !== undefined) return NAME_MILLIS;
      if (!isSamePod(there, object)) {
        return {
          kind: 'notStarted',
          reason: 'AlreadyExists',
          message: 'another pod has this name, and was left alone',
        };
      }
      // The first request went through, though its answer was lost.
      this.#uid = there.metadata.uid;
      return 'there';
    }
    if (error.status === 403 && error.message.includes('exceeded quota')) {
      this.#listener.waits({ reason: 'QuotaExceeded', message: error.message.replace(/^.*?exceeded quota: /s, '') });
      return QUOTA_MILLIS;
    }
    if ([401, 403, 404].includes(error.status)) throw error;
    return { kind: 'notStarted', reason: error.reason || String(error.status), message: error.message };
  }

  async #conclude(end: PodView | Failure): Promise<ItemPodEnd> {
    const { logs } = this.#context;
    if ('kind' in end) {
      if (end.kind === 'interrupted') {
        await (await this.#log?.catch(() => undefined))?.discard();
        return { kind: 'left' };
      }
      this.#listener.stopped();
      const pod = this.#view?.uid === this.#uid ? this.#view : undefined;
      const log = await this.#fail(end, pod);
      await this.#remove();
      return { kind: 'failed', log, failure: end, pod };
    }
    this.#listener.stopped();
    const { outcome } = end;
    let result: ItemPodEnd = { kind: 'left' };
    const isWhole = await logs.collect(
      end,
      () => this.#openLog(),
      async () => {
        if (outcome?.kind === 'succeeded') {
          result = { kind: 'succeeded', log: await (await this.#openLog()).succeed(), pod: end };
        } else if (outcome !== undefined) {
          result = { kind: 'failed', log: await this.#fail(outcome.failure, end), failure: outcome.failure, pod: end };
        }
      },
    );
    if (!isWhole) await (await this.#log)?.discard();
    if (result.kind !== 'left') await this.#remove();
    return result;
  }

  /** Ends the log with the reason, and for a pod that never ran with what the cluster said of it. Returns its path. */
  async #fail(failure: Failure, pod: PodView | undefined): Promise<string> {
    const log = await this.#openLog();
    if (failure.kind === 'notStarted' && pod !== undefined) {
      for (const event of await eventsAbout(this.#context.client, pod.uid))
        await log.write(Buffer.from(`${lineOf(event)}\n`));
    }
    return log.fail(describeFailure(failure));
  }

  #openLog(): Promise<ItemLog> {
    const { folder } = this.#context;
    this.#log ??= ItemLog.open(folder.path, this.name, this.#attempt, folder.earlier);
    return this.#log;
  }

  /** Whatever keeps it there: the next run removes it. */
  async #remove(): Promise<void> {
    const { client, clock, leave } = this.#context;
    if (this.#uid === undefined) return;
    const uid = this.#uid;
    await patiently(clock, leave, () => client.delete(this.#ref, { uid })).catch((error: unknown) => {
      const isOther = error instanceof ApiError && error.status === 409;
      if (!isOther && !leave.aborted) throw error;
    });
  }

  get #ref(): ObjectRef {
    return { apiVersion: 'v1', kind: 'Pod', name: this.name };
  }
}

/** Whether a pod is what this object asks for, made for the same folder. */
function isSamePod(pod: KubernetesObject, object: KubernetesObject): boolean {
  const [one, other] = [pod.metadata.labels?.[ITEMS_LABEL], object.metadata.labels?.[ITEMS_LABEL]];
  return one === other && specOf(pod) === specOf(object);
}

export function specOf(object: object): string | undefined {
  return (object as KubernetesObject).metadata.annotations?.[SPEC_ANNOTATION];
}
