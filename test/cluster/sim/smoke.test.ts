import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { bringBack, takeDown } from '../rig/nodes.ts';
import { waitFor } from '../rig/wait.ts';

/** That the simulation does what tests tell it to: without that, no other test of this size means anything. */

interface Job extends KubernetesObject {
  readonly status?: {
    readonly failedIndexes?: string;
    readonly completedIndexes?: string;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Workflow extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly nodes?: Readonly<Record<string, WorkflowNode>>;
  };
}

interface WorkflowNode {
  readonly displayName: string;
  readonly phase: string;
  readonly outputs?: { readonly exitCode?: string };
  readonly inputs?: { readonly parameters?: readonly { readonly name: string; readonly value: string }[] };
}

interface Pod extends KubernetesObject {
  readonly spec: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string };
}

type Script = Readonly<Record<string, string>>;

let client: KubernetesClient;
let namespace: string;

beforeAll(async () => {
  ({ client } = await connect());
  namespace = await freshNamespace(client, 'smoke');
});
afterAll(() => client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }));

const annotations = (script: Script) =>
  Object.fromEntries(Object.entries(script).map(([key, value]) => [`test.podloom.dev/${key}`, value]));

function job(name: string, spec: object, script: Script) {
  const containers = [{ name: 'main', image: 'busybox:1', command: ['true'] }];
  const template = { metadata: { annotations: annotations(script) }, spec: { restartPolicy: 'Never', containers } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace }, spec: { ...spec, template } };
}

async function finishedJob(name: string): Promise<Job> {
  return waitFor(`Job ${name} to finish`, async () => {
    const found = await client.get<Job>({ apiVersion: 'batch/v1', kind: 'Job', name, namespace });
    const ended = (found?.status?.conditions ?? []).some(({ type }) => type === 'Complete' || type === 'Failed');
    return ended ? found : undefined;
  });
}

const pods = async (labelSelector: string): Promise<readonly Pod[]> =>
  (await client.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector })).items;

// The Job controller waits 10 s before it retries: the tests wait together.
describe.concurrent('Jobs', () => {
  test('an index fails as scripted, another after a retry succeeds', async () => {
    const spec = {
      completionMode: 'Indexed',
      completions: 6,
      parallelism: 6,
      backoffLimitPerIndex: 1,
      maxFailedIndexes: 6,
    };
    await client.create(
      job('always', { ...spec, backoffLimitPerIndex: 0 }, { 'fail-indexes': '2,4', 'exit-code': '42' }),
    );
    await client.create(job('once', spec, { 'fail-indexes': '3', 'fail-attempts': '1' }));
    expect((await finishedJob('always')).status).toMatchObject({ failedIndexes: '2,4', completedIndexes: '0,1,3,5' });
    expect((await finishedJob('once')).status).toMatchObject({ completedIndexes: '0-5', failed: 1 });
    const failed = (await pods('batch.kubernetes.io/job-name=always')).filter(
      ({ status }) => status?.phase === 'Failed',
    );
    expect(failed).toHaveLength(2);
    expect(failed[0]!.status).toMatchObject({
      containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 42, reason: 'Error' } } }],
    });
  });

  test('attempts count for a Job without indexes', async () => {
    await client.create(job('plain', { backoffLimit: 2 }, { 'fail-attempts': '1', 'termination-message': '0.25' }));
    expect((await finishedJob('plain')).status).toMatchObject({ succeeded: 1, failed: 1 });
    const [done] = (await pods('batch.kubernetes.io/job-name=plain')).filter(
      ({ status }) => status?.phase === 'Succeeded',
    );
    expect(done!.status).toMatchObject({ containerStatuses: [{ state: { terminated: { message: '0.25' } } }] });
  });

  test('a held pod runs until it is let go', async () => {
    await client.create(job('held', {}, { hold: 'true' }));
    await client.create(job('free', {}, {}));
    await finishedJob('free');
    const [pod] = await waitFor('the held pod to run', async () => {
      const found = await pods('batch.kubernetes.io/job-name=held');
      return found[0]?.status?.phase === 'Running' ? found : undefined;
    });
    const ref = { apiVersion: 'v1', kind: 'Pod', name: pod!.metadata.name, namespace };
    await client.patch(ref, { metadata: { annotations: annotations({ hold: 'false' }) } }, { type: 'merge' });
    expect((await finishedJob('held')).status).toMatchObject({ succeeded: 1 });
  });

  test('a deleted pod fails, and its Job replaces it', async () => {
    const spec = { backoffLimit: 2, podReplacementPolicy: 'Failed' };
    await client.create(job('deleted', spec, { hold: 'true' }));
    const running = () =>
      waitFor('a pod of the Job to run', async () => {
        const found = await pods('batch.kubernetes.io/job-name=deleted');
        return found.find(({ status, metadata }) => status?.phase === 'Running' && !metadata.deletionTimestamp);
      });
    const first = await running();
    await client.delete({ apiVersion: 'v1', kind: 'Pod', name: first.metadata.name, namespace });
    expect((await running()).metadata.uid).not.toBe(first.metadata.uid);
  });
});

describe.concurrent('Argo', () => {
  const container = { image: 'busybox:1', command: ['true'] };

  function workflow(name: string, tasks: readonly object[], templates: readonly object[]) {
    const dag = { name: 'dag', dag: { failFast: false, tasks } };
    const spec = { entrypoint: 'dag', templates: [dag, ...templates] };
    return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name, namespace }, spec };
  }

  const template = (name: string, script: Script = {}) => ({
    name,
    metadata: { annotations: annotations(script) },
    container,
  });

  async function finished(name: string): Promise<{ phase: string; nodes: ReadonlyMap<string, WorkflowNode> }> {
    const done = await waitFor(`Workflow ${name} to finish`, async () => {
      const found = await client.get<Workflow>({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        name,
        namespace,
      });
      if (['Succeeded', 'Failed', 'Error'].includes(found?.status?.phase ?? '')) return found;
      throw new Error(JSON.stringify(found?.status ?? 'no status'));
    });
    const nodes = Object.values(done.status!.nodes ?? {}).map((node) => [node.displayName, node] as const);
    return { phase: done.status!.phase!, nodes: new Map(nodes) };
  }

  test('a DAG of three tasks succeeds', async () => {
    const tasks = [
      { name: 'a', template: 'work' },
      { name: 'b', template: 'work', depends: 'a' },
      { name: 'c', template: 'work', depends: 'a && b' },
    ];
    await client.create(workflow('good', tasks, [template('work')]));
    expect((await finished('good')).phase).toBe('Succeeded');
  });

  test('a task fails as scripted, after its retries, with its exit code', async () => {
    const retryStrategy = { limit: '1', retryPolicy: 'OnFailure' };
    const tasks = [
      { name: 'once', template: 'once' },
      { name: 'always', template: 'always' },
      { name: 'after', template: 'work', depends: 'always' },
    ];
    await client.create(
      workflow('bad', tasks, [
        { ...template('once', { 'fail-attempts': '1' }), retryStrategy },
        { ...template('always', { 'exit-code': '42' }), retryStrategy },
        template('work'),
      ]),
    );
    const { phase, nodes } = await finished('bad');
    expect(phase).toBe('Failed');
    expect([...nodes].map(([name, node]) => `${name} ${node.phase}`).sort()).toEqual([
      'after Omitted',
      'always Failed',
      'always(0) Failed',
      'always(1) Failed',
      'bad Failed',
      'once Succeeded',
      'once(0) Failed',
      'once(1) Succeeded',
    ]);
    expect(nodes.get('always(1)')!.outputs?.exitCode).toBe('42');
  });

  test('outputs reach the next task, and items of a loop fail by their number', async () => {
    const outputs = { parameters: [{ name: 'loss', valueFrom: { path: '/podloom/outputs/loss' } }] };
    const inputs = { parameters: [{ name: 'loss' }] };
    const tasks = [
      { name: 'train', template: 'train' },
      {
        name: 'report',
        template: 'report',
        depends: 'train',
        arguments: { parameters: [{ name: 'loss', value: '{{tasks.train.outputs.parameters.loss}}' }] },
        withItems: ['x', 'y', 'z'],
      },
    ];
    await client.create(
      workflow('outputs', tasks, [
        { ...template('train', { 'termination-message': '0.25' }), outputs },
        { ...template('report', { 'fail-indexes': '1' }), inputs },
      ]),
    );
    const { phase, nodes } = await finished('outputs');
    expect(phase).toBe('Failed');
    expect(nodes.get('report(0:x)')).toMatchObject({ phase: 'Succeeded', inputs: { parameters: [{ value: '0.25' }] } });
    expect(nodes.get('report(1:y)')!.phase).toBe('Failed');
    expect(nodes.get('report(2:z)')!.phase).toBe('Succeeded');
  });
});

test('a node that is taken down becomes unreachable, its pods are replaced elsewhere, and it can come back', async () => {
  const tolerations = ['unreachable', 'not-ready'].map((what) => ({
    key: `node.kubernetes.io/${what}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 0,
  }));
  const labels = { app: 'stays' };
  const spec = {
    replicas: 1,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { tolerations, containers: [{ name: 'main', image: 'busybox:1' }] },
    },
  };
  await client.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'stays', namespace }, spec });
  const running = (other?: string): Promise<Pod> =>
    waitFor('the pod of the Deployment to run', async () => {
      const found = await pods('app=stays');
      return found.find(({ spec, status }) => status?.phase === 'Running' && spec.nodeName !== other);
    });
  const node = (await running()).spec.nodeName!;
  await takeDown(client, node);
  try {
    expect((await running(node)).spec.nodeName).not.toBe(node);
  } finally {
    await bringBack(client, node);
  }
  await waitFor('the lost pod to be gone', async () => (await pods('app=stays')).length === 1);
});
