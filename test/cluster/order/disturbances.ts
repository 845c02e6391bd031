import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createNodes } from '../rig/nodes.ts';
import { waitFor } from '../rig/wait.ts';
import type { PodRecord } from './pod-history.ts';
import type { Meanwhile } from './scenario.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;

/** The first pod of a task, once its container runs. */
export function runningPod({ pods, signal }: Meanwhile, task: string, index?: number): Promise<PodRecord> {
  const runs = (record: PodRecord): boolean =>
    record.startSeconds !== undefined && record.ended === undefined && record.index === index;
  return pods.find(task, runs, signal);
}

/** The same, once its program has noted its attempt: before that, Argo's executor may not have started it yet. */
async function busyPod(run: Meanwhile, task: string, index?: number): Promise<PodRecord> {
  const record = await runningPod(run, task, index);
  const note = join(run.state, String(index ?? task));
  await waitFor(`${task} to run`, () => existsSync(note), { deadlineMillis: 240_000 });
  return record;
}

/** As `kubectl delete pod` does. */
export async function deletePod(run: Meanwhile, task: string, index?: number): Promise<void> {
  const { name } = await busyPod(run, task, index);
  await run.client.delete({ ...POD, name, namespace: run.namespace });
}

/** As `kubectl drain` does. */
export async function evictPod(run: Meanwhile, task: string, index?: number): Promise<void> {
  const { name } = await busyPod(run, task, index);
  const { namespace, client } = run;
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  await client.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body: eviction });
}

/** Name of the resource of which the node of a namespace has one. */
export function slotOf(namespace: string): string {
  return `podloom.test/${namespace}`;
}

/** Gives the only real node one slot for this namespace, so that a pod with a higher priority has to take it. */
export async function makeSlot({ client, namespace, onEnd }: Meanwhile): Promise<void> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Node' });
  const name = items[0]?.metadata.name as string;
  const path = `/status/capacity/${slotOf(namespace).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const patch = (change: object) =>
    client.patch({ apiVersion: 'v1', kind: 'Node', name }, [change], { type: 'json', subresource: 'status' });
  await patch({ op: 'add', path, value: '1' });
  onEnd(() => patch({ op: 'remove', path }));
}

/** Takes the slot from the pod of a task: a pod of the highest priority that ends after a second. */
export async function preemptPod(run: Meanwhile, task: string, image: string): Promise<void> {
  await busyPod(run, task);
  const { client, namespace } = run;
  const resources = { limits: { [slotOf(namespace)]: '1' } };
  const container = { name: 'urgent', image, command: ['sleep', '1'], resources };
  const spec = { priorityClassName: 'system-cluster-critical', restartPolicy: 'Never', containers: [container] };
  await client.create({ ...POD, metadata: { name: 'urgent', namespace }, spec });
}

/** Simulated nodes for this namespace only: the pods of its tasks tolerate their taint. */
export async function makeNodes({ client, namespace, onEnd }: Meanwhile, count: number): Promise<void> {
  const taints = [{ key: 'podloom.test/order', value: namespace, effect: 'NoSchedule' }];
  const pool = { name: namespace, count, zone: 'zone-a', cpu: '8', memory: '32Gi', taints };
  await createNodes(client, [pool]);
  onEnd(() => client.deleteCollection({ apiVersion: 'v1', kind: 'Node', labelSelector: `pool=${namespace}` }));
}
