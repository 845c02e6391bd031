import type { KubernetesClient } from '../../cluster/client.ts';
import type { ItemValue } from '../../ir/items.ts';
import type { Task } from '../../ir/task.ts';
import type { Clock } from '../clock.ts';
import type { JobView } from '../cluster/job-view.ts';
import { LOOK_MILLIS, MOST_LOOKS, patiently, pause } from '../cluster/patience.ts';
import { PodExplainer } from '../cluster/pod-explainer.ts';
import type { PodLogs } from '../cluster/pod-logs.ts';
import type { TaskStatus } from '../edges.ts';
import type { Emit, TaskSummary } from '../event.ts';
import type { Failure } from '../failure.ts';
import { logPaths } from '../state/item-log.ts';
import type { RunFolder } from '../state/run-folder.ts';
import { TAIL_LINES, tailLines } from '../state/tail.ts';
import { type Units, unitsOf } from '../units.ts';
import { WholeTask } from '../whole-task.ts';
import type { ArgoPod } from './argo-pod.ts';
import type { KnownAttempts } from './known-attempts.ts';
import type { NodeIndex } from './node-index.ts';
import { keepOutputs } from './node-outputs.ts';
import type { PodFollower, PodFollowerHost, UnitEnd } from './pod-follower.ts';
import { RankFollower } from './rank-follower.ts';
import type { TaskNodes } from './task-nodes.ts';
import { UnitFollower } from './unit-follower.ts';

/** Pods of a task that is over are waited for so long: longer than they are given to end. */
const LAST_PODS_MILLIS = 90_000;

export interface ArgoTaskHost {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly folder: RunFolder;
  readonly logs: PodLogs;
  readonly known: KnownAttempts;
  readonly emit: Emit;
  /** To reporters only: what the record has already. */
  readonly show: Emit;
  readonly leaving: AbortSignal;
  index(): NodeIndex;
  nodesOf(task: string): TaskNodes;
  job(name: string): JobView | undefined;
  /** The pods that are there now, asked of the server. */
  podsOf(task: string): AsyncIterable<ArgoPod>;
  /** The items of a list made at run time; a text when it cannot be used; undefined: it is not there. */
  listOf(task: Task): readonly ItemValue[] | string | undefined;
  /** Why a task never ran; undefined: a task before it has not ended yet. */
  reasonOf(task: Task): string | undefined;
  /** Whether all that there was when the runner came is known. */
  isSynced(): boolean;
  ended(task: ArgoTask): void;
  error(error: unknown): void;
}

/**
 * One task of a Workflow.
 *
 *   waiting ──first pod or node──▶ following ──node has ended, pods too, their logs are here──▶ ended
 */
export class ArgoTask {
  readonly task: Task;
  summary: TaskSummary | undefined;
  readonly #host: ArgoTaskHost;
  readonly #counts = { succeeded: 0, kept: 0, failed: 0 };
  #early: ArgoPod[] = [];
  #units: Units | undefined;
  #follower: PodFollower | undefined;
  #opening = false;
  #settling = false;
  #looks = 0;
  #newlyKept = 0;
  #started: number | undefined;
  #cancelWait: (() => void) | undefined;

  constructor(task: Task, host: ArgoTaskHost) {
    this.task = task;
    this.#host = host;
  }

  pod(pod: ArgoPod): void {
    if (this.summary !== undefined) return;
    if (this.#follower !== undefined) this.#follower.pod(pod);
    else {
      this.#early = [...this.#early.filter(({ view }) => view.uid !== pod.view.uid), pod];
      this.update();
    }
  }

  /** The Workflow or a Job has changed. */
  update(): void {
    if (this.summary !== undefined || this.#host.leaving.aborted) return;
    this.#follower?.changed();
    if (this.#follower === undefined) this.#begin();
    this.#settle();
  }

  /** Tells no more. */
  async leave(): Promise<void> {
    this.#cancelWait?.();
    await this.#follower?.leave();
    if (this.summary === undefined) this.#end('interrupted');
  }

  /** Opens the task as soon as it is known what its items are, or ends it when it will never run. */
  #begin(): void {
    if (this.#opening) return;
    const { status, nodes } = this.#host.nodesOf(this.task.name);
    if (this.#early.length === 0 && status === 'skipped') {
      this.#end('skipped', 'its `when` does not hold');
      return;
    }
    if (this.#early.length === 0 && status === 'neverRan') {
      const reason = this.#host.reasonOf(this.task);
      if (reason !== undefined) this.#end('neverRan', reason);
      return;
    }
    if (this.#early.length === 0 && nodes.length === 0) return;
    const list = this.task.forEach?.items.kind === 'output' ? this.#host.listOf(this.task) : [];
    if (list === undefined && status === undefined) return; // the Workflow tells of it later than of the pods
    if (list === undefined || typeof list === 'string') {
      this.#end('failed', list ?? 'Argo does not say what items it has');
      return;
    }
    this.#opening = true;
    this.#open(unitsOf(this.task, list)).catch((error: unknown) => this.#host.error(error));
  }

  async #open(units: Units): Promise<void> {
    const { clock, emit, folder } = this.#host;
    this.#started = clock.now();
    const earlierLogs = await folder.openTask(this.task.name);
    if (this.#host.leaving.aborted) return;
    emit({ kind: 'task-started', time: clock.now(), task: this.task.name, total: units.count });
    this.#units = units;
    const host = this.#followerHost(units, earlierLogs);
    const follower = this.task.replicas === undefined ? new UnitFollower(host) : new RankFollower(host);
    this.#follower = follower;
    // Attempts in the order in which they were made.
    for (const pod of this.#early.sort((a, b) => a.view.created - b.view.created)) follower.pod(pod);
    this.#early = [];
    this.update();
  }

  #followerHost(units: Units, earlierLogs: ReadonlySet<string>): PodFollowerHost {
    const { name } = this.task;
    const { client, clock, logs, known, leaving, folder, emit } = this.#host;
    const listener = new WholeTask({
      ...{ name, units, earlierLogs, host: { clock, emit, folder } },
      started: () => {},
      atGate: () => {},
      through: () => {},
      succeeded: () => void this.#counts.succeeded++,
      failed: () => void this.#counts.failed++,
    });
    return {
      ...{ task: this.task, units, clock, logs, known, leaving, listener, explainer: new PodExplainer(client) },
      index: () => this.#host.index(),
      job: (job) => this.#host.job(job),
      isOver: () => this.#host.nodesOf(name).status !== undefined,
      kept: () => this.#keep(),
      keptFailed: (unit, attempt, failure) => this.#keepFailed(units.name(unit), unit, attempt, failure),
      settled: () => this.#settle(),
      error: (error) => this.#host.error(error),
    };
  }

  /** A runner that comes back finds many at once: they are one event. */
  #keep(): void {
    this.#counts.kept++;
    if (this.#newlyKept++ > 0) return;
    queueMicrotask(() => {
      const { clock, emit } = this.#host;
      emit({ kind: 'items-kept', time: clock.now(), task: this.task.name, count: this.#newlyKept });
      this.#newlyKept = 0;
    });
  }

  async #keepFailed(item: string, index: number, attempt: number, failure: Failure): Promise<void> {
    const { clock, folder, show } = this.#host;
    this.#counts.failed++;
    const log = logPaths(folder.task(this.task.name), item).err;
    const time = clock.now();
    const tail = await tailLines(log, TAIL_LINES);
    show({ kind: 'item-failed', time, started: time, task: this.task.name, item, index, attempt, log, failure, tail });
  }

  #settle(): void {
    const follower = this.#follower;
    if (!this.#host.isSynced()) return;
    if (follower === undefined || this.summary !== undefined || this.#settling || this.#host.leaving.aborted) return;
    const { status } = this.#host.nodesOf(this.task.name);
    if (status === undefined || follower.isReading) return;
    if (follower.hasLive) {
      this.#cancelWait ??= this.#host.clock.after(LAST_PODS_MILLIS, () => follower.abandon());
      return;
    }
    this.#settling = true;
    this.#finish(follower, status)
      .catch((error: unknown) => this.#host.error(error))
      .finally(() => {
        this.#settling = false;
        this.#settle();
      });
  }

  async #finish(follower: PodFollower, status: TaskStatus): Promise<void> {
    if (status !== 'skipped' && follower.left > 0) {
      if (this.#looks < (status === 'succeeded' ? MOST_LOOKS : 1)) {
        await this.#lookAgain(follower);
        return; // what was found has its way first
      }
      await follower.giveUp((unit) => this.#endOf(unit));
    }
    await follower.leave();
    if (this.#host.leaving.aborted) return;
    await keepOutputs(this.task, this.#units!, this.#host.folder, this.#host.nodesOf(this.task.name), (unit) =>
      this.#nodeOf(unit),
    );
    const { message } = this.#host.nodesOf(this.task.name);
    this.#end(status, status === 'failed' && this.#counts.failed === 0 ? message || undefined : undefined);
  }

  /** Pods that the watch has not told of yet: an overloaded server may be behind. */
  async #lookAgain(follower: PodFollower): Promise<void> {
    const { clock, leaving, podsOf } = this.#host;
    if (this.#looks++ > 0) await pause(clock, LOOK_MILLIS, leaving);
    await patiently(clock, leaving, async () => {
      for await (const pod of podsOf(this.task.name)) follower.pod(pod);
    });
  }

  /** How a unit ended for which there is no pod to ask. */
  #endOf(unit: number): UnitEnd {
    const { status, message } = this.#host.nodesOf(this.task.name);
    const node = this.#nodeOf(unit);
    if (node !== undefined) return { succeeded: node.phase === 'Succeeded', message: node.message ?? '' };
    return { succeeded: status === 'succeeded' && this.task.maxFailed === undefined, message };
  }

  /** The node of a unit's pod; undefined for a task that is a Job. */
  #nodeOf(unit: number): TaskNodes['nodes'][number] | undefined {
    const { nodes } = this.#host.nodesOf(this.task.name);
    const { forEach } = this.task;
    if (forEach === undefined) return this.task.replicas === undefined ? nodes[0] : undefined;
    const number = Math.floor(unit / forEach.itemsPerPod);
    const item = `(${number}:${number})`;
    for (const node of nodes) {
      const own = this.#host.index().get(`${node.name}${item}`);
      if (own !== undefined) return own;
      if (node.name.includes(`${item}.`)) return node; // in the DAG of an item
    }
    return undefined;
  }

  #end(status: TaskStatus, reason?: string): void {
    const { clock, emit, ended } = this.#host;
    this.#cancelWait?.();
    const { succeeded, kept, failed } = this.#counts;
    const total = this.#units?.count ?? 0;
    const open = total - succeeded - kept - failed;
    this.summary = {
      ...{ name: this.task.name, status, total, succeeded, kept, failed, open, reason },
      ...{ started: this.#started, ended: clock.now() },
    };
    emit({ kind: 'task-ended', time: this.summary.ended, task: this.task.name, summary: this.summary });
    ended.call(this.#host, this);
  }
}
