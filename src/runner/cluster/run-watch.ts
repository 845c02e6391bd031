import type { ObjectKind } from '../../cluster/objects.ts';
import { type JobView, viewJob } from './job-view.ts';
import { type PodView, vanished, viewPod } from './pod-view.ts';
import { Watches, type WatchesOptions } from './watches.ts';

/** Who is told of the pods and of the end of a Job. */
export interface JobListener {
  pod(pod: PodView): void;
  job(job: JobView): void;
  /** The Job was deleted by someone. */
  gone(): void;
}

const POD: ObjectKind = { apiVersion: 'v1', kind: 'Pod' };
const JOB: ObjectKind = { apiVersion: 'batch/v1', kind: 'Job' };

export interface RunWatchOptions extends Omit<WatchesOptions, 'signal'> {
  readonly namespace: string;
  readonly labelSelector: string;
}

/**
 * One list and one watch for the Jobs of a run, and one for its pods, shared by all of its tasks. What comes before somebody
 * listens to a Job is kept: the last state of the Job, and of each pod that is there.
 */
export class RunWatch {
  readonly #options: RunWatchOptions;
  readonly #stop = new AbortController();
  readonly #jobs = new Map<string, JobView>();
  /** Pods of Jobs that nobody listens to yet, by Job. */
  readonly #unclaimed = new Map<string, Map<string, PodView>>();
  /** Pods that have not ended, so that one that vanishes is known. */
  readonly #live = new Map<string, PodView>();
  readonly #listeners = new Map<string, JobListener>();
  /** Jobs that nobody wants to hear of again. */
  readonly #ignored = new Set<string>();

  constructor(options: RunWatchOptions) {
    this.#options = options;
  }

  /** Resolves when all that there is now is known. */
  async start(): Promise<void> {
    const { namespace, labelSelector, ...options } = this.#options;
    const watches = new Watches({ ...options, signal: this.#stop.signal });
    const selected = { namespace, labelSelector };
    await Promise.all([
      watches.follow({ ...JOB, ...selected }, (type, object) => this.#job(type, viewJob(object))),
      watches.follow({ ...POD, ...selected }, (type, object) => this.#pod(type, viewPod(object))),
    ]);
  }

  /** Jobs that are there now, those of the task only. */
  jobsOf(task: string): JobView[] {
    return [...this.#jobs.values()].filter((job) => job.task === task && !job.deleting);
  }

  /** The pods of a Job that are there now, asked of the server. */
  async *podsOf(job: string): AsyncGenerator<PodView> {
    const { client, namespace } = this.#options;
    const query = { ...POD, namespace, labelSelector: `batch.kubernetes.io/job-name=${job}` };
    for await (const pod of client.items(query, { signal: this.#stop.signal })) yield viewPod(pod);
  }

  /** Tells `listener` all that is known of a Job and all that happens with it from now on. */
  listen(job: string, listener: JobListener): void {
    this.#listeners.set(job, listener);
    const view = this.#jobs.get(job);
    if (view !== undefined) listener.job(view);
    const pods = this.#unclaimed.get(job);
    this.#unclaimed.delete(job);
    this.#ignored.delete(job);
    for (const pod of pods?.values() ?? []) listener.pod(pod);
  }

  ignore(job: string): void {
    this.#listeners.delete(job);
    this.#ignored.add(job);
    this.#unclaimed.delete(job);
  }

  stop(): void {
    this.#stop.abort();
  }

  #job(type: string, job: JobView): void {
    const listener = this.#listeners.get(job.name);
    if (type === 'DELETED') {
      this.#jobs.delete(job.name);
      this.#unclaimed.delete(job.name);
      this.#ignored.delete(job.name);
      listener?.gone();
    } else {
      this.#jobs.set(job.name, job);
      listener?.job(job);
    }
  }

  #pod(type: string, seen: PodView): void {
    const before = this.#live.get(seen.uid);
    // A list that was read after a gap has only the metadata of what went meanwhile.
    const pod = type === 'DELETED' ? vanished(seen.outcome === undefined && before ? before : seen) : seen;
    if (type === 'DELETED' || pod.outcome !== undefined) this.#live.delete(pod.uid);
    else this.#live.set(pod.uid, pod);
    const listener = this.#listeners.get(pod.job);
    if (listener !== undefined) {
      listener.pod(pod);
      return;
    }
    if (this.#ignored.has(pod.job)) return;
    const pods = this.#unclaimed.get(pod.job) ?? new Map<string, PodView>();
    pods.set(pod.uid, pod);
    this.#unclaimed.set(pod.job, pods);
  }
}
