import type { KubernetesClient } from '../cluster/client.ts';
import { ApiError } from '../cluster/errors.ts';
import { TASK_LABEL } from '../ir/labels.ts';
import type { Task } from '../ir/task.ts';
import { unitsOfPod, viewArgoPod } from '../runner/argo/argo-pod.ts';
import { type JobView, parseIntervals, viewJob } from '../runner/cluster/job-view.ts';
import { MAIN_CONTAINER, type PodView, viewPod } from '../runner/cluster/pod-view.ts';
import { selectorOf } from './known-run.ts';

/**
 * The pod that runs a unit of a task now, or ran it last. `unit`: number of the item, from 0. undefined: there is none.
 */
export async function podOfUnit(
  client: KubernetesClient,
  run: string,
  task: string,
  unit: number,
  signal: AbortSignal,
): Promise<PodView | undefined> {
  const { namespace } = client;
  const labelSelector = `${selectorOf(run)},${TASK_LABEL}=${task}`;
  const { items: jobs } = await client.list(
    { apiVersion: 'batch/v1', kind: 'Job', namespace, labelSelector },
    { signal },
  );
  const pods: PodView[] = [];
  for (const job of jobs.map(viewJob)) {
    const index = indexOf(job, unit);
    if (index === undefined) continue;
    const ofJob = {
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      labelSelector: `batch.kubernetes.io/job-name=${job.name}`,
    };
    for await (const object of client.items(ofJob, { signal })) {
      const pod = viewPod(object);
      if (pod.index === index) pods.push(pod);
    }
  }
  return pods.sort((a, b) => b.created - a.created)[0];
}

/** The same of a task that Argo runs: the pods are its own, or those of Jobs that it made. `count`: units of the task. */
export async function podOfArgoUnit(
  client: KubernetesClient,
  run: string,
  task: Task,
  { unit, count }: { readonly unit: number; readonly count: number },
  signal: AbortSignal,
): Promise<PodView | undefined> {
  const labelSelector = `${selectorOf(run)},${TASK_LABEL}=${task.name}`;
  const query = { apiVersion: 'v1', kind: 'Pod', namespace: client.namespace, labelSelector };
  const pods: PodView[] = [];
  for await (const object of client.items(query, { signal })) {
    const pod = viewArgoPod(object);
    if (unitsOfPod(task, pod, count).includes(unit)) pods.push(pod.view);
  }
  return pods.sort((a, b) => b.created - a.created)[0];
}

/** The bytes of a pod's log, or why there is none yet. */
export async function* livePodLog(
  client: KubernetesClient,
  pod: PodView,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, string | undefined> {
  if (pod.started === undefined) {
    const { reason, message } = pod.waiting ?? { reason: 'it has not started', message: '' };
    return message === '' ? reason : `${reason}: ${message}`;
  }
  try {
    yield* client.log(client.namespace, pod.name, { container: MAIN_CONTAINER, follow, signal });
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 400 || error.status === 404)) return error.message;
    throw error;
  }
}

/** The index of the Job whose pod takes this unit. */
function indexOf({ units, unitsPerPod }: JobView, unit: number): number | undefined {
  let before = 0;
  for (const [first, last] of parseIntervals(units)) {
    if (unit >= first && unit <= last) return Math.floor((before + unit - first) / unitsPerPod);
    before += last - first + 1;
  }
  return undefined;
}
