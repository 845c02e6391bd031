import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { RUN_LABEL, TASK_LABEL } from '../../../src/ir/labels.ts';
import { waitFor } from '../rig/wait.ts';
import { HOLD } from './placement-site.ts';

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly priority?: number;
    readonly preemptionPolicy?: string;
    readonly containers: readonly { readonly resources?: { readonly limits?: { readonly [name: string]: string } } }[];
  };
  readonly status: { readonly phase: string; readonly conditions?: readonly PodCondition[] };
}

export interface Job extends KubernetesObject {
  readonly status: {
    readonly succeeded?: number;
    readonly failed?: number;
    readonly active?: number;
    readonly failedIndexes?: string;
    readonly conditions?: readonly PodCondition[];
  };
}

/** Which pods are meant: of a task, of a run. */
export interface PodsOf {
  readonly namespace: string;
  readonly task?: string;
  readonly run?: string;
}

export async function podsOf(client: KubernetesClient, { namespace, task, run }: PodsOf): Promise<readonly Pod[]> {
  const labels = [...(task ? [`${TASK_LABEL}=${task}`] : []), ...(run ? [`${RUN_LABEL}=${run}`] : [])];
  const query = { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: labels.join(',') };
  return (await client.list<Pod>(query)).items;
}

/** The pods that are there to stay: neither over nor being deleted. */
export const isLive = (pod: Pod): boolean =>
  pod.metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed'].includes(pod.status.phase);

export const isRunning = (pod: Pod): boolean => isLive(pod) && pod.status.phase === 'Running';

/** Waits for exactly so many running pods (of which `also` holds), and gives them. */
export function running(
  client: KubernetesClient,
  which: PodsOf,
  count: number,
  deadlineMillis = 180_000,
  also: (pods: readonly Pod[]) => boolean = () => true,
): Promise<readonly Pod[]> {
  const probe = async () => {
    const pods = (await podsOf(client, which)).filter(isRunning);
    if (pods.length === count && also(pods)) return pods;
    throw new Error(`${pods.length} are: ${nodesOf(pods)}`);
  };
  return waitFor(`${count} running pods of ${which.task ?? which.namespace}`, probe, { deadlineMillis });
}

/** Waits until the scheduler has said of a pod why it fits nowhere; gives what it says. */
export function unschedulable(client: KubernetesClient, which: PodsOf, count = 1): Promise<readonly string[]> {
  return waitFor(`${count} pods of ${which.task ?? which.namespace} that fit nowhere`, async () => {
    const told = (await podsOf(client, which)).filter(isLive).flatMap(whyPending);
    return told.length === count && told;
  });
}

function whyPending({ status }: Pod): string[] {
  const scheduled = (status.conditions ?? []).find(({ type }) => type === 'PodScheduled');
  return scheduled?.reason === 'Unschedulable' ? [scheduled.message ?? ''] : [];
}

/** Lets held pods go on to their end. */
export async function release(client: KubernetesClient, which: PodsOf): Promise<void> {
  await releaseAll(client, await podsOf(client, which));
}

export async function releaseAll(client: KubernetesClient, pods: readonly Pod[]): Promise<void> {
  const held = pods.filter((pod) => isLive(pod) && pod.metadata.annotations?.[HOLD] === 'true');
  await Promise.all(
    held.map(async ({ metadata: { name, namespace } }) => {
      const ref = { apiVersion: 'v1', kind: 'Pod', name, namespace };
      await client.patch(ref, { metadata: { annotations: { [HOLD]: 'false' } } }, { type: 'merge' });
    }),
  );
}

export const jobRef = (namespace: string, name: string) => ({ apiVersion: 'batch/v1', kind: 'Job', namespace, name });

/** Lets all pods of a Job go on to their end, also those that come later, and gives the Job once it is complete. */
export function completed(
  client: KubernetesClient,
  namespace: string,
  name: string,
  deadlineMillis = 180_000,
): Promise<Job> {
  const pods = { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: `batch.kubernetes.io/job-name=${name}` };
  const probe = async () => {
    const job = await client.get<Job>(jobRef(namespace, name));
    const over = job?.status.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed');
    if (over?.type === 'Failed') throw new Error(`${name} failed: ${over.reason} ${over.message}`);
    if (over !== undefined) return job;
    await releaseAll(client, (await client.list<Pod>(pods)).items);
    throw new Error(JSON.stringify(job?.status));
  };
  return waitFor(`the Job ${name} to complete`, probe, { everyMillis: 200, deadlineMillis });
}

export const nodesOf = (pods: readonly Pod[]): string[] => pods.map(({ spec }) => spec.nodeName ?? '').sort();

export async function zonesOf(client: KubernetesClient, pods: readonly Pod[]): Promise<string[]> {
  const nodes = await Promise.all(nodesOf(pods).map((name) => client.get({ apiVersion: 'v1', kind: 'Node', name })));
  return nodes.map((node) => node?.metadata.labels?.['topology.kubernetes.io/zone'] ?? '').sort();
}

/** Applies what a run needs and makes its Jobs. */
export async function startJobs(
  client: KubernetesClient,
  { shared, jobs }: { readonly shared: readonly object[]; readonly jobs: readonly object[] },
): Promise<void> {
  for (const object of shared) await client.apply(object, { force: true });
  for (const job of jobs) await client.create(job);
}
