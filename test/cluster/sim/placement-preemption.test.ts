/** Priorities when GPUs are scarce, and evictions: who goes, who comes back, and that none of it is a failed attempt. */
import { ApiObject } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { Items, Task } from '../../../src/index.ts';
import { connect } from '../rig/connect.ts';
import { waitFor } from '../rig/wait.ts';
import { bundleOf, jobsRun, objectsOf, priorityClassesOf } from './placement-compile.ts';
import {
  completed,
  type Job,
  jobRef,
  nodesOf,
  type Pod,
  podsOf,
  running,
  startJobs,
  unschedulable,
} from './placement-pods.ts';
import { siteOfTest } from './placement-site.ts';

const { client } = await connect();
const command = ['train'];
const h100 = {
  name: 'h100',
  count: 2,
  gpu: { product: 'NVIDIA-H100-80GB-HBM3', count: 8, memory: 81559, family: 'hopper' },
};
const items = (count: number) => ({
  forEach: Items.range(0, count),
  command: ({ item }: { item: unknown }) => ['work', String(item)],
});

describe('a critical pipeline', () => {
  test('takes the GPUs of a low one, which resumes afterwards and completes with no attempt used up', async () => {
    const site = await siteOfTest(client, 'scarce', [h100]);
    const { namespace } = site;
    const low = site.pipeline('low', { priority: 'low' });
    new Task(low, 'sweep', { ...items(16), gpu: 'H100', retries: 1 });
    const critical = site.pipeline('critical', { priority: 'critical' });
    new Task(critical, 'train', { command, gpu: 'H100:8', replicas: 2, antiAffinity: 'required' });
    await startJobs(client, jobsRun(low, 'one', site.profile));
    await running(client, { namespace, task: 'sweep' }, 16);
    await startJobs(client, jobsRun(critical, 'one', site.profile));
    const ranks = await running(client, { namespace, task: 'train' }, 2);
    expect(nodesOf(ranks)).toEqual(site.nodes.get('h100'));
    expect(
      await podsOf(client, { namespace, task: 'sweep' }).then((pods) =>
        pods.filter((pod) => pod.status.phase === 'Running'),
      ),
    ).toEqual([]);
    await unschedulable(client, { namespace, task: 'sweep' }, 16);
    expect((await completed(client, namespace, 'critical-train-one')).status).toMatchObject({ succeeded: 2 });
    await running(client, { namespace, task: 'sweep' }, 16);
    const { status } = await completed(client, namespace, 'low-sweep-one');
    expect(status).toMatchObject({ succeeded: 16 });
    expect(status.failed ?? 0).toBe(0);
  });

  test('resumes the ranks that lose their node to it, although none of them may fail', async () => {
    const site = await siteOfTest(client, 'ranks', [h100]);
    const { namespace } = site;
    const low = site.pipeline('low', { priority: 'low' });
    new Task(low, 'pretrain', { command, gpu: 'H100:8', replicas: 2 });
    const critical = site.pipeline('critical', { priority: 'critical' });
    new Task(critical, 'urgent', { command, gpu: 'H100:8' });
    await startJobs(client, jobsRun(low, 'one', site.profile));
    await running(client, { namespace, task: 'pretrain' }, 2);
    await startJobs(client, jobsRun(critical, 'one', site.profile));
    await running(client, { namespace, task: 'urgent' }, 1);
    await running(client, { namespace, task: 'pretrain' }, 1);
    await completed(client, namespace, 'critical-urgent-one');
    await running(client, { namespace, task: 'pretrain' }, 2);
    const { status } = await completed(client, namespace, 'low-pretrain-one');
    expect(status).toMatchObject({ succeeded: 2 });
    expect(status.failed ?? 0).toBe(0);
  });
});

test('low never preempts, not even what is below it', async () => {
  const site = await siteOfTest(client, 'humble', [h100]);
  const { namespace } = site;
  const lowest = { name: `${namespace}-lowest` };
  const ref = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' };
  await client.create({ ...ref, metadata: lowest, value: -100_000 });
  const below = site.pipeline('below', { priority: { class: lowest.name } });
  new Task(below, 'fill', { ...items(2), gpu: 'H100:8' });
  await startJobs(client, jobsRun(below, 'one', site.profile));
  await running(client, { namespace, task: 'fill' }, 2);
  await client.delete({ ...ref, name: lowest.name });
  const low = site.pipeline('low', { priority: 'low' });
  new Task(low, 'wait', { command, gpu: 'H100:8' });
  await startJobs(client, jobsRun(low, 'one', site.profile));
  const [reason] = await unschedulable(client, { namespace, task: 'wait' });
  expect(reason).toContain('preemption: not eligible due to preemptionPolicy=Never');
  await running(client, { namespace, task: 'fill' }, 2);
  await completed(client, namespace, 'below-fill-one');
  await completed(client, namespace, 'low-wait-one');
});

test('the levels are what the API server gives the pods', async () => {
  const site = await siteOfTest(client, 'levels', [{ name: 'cpu', count: 1 }]);
  const pipeline = site.pipeline('levels');
  for (const priority of ['low', 'normal', 'high', 'critical'] as const)
    new Task(pipeline, priority, { command, priority });
  await startJobs(client, jobsRun(pipeline, 'one'));
  const pods = await running(client, { namespace: site.namespace }, 4);
  const levels = pods.map(({ metadata: { labels }, spec }) => [
    labels?.['podloom.dev/task'],
    spec.priority,
    spec.preemptionPolicy,
  ]);
  expect(new Map(levels.map(([task, ...rest]) => [task, rest]))).toEqual(
    new Map([
      ['low', [-1000, 'Never']],
      ['normal', [0, 'PreemptLowerPriority']],
      ['high', [1000, 'PreemptLowerPriority']],
      ['critical', [100_000, 'PreemptLowerPriority']],
    ]),
  );
  expect(priorityClassesOf(bundleOf(pipeline, 'argo'))).toEqual(priorityClassesOf(bundleOf(pipeline, 'jobs')));
});

describe('an eviction through the Eviction API', () => {
  test.each([
    ['an item', items(3), 3],
    ['an item that is tried again when it fails', { ...items(3), retries: 1 }, 3],
    ['a rank', { command, replicas: 3 }, 3],
    ['a plain pod', { command }, 1],
  ])('of %s', async (_, props, pods) => {
    const site = await siteOfTest(client, 'evicted', [{ name: 'n', count: 3 }]);
    const { namespace } = site;
    const pipeline = site.pipeline('evicted');
    new Task(pipeline, 'work', props as ConstructorParameters<typeof Task>[2]);
    await startJobs(client, jobsRun(pipeline, 'one', site.profile));
    const [victim] = await running(client, { namespace }, pods);
    await evict(victim!);
    const back = (all: readonly Pod[]) => all.every(({ metadata }) => metadata.uid !== victim!.metadata.uid);
    await running(client, { namespace }, pods, 180_000, back);
    const { status } = await completed(client, namespace, 'evicted-work-one');
    expect(status).toMatchObject({ succeeded: pods });
    expect(status.failed ?? 0).toBe(0);
  });

  test('of an item that may not be tried again ends it', async () => {
    const site = await siteOfTest(client, 'final', [{ name: 'n', count: 1 }]);
    const { namespace } = site;
    const pipeline = site.pipeline('final');
    new Task(pipeline, 'work', { ...items(3), retries: 0 });
    await startJobs(client, jobsRun(pipeline, 'one', site.profile));
    const victim = (await running(client, { namespace }, 3)).find(({ metadata }) => indexOf(metadata) === '1')!;
    await evict(victim);
    await waitFor('the index to fail', async () => {
      const job = await client.get<Job>(jobRef(namespace, 'final-work-one'));
      return job?.status.failedIndexes === '1';
    });
  });

  test('keeps to a PodDisruptionBudget of the pipeline', async () => {
    const site = await siteOfTest(client, 'budget', [{ name: 'n', count: 4 }]);
    const { namespace } = site;
    const pipeline = site.pipeline('budget');
    new Task(pipeline, 'train', { command, replicas: 3, antiAffinity: 'required', labels: { app: 'llm' } });
    new ApiObject(pipeline, 'pdb', {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'llm' },
      spec: { minAvailable: 2, selector: { matchLabels: { app: 'llm' } } },
    });
    const budget = objectsOf(bundleOf(pipeline, 'jobs')).find(({ kind }) => kind === 'PodDisruptionBudget')!;
    await client.apply(budget);
    await startJobs(client, jobsRun(pipeline, 'one', site.profile));
    const [first, second] = await running(client, { namespace }, 3);
    const ref = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name: 'llm' };
    await waitFor('the budget to know its pods', async () => {
      const { status } = (await client.get<Budget>(ref))!;
      return status?.disruptionsAllowed === 1;
    });
    await evict(first!);
    await expect(evict(second!)).rejects.toMatchObject({ status: 429 });
    const { status } = await completed(client, namespace, 'budget-train-one');
    expect(status).toMatchObject({ succeeded: 3 });
    expect(status.failed ?? 0).toBe(0);
  });
});

const indexOf = ({ annotations }: Pod['metadata']) => annotations?.['batch.kubernetes.io/job-completion-index'];

interface Budget extends KubernetesObject {
  readonly status?: { readonly disruptionsAllowed?: number };
}

/** As `kubectl drain` does. */
async function evict({ metadata }: Pod): Promise<void> {
  const { name, namespace } = metadata;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } };
  await client.request('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body });
}
