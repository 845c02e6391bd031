import { RUN_LABEL } from '../../ir/labels.ts';
import { type JobView, viewJob } from '../cluster/job-view.ts';
import { vanished } from '../cluster/pod-view.ts';
import { Watches, type WatchesOptions } from '../cluster/watches.ts';
import { type ArgoPod, viewArgoPod } from './argo-pod.ts';
import { viewWorkflow, type WorkflowView } from './workflow-view.ts';

export const WORKFLOW = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' };
export const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
const POD = { apiVersion: 'v1', kind: 'Pod' };

export interface ArgoWatchOptions extends Omit<WatchesOptions, 'signal'> {
  readonly namespace: string;
  /** Name of the Workflow. */
  readonly run: string;
  /** `isGone`: someone has deleted it. */
  readonly workflow: (view: WorkflowView, isGone: boolean) => void;
  readonly pod: (pod: ArgoPod) => void;
  readonly job: (view: JobView, isGone: boolean) => void;
}

/** The Workflow of a run, its pods, and the Jobs that it made: one list and one watch each. */
export class ArgoWatch {
  readonly #options: ArgoWatchOptions;
  readonly #stop = new AbortController();
  /** Pods that have not ended, so that one that vanishes is known. */
  readonly #live = new Map<string, ArgoPod>();

  constructor(options: ArgoWatchOptions) {
    this.#options = options;
  }

  /** Resolves when all that there is now was told. */
  async start(): Promise<void> {
    const { namespace, run, workflow, job } = this.#options;
    const watches = new Watches({ ...this.#options, signal: this.#stop.signal });
    const labelSelector = `${RUN_LABEL}=${run}`;
    await Promise.all([
      watches.follow({ ...WORKFLOW, namespace, fieldSelector: `metadata.name=${run}` }, (type, object) =>
        workflow(viewWorkflow(object), type === 'DELETED'),
      ),
      watches.follow({ ...JOB, namespace, labelSelector }, (type, object) => job(viewJob(object), type === 'DELETED')),
      watches.follow({ ...POD, namespace, labelSelector }, (type, object) => this.#pod(type, viewArgoPod(object))),
    ]);
  }

  /** The pods of a task that are there now, asked of the server. */
  async *podsOf(task: string): AsyncGenerator<ArgoPod> {
    const { client, namespace, run } = this.#options;
    const query = { ...POD, namespace, labelSelector: `${RUN_LABEL}=${run},podloom.dev/task=${task}` };
    for await (const pod of client.items(query, { signal: this.#stop.signal })) yield viewArgoPod(pod);
  }

  stop(): void {
    this.#stop.abort();
  }

  #pod(type: string, seen: ArgoPod): void {
    const { uid } = seen.view;
    const before = this.#live.get(uid);
    // A list that was read after a gap has only the metadata of what went meanwhile.
    const last = seen.view.outcome === undefined && before !== undefined ? before : seen;
    const pod = type === 'DELETED' ? { ...last, view: vanished(last.view) } : seen;
    if (pod.view.outcome !== undefined) this.#live.delete(uid);
    else this.#live.set(uid, pod);
    this.#options.pod(pod);
  }
}
