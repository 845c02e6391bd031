/** The same on the argo target: its pods and the Indexed Jobs that its `resource` nodes make, on the real scheduler. */
import { expect, test } from 'vitest';
import { Items, Task } from '../../../src/index.ts';
import { connect } from '../rig/connect.ts';
import { remove, takeDown } from '../rig/nodes.ts';
import { heldLauncher, landed, launch, startWorkflow, succeeded } from './placement-argo.ts';
import { nodesOf, type Pod, podsOf, running, unschedulable, zonesOf } from './placement-pods.ts';
import { siteOfTest } from './placement-site.ts';

const { client } = await connect();
const command = ['train'];
const gpu = { product: 'NVIDIA-H100-80GB-HBM3', count: 8, memory: 81559, family: 'hopper' };
const zones = ['a', 'b', 'c'].map((letter) => ({ name: letter, count: 1, zone: `zone-${letter}`, gpu }));
const items = (count: number) => ({
  forEach: Items.range(0, count),
  command: ({ item }: { item: unknown }) => ['work', String(item)],
});

test('replicas and items of two runs are apart, and do not count each other', async () => {
  const site = await siteOfTest(client, 'argo-spread', zones);
  const { namespace } = site;
  const pipeline = site.pipeline('spread');
  new Task(pipeline, 'train', {
    command,
    replicas: 3,
    gpu: 'H100:2',
    spread: 'zones',
    antiAffinity: 'required',
    ...heldLauncher,
  });
  new Task(pipeline, 'sweep', { ...items(3), gpu: 'H100', spread: 'nodes', argoStrategy: 'loop' });
  new Task(pipeline, 'alone', { ...items(3), gpu: 'H100', antiAffinity: { mode: 'required', across: 'zones' } });
  const all = [...site.nodes.values()].flat().sort();
  const runs = [await startWorkflow(site, pipeline), await startWorkflow(site, pipeline)];
  for (const run of runs) {
    const job = await launch(client, namespace, run);
    expect(nodesOf(await running(client, { namespace, run, task: 'sweep' }, 3))).toEqual(all);
    expect(nodesOf(await running(client, { namespace, run, task: 'alone' }, 3))).toEqual(all);
    const ranks = await running(client, { namespace, run, task: 'train' }, 3);
    expect(nodesOf(ranks)).toEqual(all);
    expect(await zonesOf(client, ranks)).toEqual(['zone-a', 'zone-b', 'zone-c']);
    expect(ranks.every(({ metadata }) => metadata.name.startsWith(job))).toBe(true);
  }
  // 2 + 1 + 1 GPUs on each node by each run: all eight are taken.
  const more = site.pipeline('more');
  new Task(more, 'late', { command, gpu: 'H100' });
  const late = await startWorkflow(site, more);
  const [reason] = await unschedulable(client, { namespace, run: late, task: 'late' });
  expect(reason).toContain('Insufficient nvidia.com/gpu');
  for (const run of runs) {
    const [rank] = await podsOf(client, { namespace, run, task: 'train' });
    await landed(client, namespace, run, rank!.metadata.labels!['batch.kubernetes.io/job-name']!);
    await succeeded(client, namespace, run);
  }
  await succeeded(client, namespace, late);
});

test('a critical pipeline preempts a low one, which uses up an attempt, resumes and completes', async () => {
  const site = await siteOfTest(client, 'argo-scarce', [{ name: 'h100', count: 2, gpu }]);
  const { namespace } = site;
  const low = site.pipeline('low', { priority: 'low' });
  new Task(low, 'sweep', { ...items(4), gpu: 'H100:4' });
  const critical = site.pipeline('critical', { priority: 'critical' });
  new Task(critical, 'train', { command, gpu: 'H100:8' });
  const first = await startWorkflow(site, low);
  await running(client, { namespace, run: first }, 4);
  const second = await startWorkflow(site, critical);
  await running(client, { namespace, run: second }, 1);
  await running(client, { namespace, run: first }, 2);
  await unschedulable(client, { namespace, run: first }, 2);
  await succeeded(client, namespace, second);
  await running(client, { namespace, run: first }, 4);
  await succeeded(client, namespace, first);
  // Two of the four were preempted and made anew: Argo counts that, within the 3 retries of the default.
  expect((await podsOf(client, { namespace, run: first })).length).toBeGreaterThanOrEqual(4);
});

test('items of a node that is cut off and deleted come back on the nodes that are left', async () => {
  const site = await siteOfTest(client, 'argo-lost', [{ name: 'n', count: 3 }]);
  const { namespace } = site;
  const pipeline = site.pipeline('lost');
  new Task(pipeline, 'sweep', { ...items(3), spread: 'nodes' });
  const run = await startWorkflow(site, pipeline);
  const before = await running(client, { namespace, run }, 3);
  const lost = nodesOf(before)[0]!;
  const gone = before.find(({ spec }) => spec.nodeName === lost)!;
  await takeDown(client, lost);
  await remove(client, lost);
  const anew = (pods: readonly Pod[]) => pods.every(({ metadata }) => metadata.uid !== gone.metadata.uid);
  const after = await running(client, { namespace, run }, 3, 240_000, anew);
  expect(new Set(nodesOf(after))).toEqual(new Set(site.nodes.get('n')!.filter((node) => node !== lost)));
  await succeeded(client, namespace, run);
});
