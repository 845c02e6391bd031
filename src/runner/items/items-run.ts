import type { KubernetesClient } from '../../cluster/client.ts';
import type { Origin } from '../../diagnostics/location.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Clock } from '../clock.ts';
import { pause } from '../cluster/patience.ts';
import { PendingReasons } from '../cluster/pending-reasons.ts';
import { PodLogs } from '../cluster/pod-logs.ts';
import type { PodView } from '../cluster/pod-view.ts';
import type { AttemptPlace, Emit, ItemId, RunSummary, TaskSummary } from '../event.ts';
import { Fifo } from '../fifo.ts';
import { logPaths } from '../state/item-log.ts';
import { TAIL_LINES, tailLines } from '../state/tail.ts';
import { ITEMS_LABEL, ItemPod, type ItemPodContext, type ItemPodEnd, specOf } from './item-pod.ts';
import type { ItemsFolder } from './items-folder.ts';
import { watchItemPods } from './items-watch.ts';
import { PodWindow, type WindowLimits } from './pod-window.ts';

/** One pod for each item. */
export interface ItemPods {
  /** Name of the list, for people: that of the template. */
  readonly name: string;
  readonly origin: Origin;
  readonly count: number;
  nameOf(index: number): string;
  /** What is made, with the labels of the folder. */
  objectOf(index: number, folder: string): JsonObject;
  /** Name of the container whose log counts. */
  readonly container: string;
}

export interface ItemsRunOptions {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly folder: ItemsFolder;
  readonly pods: ItemPods;
  readonly window: WindowLimits;
  readonly pendingMillis: ItemPodContext['pendingMillis'];
  /** Whether an item runs although its `.log` is there. */
  readonly isForced: (list: string, item: string) => boolean;
  /** Items that failed before are not run again. */
  readonly skipFailed: boolean;
  /** False: ends when all pods have been made; the next run brings their logs. */
  readonly waits: boolean;
  readonly emit: Emit;
  /** Gets each pod that is made. */
  readonly onSpec?: ((object: JsonObject) => void) | undefined;
  /** Aborted by the first Ctrl-C: the pods go on without podloom. */
  readonly interrupt: AbortSignal;
}

/** A pod that the cluster took away is made again, so often at most. */
const MAX_ATTEMPTS = 6;
/** What is being read when the run is left has so long to end. */
const LEAVE_MILLIS = 5000;

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

interface Waiting {
  readonly index: number;
  /** From 1. */
  readonly attempt: number;
}

/** All items, each as a pod of its own, through the window; their logs in the folder. */
export class ItemsRun {
  readonly #options: ItemsRunOptions;
  readonly #context: ItemPodContext;
  readonly #leave = new AbortController();
  readonly #finished = Promise.withResolvers<void>();
  readonly #queue = new Fifo<Waiting>();
  readonly #live = new Map<string, ItemPod>();
  readonly #work = new Set<Promise<void>>();
  readonly #window: PodWindow;
  readonly #reasons: PendingReasons;
  #fresh: number[] = [];
  /** Pods that the API server has not answered for. */
  #creating = 0;
  #counts = { succeeded: 0, kept: 0, failed: 0 };
  #isLeft = false;

  constructor(options: ItemsRunOptions) {
    const { client, clock, folder, pods, pendingMillis } = options;
    this.#options = options;
    this.#context = {
      ...{ client, clock, folder, pendingMillis, leave: this.#leave.signal },
      logs: new PodLogs({ client, clock, container: pods.container }),
    };
    this.#window = new PodWindow(options.window, clock, () => this.#fill());
    this.#reasons = new PendingReasons(clock, (reasons) =>
      options.emit({ kind: 'items-pending', time: clock.now(), task: pods.name, reasons }),
    );
  }

  /** Rejects when the run cannot go on: refused by the API server, or logs that cannot be written. Pods are then left as they are. */
  async run(): Promise<RunSummary> {
    const { interrupt } = this.#options;
    const started = this.#options.clock.now();
    const onInterrupt = (): void => this.#interrupt();
    interrupt.addEventListener('abort', onInterrupt, { once: true });
    try {
      this.#begin(started);
      await this.#follow();
      if (interrupt.aborted) onInterrupt();
      this.#fill();
      await this.#finished.promise;
      await this.#settle();
      return this.#end(started);
    } finally {
      interrupt.removeEventListener('abort', onInterrupt);
      this.#giveUp();
      this.#window.close();
      this.#reasons.close();
      await Promise.all(this.#work);
    }
  }

  #begin(time: number): void {
    const { emit, folder, pods, isForced, skipFailed } = this.#options;
    const { name, origin, count } = pods;
    emit({ kind: 'run-started', time, run: name, pipeline: name, folder: folder.path, tasks: [{ name, origin }] });
    emit({ kind: 'task-started', time, task: name, total: count });
    for (let index = 0; index < count; index++) {
      const pod = pods.nameOf(index);
      if (isForced(name, pod)) this.#fresh.push(index);
      else if (folder.isDone(pod)) this.#counts.kept++;
      else if (skipFailed && folder.hasFailed(pod)) this.#counts.failed++;
      else this.#fresh.push(index);
    }
    if (this.#counts.kept > 0) emit({ kind: 'items-kept', time, task: name, count: this.#counts.kept });
  }

  /** Takes over the pods that are there, and follows all from then on. */
  async #follow(): Promise<void> {
    const { client, folder, pods, emit, clock } = this.#options;
    const byName = new Map(this.#fresh.map((index) => [pods.nameOf(index), index]));
    this.#finished.promise.catch(() => {}); // something else may be waited for when it goes wrong
    await watchItemPods({
      ...{ client, clock, emit },
      labelSelector: `${ITEMS_LABEL}=${folder.id}`,
      container: pods.container,
      signal: this.#leave.signal,
      first: (pod, spec) => this.#adopt(pod, spec, byName.get(pod.name)),
      changed: (pod) => this.#live.get(pod.name)?.see(pod),
      onError: (error) => this.#finished.reject(error),
    });
    this.#queueFresh();
  }

  #queueFresh(): void {
    const { nameOf } = this.#options.pods;
    for (const index of this.#fresh) if (!this.#live.has(nameOf(index))) this.#queue.push({ index, attempt: 1 });
    this.#fresh = [];
  }

  /** A pod that an earlier run made: its item need not start again. One whose log is here is only removed. */
  #adopt(pod: PodView, spec: string | undefined, index: number | undefined): void {
    const { pods, folder, client } = this.#options;
    if (index === undefined) {
      if (pod.outcome !== undefined && folder.isDone(pod.name)) {
        client.delete({ ...POD, name: pod.name }, { uid: pod.uid }).catch(() => {}); // the next run tries again
      }
      return;
    }
    // Else a new one waits until the name is free, or finds it taken.
    if (pod.deleting || spec !== specOf(pods.objectOf(index, folder.id))) return;
    this.#window.add();
    this.#launch({ index, attempt: 1 }, { pod });
  }

  #fill(): void {
    if (this.#isLeft) return;
    const { pods, folder, onSpec } = this.#options;
    while (this.#queue.size > 0 && this.#window.tryTake()) {
      const next = this.#queue.shift() as Waiting;
      const object = pods.objectOf(next.index, folder.id);
      onSpec?.(object);
      this.#launch(next, { object });
    }
    this.#checkEnd();
  }

  #checkEnd(): void {
    if (this.#queue.size > 0 || this.#fresh.length > 0) return;
    if (this.#live.size === 0) this.#finished.resolve();
    else if (!this.#options.waits && this.#creating === 0) this.#interrupt();
  }

  #launch(item: Waiting, start: { readonly object: object } | { readonly pod: PodView }): void {
    const name = this.#options.pods.nameOf(item.index);
    let hasStarted = false;
    let holds = true;
    if ('object' in start) this.#creating++;
    const free = (): void => {
      if (holds) this.#window.ended(hasStarted);
      holds = false;
      this.#fill();
    };
    const pod = new ItemPod(name, item.attempt, this.#context, {
      made: () => {
        this.#creating--;
        this.#checkEnd();
      },
      started: (view) => {
        hasStarted = true;
        this.#window.started();
        this.#emitStarted(item, view);
        this.#fill();
      },
      waits: (waiting) => this.#reasons.set(name, waiting),
      stopped: free,
    });
    this.#live.set(name, pod);
    const work = pod
      .run(start)
      .then(async (end) => {
        this.#live.delete(name);
        await this.#ended(item, end);
        free();
      })
      .catch((error: unknown) => this.#finished.reject(error))
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #ended(item: Waiting, end: ItemPodEnd): Promise<void> {
    if (end.kind === 'left') return;
    const { clock, emit } = this.#options;
    const time = clock.now();
    const place = end.pod && placeOf(end.pod);
    const event = {
      ...this.#id(item.index),
      attempt: item.attempt,
      started: place?.started ?? time,
      place,
      log: end.log,
    };
    if (end.kind === 'succeeded') {
      this.#counts.succeeded++;
      emit({ kind: 'item-succeeded', time, ...event });
      return;
    }
    const { failure } = end;
    if (failure.kind === 'disrupted' && item.attempt < MAX_ATTEMPTS) {
      this.#queue.push({ index: item.index, attempt: item.attempt + 1 });
      emit({ kind: 'item-failed', time, ...event, failure, retryMilliseconds: 0, tail: [] });
      return;
    }
    this.#counts.failed++;
    const tail = await tailLines(logPaths(this.#options.folder.path, event.item).err, TAIL_LINES);
    emit({ kind: 'item-failed', time, ...event, failure, tail });
  }

  #emitStarted({ index, attempt }: Waiting, pod: PodView): void {
    const { clock, emit } = this.#options;
    emit({ kind: 'item-started', time: clock.now(), ...this.#id(index), attempt, place: placeOf(pod) });
  }

  #interrupt(): void {
    if (this.#isLeft) return;
    const { clock, emit, interrupt } = this.#options;
    this.#isLeft = true;
    if (interrupt.aborted) emit({ kind: 'interrupted', time: clock.now(), running: this.#window.running });
    this.#leave.abort();
    this.#finished.resolve();
  }

  #end(started: number): RunSummary {
    const { clock, emit, pods } = this.#options;
    const { succeeded, kept, failed } = this.#counts;
    const open = pods.count - succeeded - kept - failed;
    const ended = clock.now();
    const status = open > 0 ? 'interrupted' : failed > 0 ? 'failed' : 'succeeded';
    const task: TaskSummary = {
      ...{ name: pods.name, total: pods.count, succeeded, kept, failed, open, started, ended },
      status,
    };
    emit({ kind: 'task-ended', time: ended, task: pods.name, summary: task });
    const summary: RunSummary = { run: pods.name, pipeline: pods.name, status, tasks: [task], started, ended };
    emit({ kind: 'run-ended', time: ended, summary });
    return summary;
  }

  /** Pods that have ended are seen to, if it does not take long; all others are left. */
  async #settle(): Promise<void> {
    const enough = new AbortController();
    const late = pause(this.#options.clock, LEAVE_MILLIS, enough.signal).then(() => this.#giveUp());
    await Promise.all(this.#work);
    enough.abort();
    await late;
  }

  #giveUp(): void {
    this.#isLeft = true;
    this.#leave.abort();
    this.#context.logs.close();
  }

  #id(index: number): ItemId {
    return { task: this.#options.pods.name, item: this.#options.pods.nameOf(index), index };
  }
}

function placeOf({ name, node, created, started }: PodView): AttemptPlace {
  return { pod: name, node, queued: created, started };
}
