/** Where the real scheduler puts the pods of a task: replicas and items, spread and kept apart. */
import { describe, expect, test } from 'vitest';
import { Items, Task } from '../../../src/index.ts';
import { connect } from '../rig/connect.ts';
import { jobsRun } from './placement-compile.ts';
import { completed, nodesOf, running, startJobs, unschedulable, zonesOf } from './placement-pods.ts';
import { type SitePool, siteOfTest } from './placement-site.ts';

const { client } = await connect();
const threeZones: readonly SitePool[] = ['a', 'b', 'c'].map((letter) => ({
  name: letter,
  count: 2,
  zone: `zone-${letter}`,
}));

const command = ['train'];

describe('replicas', () => {
  test('antiAffinity: required puts each on a node of its own, and two runs do not repel each other', async () => {
    const here = await siteOfTest(client, 'apart', [{ name: 'n', count: 3 }]);
    const pipeline = here.pipeline('apart');
    new Task(pipeline, 'train', { command, replicas: 3, antiAffinity: 'required', cpu: 20 });
    for (const run of ['one', 'two']) {
      await startJobs(client, jobsRun(pipeline, run, here.profile));
      const pods = await running(client, { namespace: here.namespace, run }, 3);
      expect(nodesOf(pods)).toEqual(here.nodes.get('n'));
    }
    for (const run of ['one', 'two']) {
      const job = await completed(client, here.namespace, `apart-train-${run}`);
      expect(job.status).toMatchObject({ succeeded: 3 });
    }
  });

  test('antiAffinity: required, with fewer nodes than replicas, leaves the rest pending with the reason', async () => {
    const here = await siteOfTest(client, 'cramped', [{ name: 'n', count: 2 }]);
    const pipeline = here.pipeline('cramped');
    new Task(pipeline, 'train', { command, replicas: 3, antiAffinity: 'required' });
    await startJobs(client, jobsRun(pipeline, 'one'));
    expect(nodesOf(await running(client, { namespace: here.namespace }, 2))).toEqual(here.nodes.get('n'));
    const [reason] = await unschedulable(client, { namespace: here.namespace });
    expect(reason).toContain("2 node(s) didn't match pod anti-affinity rules");
  });

  test('antiAffinity: preferred keeps them apart where it can, and lets them share where it cannot', async () => {
    const here = await siteOfTest(client, 'rather', [{ name: 'n', count: 3 }]);
    const roomy = here.pipeline('roomy');
    new Task(roomy, 'train', { command, replicas: 3, antiAffinity: 'preferred' });
    await startJobs(client, jobsRun(roomy, 'one'));
    expect(nodesOf(await running(client, { namespace: here.namespace, task: 'train' }, 3))).toEqual(
      here.nodes.get('n'),
    );
    const crowded = here.pipeline('crowded');
    new Task(crowded, 'more', { command, replicas: 5, antiAffinity: 'preferred' });
    await startJobs(client, jobsRun(crowded, 'one'));
    const pods = await running(client, { namespace: here.namespace, task: 'more' }, 5);
    expect(new Set(nodesOf(pods)).size).toBe(3);
  });

  test('antiAffinity across zones puts each into a zone of its own', async () => {
    const here = await siteOfTest(client, 'zonal', threeZones);
    const pipeline = here.pipeline('zonal');
    new Task(pipeline, 'train', { command, replicas: 3, antiAffinity: { mode: 'required', across: 'zones' } });
    await startJobs(client, jobsRun(pipeline, 'one', here.profile));
    const pods = await running(client, { namespace: here.namespace }, 3);
    expect(await zonesOf(client, pods)).toEqual(['zone-a', 'zone-b', 'zone-c']);
  });

  test('antiAffinity to labels of another task keeps the two apart', async () => {
    const here = await siteOfTest(client, 'apart-from', [{ name: 'n', count: 3 }]);
    const pipeline = here.pipeline('apart-from');
    new Task(pipeline, 'database', { command, labels: { role: 'database' }, replicas: 2, antiAffinity: 'required' });
    await startJobs(client, jobsRun(pipeline, 'one'));
    const databases = nodesOf(await running(client, { namespace: here.namespace, task: 'database' }, 2));
    const other = here.pipeline('load');
    const antiAffinity = { mode: 'required', labels: { role: 'database' } } as const;
    new Task(other, 'load', { command, replicas: 3, antiAffinity });
    await startJobs(client, jobsRun(other, 'one'));
    const load = nodesOf(await running(client, { namespace: here.namespace, task: 'load' }, 3));
    expect(new Set(load).size).toBe(1);
    expect(databases).not.toContain(load[0]);
  });

  test('spread over nodes and over zones is even: counts differ by one at most', async () => {
    const here = await siteOfTest(client, 'even', threeZones);
    const pipeline = here.pipeline('even');
    new Task(pipeline, 'by-zone', { command, replicas: 7, spread: 'zones' });
    new Task(pipeline, 'by-node', { command, replicas: 8, spread: 'nodes' });
    await startJobs(client, jobsRun(pipeline, 'one', here.profile));
    const byZone = await running(client, { namespace: here.namespace, task: 'by-zone' }, 7);
    expect(countsOf(await zonesOf(client, byZone))).toEqual([2, 2, 3]);
    const byNode = await running(client, { namespace: here.namespace, task: 'by-node' }, 8);
    expect(countsOf(nodesOf(byNode))).toEqual([1, 1, 1, 1, 2, 2]);
  });

  test('spread of a run does not count the pods of another run', async () => {
    const here = await siteOfTest(client, 'counted', threeZones);
    const [first, second] = here.nodes.get('c')!;
    const zoneC = here.pipeline('full');
    for (const [id, node] of [
      ['block-0', first],
      ['block-1', second],
    ] as const)
      new Task(zoneC, id, { command, cpu: 64, nodeSelector: { 'kubernetes.io/hostname': node! } });
    await startJobs(client, jobsRun(zoneC, 'one'));
    await running(client, { namespace: here.namespace, run: 'one' }, 2);
    const pipeline = here.pipeline('counted');
    new Task(pipeline, 'train', { command, replicas: 2, spread: 'zones', cpu: 8 });
    // Counted together, the second run would have to go to the zone that is full.
    for (const run of ['first', 'second']) {
      await startJobs(client, jobsRun(pipeline, run));
      const pods = await running(client, { namespace: here.namespace, run }, 2);
      expect(await zonesOf(client, pods)).toEqual(['zone-a', 'zone-b']);
    }
  });

  test('spread goes past tainted pools that the pods cannot use', async () => {
    const here = await siteOfTest(client, 'tainted', [
      { name: 'a', count: 1, zone: 'zone-a' },
      { name: 'b', count: 1, zone: 'zone-b' },
      { name: 'c', count: 1, zone: 'zone-c', taints: [{ key: 'reserved', effect: 'NoSchedule' }] },
    ]);
    const pipeline = here.pipeline('tainted');
    new Task(pipeline, 'train', { command, replicas: 6, spread: 'zones' });
    await startJobs(client, jobsRun(pipeline, 'one', here.profile));
    const pods = await running(client, { namespace: here.namespace }, 6);
    expect(countsOf(await zonesOf(client, pods))).toEqual([3, 3]);
  });
});

test('items are spread too, whatever came and went before', async () => {
  const here = await siteOfTest(client, 'items', threeZones);
  const pipeline = here.pipeline('items');
  new Task(pipeline, 'decode', {
    forEach: Items.range(0, 12),
    command: ({ item }) => ['decode', item],
    spread: 'nodes',
    cpu: 4,
  });
  await startJobs(client, jobsRun(pipeline, 'one', here.profile));
  const pods = await running(client, { namespace: here.namespace }, 12);
  expect(countsOf(nodesOf(pods))).toEqual([2, 2, 2, 2, 2, 2]);
  expect((await completed(client, here.namespace, 'items-decode-one')).status).toMatchObject({ succeeded: 12 });
});

/** How often each comes, from the rarest. */
function countsOf(names: readonly string[]): number[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts.values()].sort((a, b) => a - b);
}
