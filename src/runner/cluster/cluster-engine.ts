import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import { RUN_LABEL } from '../../ir/labels.ts';
import type { RunObjects } from '../../ir/run-objects.ts';
import type { JsonObject, StringMap } from '../../ir/scalar.ts';
import type { Clock } from '../clock.ts';
import { type Engine, TaskProblem, type TaskSession, type TaskWork } from '../engine.ts';
import type { Emit } from '../event.ts';
import { taskReferences } from '../inputs.ts';
import type { RunFolder } from '../state/run-folder.ts';
import type { RunState } from '../state/run-record.ts';
import type { RunValues } from '../values.ts';
import type { ClusterContext } from './context.ts';
import { JobSession } from './job-session.ts';
import { patiently } from './patience.ts';
import type { PodLogs } from './pod-logs.ts';
import { RankSession } from './rank-session.ts';
import { untilGone } from './removal.ts';
import { isDeadHere, runIdentity } from './run-identity.ts';
import { RunLease } from './run-lease.ts';
import { RunMirror } from './run-mirror.ts';
import { RunWatch } from './run-watch.ts';

export interface ClusterEngineOptions {
  readonly client: KubernetesClient;
  readonly namespace: string;
  /** What the jobs target makes of this run. */
  readonly objects: RunObjects;
  readonly run: string;
  readonly folder: RunFolder;
  readonly values: RunValues;
  readonly clock: Clock;
  readonly logs: PodLogs;
  /** Pods whose logs an earlier runner of the run has brought here, by name. */
  readonly collected: ReadonlySet<string>;
  /** Pods of one task that run at once, at most. Default: what the pipeline says. */
  readonly maxRunning?: number | undefined;
  /** Whether the conductor's window is exact: pods wait at a gate until it lets them through. */
  readonly isExact: boolean;
  /** What the pipeline says of all of its tasks together. */
  readonly pipelineMaxRunning?: number | undefined;
  /** Pods of a task may wait for so long while none of them starts. Default: for ever. */
  readonly pendingTimeoutMillis?: number | undefined;
  /** Whether what failed in Jobs that have ended stays failed. Default: new Jobs try it again. */
  readonly failuresStay?: boolean | undefined;
  /** Whether another runner drives the run. The client then makes nothing, but waits until it is there. Default: false. */
  readonly follows?: boolean | undefined;
  /** Gets `connection` events. */
  readonly emit: Emit;
  /** Ends the wait for another runner's lease. */
  readonly interrupt?: AbortSignal | undefined;
  /** The run cannot go on. */
  readonly onError: (error: unknown) => void;
}

/** Runs tasks as Jobs of a cluster. The Jobs go on when the engine closes. */
export class ClusterEngine implements Engine {
  readonly #options: ClusterEngineOptions;
  readonly #closing = new AbortController();
  readonly #watch: RunWatch;
  #owner: KubernetesObject | undefined;
  #lease: RunLease | undefined;
  #mirror: RunMirror | undefined;
  /** Values that pods can read already. */
  #published: StringMap = {};
  #publishing: Promise<void> = Promise.resolve();

  private constructor(options: ClusterEngineOptions) {
    this.#options = options;
    const { client, clock, namespace, run, emit, onError } = options;
    const labelSelector = `${RUN_LABEL}=${run}`;
    this.#watch = new RunWatch({ client, clock, namespace, labelSelector, emit, onError });
  }

  /** Makes what all tasks need and finds what the run has in the cluster already. */
  static async start(options: ClusterEngineOptions): Promise<ClusterEngine> {
    const engine = new ClusterEngine(options);
    try {
      await engine.#prepare();
    } catch (error) {
      await engine.close();
      throw error;
    }
    return engine;
  }

  async open(work: TaskWork): Promise<TaskSession> {
    await this.#publish(work);
    const own = { ...work, context: this.#context() };
    return work.task.replicas === undefined ? new JobSession(own) : new RankSession(own);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#watch.stop();
    this.#options.logs.close();
    await this.#mirror?.close();
    await this.#lease?.release();
  }

  record(state: RunState): void {
    this.#mirror?.record(state);
  }

  async #prepare(): Promise<void> {
    const { objects, client, clock, namespace } = this.#options;
    for (const object of objects.base) await this.#applyBase(object);
    this.#owner = await this.#createOrGet(objects.run);
    if (this.#options.follows !== true) {
      this.#lease = await this.#takeLease();
      this.#mirror = new RunMirror(client, clock, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        namespace,
        name: nameOf(objects.run),
      });
    }
    await this.#publishParameters();
    const outputs = objects.outputs({});
    if (outputs !== undefined) await this.#createOwned(outputs);
    await this.#watch.start();
  }

  /** Those of a run that is gone on with may be of an earlier runner, with other values. */
  async #publishParameters(): Promise<void> {
    const { client, namespace, objects, values, follows } = this.#options;
    const wanted = Object.fromEntries([...values.parameters].map(([name, value]) => [name, String(value)]));
    const object = objects.parameters(wanted);
    if (object === undefined) return;
    const there = ((await this.#createOwned(object))['data'] ?? {}) as StringMap;
    const isSame = Object.keys({ ...there, ...wanted }).every((name) => there[name] === wanted[name]);
    if (isSame || follows === true) return;
    const gone = Object.fromEntries(Object.keys(there).map((name) => [name, null]));
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: nameOf(object) };
    await client.patch(ref, { data: { ...gone, ...wanted } }, { type: 'merge' });
  }

  #takeLease(): Promise<RunLease | undefined> {
    const { client, clock, namespace, objects, onError, interrupt } = this.#options;
    const { name, labels } = objects.run['metadata'] as JsonObject;
    const metadata = { name, labels, ownerReferences: [this.#ownerReference()] } as JsonObject;
    const options = { client, clock, namespace, metadata, name: nameOf(objects.run), onLost: onError };
    const signal = interrupt ?? this.#closing.signal;
    return RunLease.take({ ...options, identity: runIdentity(), isDead: isDeadHere }, signal);
  }

  #ownerReference(): JsonObject {
    const { name, uid = '' } = this.#owner!.metadata;
    return { apiVersion: 'v1', kind: 'ConfigMap', name, uid };
  }

  #context(): ClusterContext {
    const {
      client,
      namespace,
      objects,
      clock,
      folder,
      logs,
      collected,
      pendingTimeoutMillis: afterMillis,
    } = this.#options;
    return {
      ...{ client, namespace, objects, clock, folder, logs },
      watch: this.#watch,
      closing: this.#closing.signal,
      maxRunning: this.#options.maxRunning,
      pipelineMaxRunning: this.#options.pipelineMaxRunning,
      stuck: (tell) => (afterMillis === undefined ? undefined : { afterMillis, tell }),
      owner: this.#owner!.metadata.uid ?? '',
      failuresStay: this.#options.failuresStay === true,
      follows: this.#options.follows === true,
      // Ranks start together or not at all.
      isGated: (task) =>
        task.replicas === undefined && (this.#options.isExact || task.after.some(({ on }) => on === 'itemwise')),
      createOwned: async (object) => void (await this.#createOwned(object)),
      createShared: async (object) => void (await this.#createOrGet(object)),
      wasCollected: (pod) => collected.has(pod),
    };
  }

  /** The outputs of earlier tasks that this one reads, where its pods find them. */
  #publish({ task, values }: TaskWork): Promise<void> {
    const data: { [key: string]: string } = {};
    for (const reference of taskReferences(task)) {
      if (reference.kind === 'status') data['status'] = values.status;
      if (reference.kind !== 'output') continue;
      data[`${reference.task}.${reference.output}`] = values.outputText(reference.task, reference.output);
    }
    this.#publishing = this.#publishing.catch(() => {}).then(() => this.#patchOutputs(data));
    return this.#publishing;
  }

  async #patchOutputs(data: StringMap): Promise<void> {
    const { client, namespace, objects, clock } = this.#options;
    const news = Object.entries(data).filter(([key, value]) => this.#published[key] !== value);
    const object = objects.outputs(data);
    if (news.length === 0 || object === undefined) return;
    const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: nameOf(object) };
    await patiently(clock, this.#closing.signal, () => client.patch(ref, { data }, { type: 'merge' }));
    this.#published = { ...this.#published, ...data };
  }

  /** PriorityClasses are the cluster's: who may not write them goes on when they are there. */
  async #applyBase(object: JsonObject): Promise<void> {
    const { client } = this.#options;
    try {
      await client.apply(object);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 403 && object['kind'] === 'PriorityClass')) throw error;
      const ref = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', name: nameOf(object) };
      // Who may not even look learns from the Job whether it is there.
      const isThere = await client.get(ref).catch((problem: unknown) => problem instanceof ApiError);
      if (isThere === undefined) throw error;
    }
  }

  async #createOwned(object: JsonObject): Promise<KubernetesObject> {
    const metadata = { ...(object['metadata'] as JsonObject), ownerReferences: [this.#ownerReference()] };
    const made = await this.#createOrGet({ ...object, metadata }, this.#owner!.metadata.uid);
    if (made.metadata.labels?.[RUN_LABEL] === this.#options.run) return made;
    throw new TaskProblem(`there is a ${made.kind} "${made.metadata.name}" in the namespace that is not of this run`);
  }

  /** What is there already counts, unless it is going: then it is waited for. `owner`: uid of what has to own it. */
  async #createOrGet(object: JsonObject, owner?: string): Promise<KubernetesObject> {
    const { client, namespace, clock } = this.#options;
    const { apiVersion, kind, metadata } = object as unknown as KubernetesObject;
    for (;;) {
      try {
        return await client.create(object);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 409 && error.reason === 'AlreadyExists')) throw error;
      }
      const found = await client.get({ apiVersion, kind, namespace, name: metadata.name });
      if (found === undefined) continue;
      const isOfOther = owner !== undefined && isOfOtherRun(found, owner, this.#options.run);
      if (found.metadata.deletionTimestamp === undefined && !isOfOther) return found;
      // Of a run of this name that was removed: the garbage collector is about to come.
      await untilGone({ client, clock, signal: this.#closing.signal }, found);
    }
  }
}

/** Whether it was made by a run of this name that is not there any more. */
function isOfOtherRun({ metadata }: KubernetesObject, owner: string, run: string): boolean {
  const { ownerReferences = [], labels } = metadata;
  return labels?.[RUN_LABEL] === run && ownerReferences.length > 0 && ownerReferences.every(({ uid }) => uid !== owner);
}

function nameOf(object: JsonObject): string {
  return (object['metadata'] as { readonly name: string }).name;
}
