/** GPUs: only nodes that have the product, never more than they have, and no other pods on them. */
import { expect, test } from 'vitest';
import { Items, Task } from '../../../src/index.ts';
import { connect } from '../rig/connect.ts';
import { jobsRun } from './placement-compile.ts';
import { completed, nodesOf, type Pod, podsOf, running, startJobs, unschedulable } from './placement-pods.ts';
import { type Site, type SitePool, siteOfTest } from './placement-site.ts';

const { client } = await connect();

const gpu = (product: string, count: number) => ({ product, count, memory: 81559, family: 'any' });
const POOLS: readonly SitePool[] = [
  { name: 'h100', count: 2, gpu: gpu('NVIDIA-H100-80GB-HBM3', 8), zone: 'zone-a' },
  { name: 'h100-pcie', count: 1, gpu: gpu('NVIDIA-H100-PCIe', 2), zone: 'zone-b' },
  { name: 'a100', count: 2, gpu: gpu('NVIDIA-A100-SXM4-80GB', 4), zone: 'zone-b' },
  { name: 'mig', count: 1, gpu: gpu('NVIDIA-A100-SXM4-80GB-MIG-1g.10gb', 7), zone: 'zone-c' },
  { name: 'l40s', count: 1, gpu: gpu('NVIDIA-L40S', 2), zone: 'zone-c' },
  { name: 'cpu', count: 1, zone: 'zone-c' },
];

const command = ['train'];
const items = (count: number) => ({
  forEach: Items.range(0, count),
  command: ({ item }: { item: unknown }) => ['train', String(item)],
});
/** Names of the nodes of these pools. */
const nodesIn =
  (site: Site) =>
  (...pools: string[]) =>
    pools.flatMap((pool) => [...site.nodes.get(pool)!]).sort();
const used = (pods: readonly Pod[]): string[] => [...new Set(nodesOf(pods))].sort();

test('a product goes to the nodes that have it, a number to any, and CPU work stays off GPU nodes', async () => {
  const site = await siteOfTest(client, 'products', POOLS);
  const nodes = nodesIn(site);
  const pipeline = site.pipeline('products');
  new Task(pipeline, 'whole', { command, gpu: 'H100:8', replicas: 2, antiAffinity: 'required' });
  new Task(pipeline, 'pcie', { ...items(2), gpu: 'NVIDIA-H100-PCIe' });
  new Task(pipeline, 'a100', { ...items(4), gpu: 'A100:2' });
  new Task(pipeline, 'slices', { ...items(7), gpu: { product: 'NVIDIA-A100-SXM4-80GB-MIG-1g.10gb', count: 1 } });
  new Task(pipeline, 'plain', { ...items(30), cpu: 1 });
  const { namespace } = site;
  await startJobs(client, jobsRun(pipeline, 'one', site.profile));
  const of = (task: string, count: number) => running(client, { namespace, task }, count);
  expect(nodesOf(await of('whole', 2))).toEqual(nodes('h100'));
  expect(used(await of('pcie', 2))).toEqual(nodes('h100-pcie'));
  expect(used(await of('a100', 4))).toEqual(nodes('a100'));
  expect(used(await of('slices', 7))).toEqual(nodes('mig'));
  expect(used(await of('plain', 30))).toEqual(nodes('cpu'));
  const rest = site.pipeline('rest');
  new Task(rest, 'any', { ...items(2), gpu: 1 });
  await startJobs(client, jobsRun(rest, 'one', site.profile));
  // All others are taken.
  expect(used(await of('any', 2))).toEqual(nodes('l40s'));
});

test('a short name means all products of that name, and no slices of them', async () => {
  const site = await siteOfTest(client, 'short', POOLS);
  const nodes = nodesIn(site);
  const pipeline = site.pipeline('short');
  new Task(pipeline, 'h100', { ...items(19), gpu: 'H100' });
  new Task(pipeline, 'a100', { ...items(9), gpu: 'A100' });
  const { namespace } = site;
  // Without a profile too: from podloom's list of products.
  await startJobs(client, jobsRun(pipeline, 'one'));
  expect(used(await running(client, { namespace, task: 'h100' }, 18))).toEqual(nodes('h100', 'h100-pcie'));
  expect(used(await running(client, { namespace, task: 'a100' }, 8))).toEqual(nodes('a100'));
  for (const reason of await unschedulable(client, { namespace }, 2))
    expect(reason).toContain('Insufficient nvidia.com/gpu');
});

test('never more GPUs on a node than it has, while many items take turns', async () => {
  const site = await siteOfTest(client, 'turns', POOLS);
  const nodes = nodesIn(site);
  const pipeline = site.pipeline('turns', {
    annotations: { 'test.podloom.dev/hold': 'false', 'test.podloom.dev/run-milliseconds': '300' },
  });
  new Task(pipeline, 'sweep', { ...items(60), gpu: 'H100:2' });
  const { namespace } = site;
  const stop = new AbortController();
  const most = mostGpusAtOnce(namespace, stop.signal);
  await startJobs(client, jobsRun(pipeline, 'one', site.profile));
  const job = await completed(client, namespace, 'turns-sweep-one');
  expect(job.status).toMatchObject({ succeeded: 60 });
  stop.abort();
  expect(await most).toEqual(
    new Map([...nodes('h100').map((node) => [node, 8] as const), [nodes('h100-pcie')[0]!, 2]]),
  );
  expect((await podsOf(client, { namespace })).length).toBe(60);
});

test('with its profile the compiler takes the labels of the cluster', async () => {
  const site = await siteOfTest(client, 'own-labels', [
    { name: 'new', count: 1, gpu: gpu('NVIDIA-X900-192GB', 8) },
    { name: 'cpu', count: 1 },
  ]);
  const nodes = nodesIn(site);
  const pipeline = site.pipeline('own-labels');
  new Task(pipeline, 'train', { command, gpu: 'X900:8' });
  await startJobs(client, jobsRun(pipeline, 'one', site.profile));
  expect(nodesOf(await running(client, { namespace: site.namespace }, 1))).toEqual(nodes('new'));
});

/** The most GPUs that were in use at one time, by node, as the events of the pods tell it. */
async function mostGpusAtOnce(namespace: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const inUse = new Map<string, { readonly node: string; readonly count: number }>();
  const most = new Map<string, number>();
  for await (const { type, object } of client.follow<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace }, { signal })) {
    const { nodeName: node, containers } = object.spec;
    const over = type === 'DELETED' || ['Succeeded', 'Failed'].includes(object.status.phase);
    if (over || node === undefined) inUse.delete(object.metadata.name);
    else inUse.set(object.metadata.name, { node, count: Number(containers[0]?.resources?.limits?.['nvidia.com/gpu']) });
    const now = new Map<string, number>();
    for (const { node: at, count } of inUse.values()) now.set(at, (now.get(at) ?? 0) + count);
    for (const [at, count] of now) most.set(at, Math.max(most.get(at) ?? 0, count));
  }
  return new Map([...most].sort(([a], [b]) => (a < b ? -1 : 1)));
}
