/** A node is lost: its replicas come back on other nodes, as far apart as before, and no attempt is used up. */
import { expect, test } from 'vitest';
import { Task } from '../../../src/index.ts';
import { connect } from '../rig/connect.ts';
import { declareOutOfService, remove, takeDown } from '../rig/nodes.ts';
import { jobsRun } from './placement-compile.ts';
import { completed, nodesOf, running, startJobs, zonesOf } from './placement-pods.ts';
import { siteOfTest } from './placement-site.ts';

const { client } = await connect();

const command = ['train'];
const zone = (letter: string, count: number) => ({ name: letter, count, zone: `zone-${letter}` });
/** The controller-manager gives a node up after some seconds and collects the pods of one that is gone after 40 to 80. */
const LONG = 200_000;

test.concurrent('that is cut off and then deleted', async ({ onTestFinished }) => {
  const site = await siteOfTest(client, 'deleted', [zone('a', 2), zone('b', 2), zone('c', 2)], onTestFinished);
  const pipeline = site.pipeline('deleted');
  new Task(pipeline, 'train', { command, replicas: 3, spread: 'zones', antiAffinity: 'required', retries: 1 });
  const { namespace } = site;
  await startJobs(client, jobsRun(pipeline, 'one', site.profile));
  const before = await running(client, { namespace }, 3);
  const lost = nodesOf(before)[0]!;
  await takeDown(client, lost);
  await remove(client, lost);
  const gone = before.find(({ spec }) => spec.nodeName === lost)!;
  const after = await running(client, { namespace }, 3, LONG, (pods) =>
    pods.every(({ metadata }) => metadata.uid !== gone.metadata.uid),
  );
  expect(nodesOf(after)).not.toContain(lost);
  expect(new Set(nodesOf(after)).size).toBe(3);
  expect(await zonesOf(client, after)).toEqual(['zone-a', 'zone-b', 'zone-c']);
  // The others were left alone.
  const kept = after.filter((pod) => before.some(({ metadata }) => metadata.uid === pod.metadata.uid));
  expect(kept.length).toBe(2);
  const job = await completed(client, namespace, 'deleted-train-one');
  expect(job.status).toMatchObject({ succeeded: 3 });
  expect(job.status.failed ?? 0).toBe(0);
});

test.concurrent('that is cut off and then declared out of service', async ({ onTestFinished }) => {
  const site = await siteOfTest(client, 'out-of-service', [{ name: 'n', count: 3 }], onTestFinished);
  const pipeline = site.pipeline('out-of-service');
  new Task(pipeline, 'train', { command, replicas: 2, antiAffinity: 'required' });
  const { namespace } = site;
  await startJobs(client, jobsRun(pipeline, 'one', site.profile));
  const before = await running(client, { namespace }, 2);
  const lost = nodesOf(before)[0]!;
  const gone = before.find(({ spec }) => spec.nodeName === lost)!;
  await takeDown(client, lost);
  await declareOutOfService(client, lost);
  // Pods tolerate an unreachable node for five minutes; who declares it out of service need not wait.
  await client.delete({ apiVersion: 'v1', kind: 'Pod', name: gone.metadata.name, namespace });
  const after = await running(client, { namespace }, 2, LONG, (pods) =>
    pods.every(({ metadata }) => metadata.uid !== gone.metadata.uid),
  );
  expect(nodesOf(after)).toEqual(site.nodes.get('n')!.filter((node) => node !== lost));
  const job = await completed(client, namespace, 'out-of-service-train-one');
  expect(job.status).toMatchObject({ succeeded: 2 });
});
