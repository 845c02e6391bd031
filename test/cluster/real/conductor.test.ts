import { App } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Items, Output, Pipeline, Task } from '../../../src/index.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { importConductorImage } from '../rig/image-conductor.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';
import { waitFor } from '../rig/wait.ts';
import { gitopsObjectsOf, jobEnd, jobFromCronJob, logOf, podsOf, ranAt } from './conductor-run.ts';

const { client, folder } = await connect();

beforeAll(() => importConductorImage(folder));
afterAll(() => client.close());

const LONG = { deadlineMillis: 240_000 };

/** A list at run time, its items, and a task at the end. */
function trip(namespace: string): Pipeline {
  const p = new Pipeline(new App(), 'trip', { namespace, image: BUSYBOX_IMAGE, parameters: { last: 3 } });
  const script = 'i=1; while [ $i -le "$1" ]; do echo "stop $i"; i=$((i+1)); done >"$PODLOOM_OUTPUT_STOPS"';
  const plan = new Task(p, 'plan', {
    command: ['sh', '-c', script, 'sh', p.parameters.last],
    outputs: { stops: Output.list() },
  });
  const drive = new Task(p, 'drive', {
    forEach: plan.outputs.stops,
    command: ({ item }) => ['echo', 'arrived at', item],
  });
  const pack = new Task(p, 'pack', {
    forEach: Items.of('tent', 'it\'s "a" $(pan)'),
    command: ({ item }) => ['echo', item],
  });
  new Task(p, 'rest', { after: [drive, pack], command: ['echo', 'good night'] });
  return p;
}

/** An item that fails for good while others take their time, replicas that fail and come again, pods that wait at gates. */
function stubborn(namespace: string): Pipeline {
  const p = new Pipeline(new App(), 'stubborn', { namespace, image: BUSYBOX_IMAGE, maxRunning: 6 });
  const brake = new Task(p, 'brake', {
    forEach: Items.of('holds', 'breaks'),
    command: ({ item }) => ['sh', '-c', 'echo "it $1"; [ "$1" = holds ] || exit 3', 'sh', item],
  });
  const ranks = new Task(p, 'ranks', { replicas: 2, retries: 1, command: ['sh', '-c', 'echo "rank $RANK"; exit 4'] });
  const long = new Task(p, 'long', {
    forEach: Items.range(0, 3),
    command: ({ item }) => ['sh', '-c', 'sleep 20; echo "done $1"', 'sh', item],
  });
  new Task(p, 'after', {
    after: [long, { task: brake, on: 'completed' }, { task: ranks, on: 'completed' }],
    command: ['echo', 'all that could be done is done'],
  });
  return p;
}

async function apply(pipeline: Pipeline): Promise<void> {
  for (const object of gitopsObjectsOf(pipeline)) await client.apply(object);
}

const conductorPods = (namespace: string, run: string) =>
  podsOf(client, namespace, `batch.kubernetes.io/job-name=${run}`);

/** Names of the Jobs of a task of a run that have failed. */
async function failedJobs(namespace: string, run: string, task: string): Promise<readonly string[]> {
  const labelSelector = `podloom.dev/run=${run},podloom.dev/task=${task}`;
  const { items } = await client.list({ apiVersion: 'batch/v1', kind: 'Job', namespace, labelSelector });
  const hasFailed = (status: unknown): boolean =>
    (status as { conditions?: { type: string; status: string }[] }).conditions?.some(
      (condition) => condition.type === 'Failed' && condition.status === 'True',
    ) === true;
  return items.filter(({ status }) => hasFailed(status)).map(({ metadata }) => metadata.name);
}

describe.concurrent('a conductor', () => {
  it('runs a DAG in order with the Role of the manifests, and takes its run with it when it is removed', async () => {
    const namespace = await freshNamespace(client, 'conductor');
    await apply(trip(namespace));
    await jobFromCronJob(client, namespace, 'trip', 'trip-1');
    const end = await jobEnd(client, namespace, 'trip-1');
    const [pod] = await conductorPods(namespace, 'trip-1');
    const log = await logOf(client, namespace, pod!.metadata.name);
    expect(end, log).toMatchObject({ type: 'Complete' });
    expect(log).toContain('run trip-1: succeeded');
    const [plan, drive, rest] = await Promise.all(
      ['plan', 'drive', 'rest'].map((task) => ranAt(client, namespace, 'trip-1', task)),
    );
    expect(drive).toHaveLength(3);
    expect(Math.min(...drive!.map(([from]) => from))).toBeGreaterThanOrEqual(plan![0]![1]);
    expect(rest![0]![0]).toBeGreaterThanOrEqual(Math.max(...drive!.map(([, to]) => to)));
    await client.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace, name: 'trip-1' });
    const left = async (kind: string, apiVersion: string) =>
      (await client.list({ apiVersion, kind, namespace, labelSelector: 'podloom.dev/run=trip-1' })).items.length;
    await waitFor('the run to go', async () => (await left('Job', 'batch/v1')) + (await left('ConfigMap', 'v1')) === 0);
  });

  it('that is killed is followed by one that goes on: nothing runs twice, what failed stays failed', async () => {
    const namespace = await freshNamespace(client, 'conductor');
    await apply(stubborn(namespace));
    await jobFromCronJob(client, namespace, 'stubborn', 'stubborn-1');
    await waitFor(
      'two attempts of the ranks',
      async () => (await failedJobs(namespace, 'stubborn-1', 'ranks')).length === 2,
      LONG,
    );
    await waitFor(
      'the item to fail',
      async () => (await failedJobs(namespace, 'stubborn-1', 'brake')).length === 1,
      LONG,
    );
    const attemptsOfRanks = await failedJobs(namespace, 'stubborn-1', 'ranks');
    const [first] = await conductorPods(namespace, 'stubborn-1');
    const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name: first!.metadata.name };
    await client.delete(pod, { gracePeriodSeconds: 0 });
    const end = await jobEnd(client, namespace, 'stubborn-1');
    const [second, ...others] = await conductorPods(namespace, 'stubborn-1');
    expect(others).toEqual([]);
    expect(second!.metadata.name).not.toBe(first!.metadata.name);
    const log = await logOf(client, namespace, second!.metadata.name);
    expect(end, log).toMatchObject({ type: 'Failed', reason: 'PodFailurePolicy' });
    expect(log).toContain('FAILED brake/breaks: exit code 3');
    expect(log).toContain('| it breaks');
    expect(log).toContain('FAILED ranks/main');
    expect(log).toContain('after: succeeded');
    expect(log).toContain('run stubborn-1: failed');
    const ran = async (task: string) => (await ranAt(client, namespace, 'stubborn-1', task)).length;
    const counts = { brake: await ran('brake'), long: await ran('long'), after: await ran('after') };
    expect(counts).toEqual({ brake: 2, long: 3, after: 1 });
    // Two Jobs of two ranks; a rank that fails first can end the other before that one has a pod.
    expect(await failedJobs(namespace, 'stubborn-1', 'ranks')).toEqual(attemptsOfRanks);
    const ranks = await ran('ranks');
    expect(ranks).toBeGreaterThanOrEqual(2);
    expect(ranks).toBeLessThanOrEqual(4);
    const [after] = await ranAt(client, namespace, 'stubborn-1', 'after');
    expect(after![0]).toBeGreaterThanOrEqual(Date.parse(second!.metadata.creationTimestamp!));
  });
});
