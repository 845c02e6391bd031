/** What finds no place on the cluster stays pending there, and the compiler says so before when its profile knows the cluster. */
import { expect, test } from 'vitest';
import { Task } from '../../../src/index.ts';
import { connect } from '../rig/connect.ts';
import { findingsOf, jobsRun } from './placement-compile.ts';
import { running, startJobs, unschedulable } from './placement-pods.ts';
import { type SitePool, siteOfTest } from './placement-site.ts';

const { client } = await connect();
const gpu = (product: string, count: number) => ({ product, count, memory: 81559, family: 'any' });
const H100 = gpu('NVIDIA-H100-80GB-HBM3', 8);
const command = ['train'];

interface Case {
  readonly code: string;
  readonly pools: readonly SitePool[];
  readonly props: Omit<ConstructorParameters<typeof Task>[2], 'command'>;
  /** Pods that run, pods that stay pending, and what the scheduler says of them. */
  readonly runs: number;
  readonly pending: number;
  readonly reason: string;
}

const cases: Readonly<Record<string, Case>> = {
  'more replicas apart than nodes': {
    code: 'PL164',
    pools: [{ name: 'n', count: 2 }],
    props: { replicas: 3, antiAffinity: 'required' },
    runs: 2,
    pending: 1,
    reason: "2 node(s) didn't match pod anti-affinity rules",
  },
  'more replicas apart than zones': {
    code: 'PL164',
    pools: ['a', 'b'].map((zone) => ({ name: zone, count: 2, zone: `zone-${zone}` })),
    props: { replicas: 3, antiAffinity: { mode: 'required', across: 'zones' } },
    runs: 2,
    pending: 1,
    reason: "4 node(s) didn't match pod anti-affinity rules",
  },
  'a spread over zones of which one is full': {
    code: 'PL173',
    pools: [
      { name: 'small', count: 1, zone: 'zone-a', gpu: H100 },
      { name: 'big', count: 4, zone: 'zone-b', gpu: H100 },
    ],
    props: { replicas: 4, gpu: 'H100:8', spread: 'zones' },
    runs: 3,
    pending: 1,
    reason: "didn't match pod topology spread constraints",
  },
  'a spread over nodes of which some have no GPU at all': {
    code: 'PL173',
    pools: [
      { name: 'gpu', count: 2, gpu: H100 },
      { name: 'cpu', count: 1 },
    ],
    props: { replicas: 4, gpu: 1, spread: 'nodes' },
    runs: 2,
    pending: 2,
    reason: "2 node(s) didn't match pod topology spread constraints",
  },
  'a GPU product that no node has': {
    code: 'PL163',
    pools: [{ name: 'gpu', count: 1, gpu: H100 }],
    props: { gpu: 'B200:8' },
    runs: 0,
    pending: 1,
    reason: "didn't match Pod's node affinity/selector",
  },
  'more GPUs than a node has': {
    code: 'PL162',
    pools: [{ name: 'gpu', count: 1, gpu: gpu('NVIDIA-L40S', 4) }],
    props: { gpu: 'L40S:8' },
    runs: 0,
    pending: 1,
    reason: 'Insufficient nvidia.com/gpu',
  },
  'more GPUs than all nodes have': {
    code: 'PL172',
    pools: [{ name: 'gpu', count: 2, gpu: H100 }],
    props: { replicas: 5, gpu: 'H100:4' },
    runs: 4,
    pending: 1,
    reason: '2 Insufficient nvidia.com/gpu',
  },
  'more memory than a node has': {
    code: 'PL166',
    pools: [{ name: 'n', count: 1, memory: '64Gi' }],
    props: { memory: '65Gi' },
    runs: 0,
    pending: 1,
    reason: 'Insufficient memory',
  },
  'a node selector that no node has': {
    code: 'PL170',
    pools: [{ name: 'n', count: 1 }],
    props: { nodeSelector: { disk: 'nvme' } },
    runs: 0,
    pending: 1,
    reason: "didn't match Pod's node affinity/selector",
  },
};

test.each(Object.entries(cases))('%s', async (_, { code, pools, props, runs, pending, reason }) => {
  const site = await siteOfTest(client, 'told', pools);
  const { namespace } = site;
  const pipeline = site.pipeline('told');
  new Task(pipeline, 'train', { command, ...props });
  expect(findingsOf(pipeline, site.profile).map((finding) => finding.slice(0, 11))).toEqual([`${code} error`]);
  // Without nodes in the profile nothing is said, and this is what happens:
  await startJobs(client, jobsRun(pipeline, 'one'));
  await running(client, { namespace }, runs);
  for (const told of await unschedulable(client, { namespace }, pending)) expect(told).toContain(reason);
});

test('what has just enough room is not spoken against, and all of it runs', async () => {
  const site = await siteOfTest(client, 'fits', [
    { name: 'small', count: 1, zone: 'zone-a', gpu: H100 },
    { name: 'big', count: 2, zone: 'zone-b', gpu: H100 },
  ]);
  const pipeline = site.pipeline('fits');
  new Task(pipeline, 'train', { command, replicas: 3, gpu: 'H100:8', spread: 'zones', antiAffinity: 'required' });
  expect(findingsOf(pipeline, site.profile)).toEqual([]);
  await startJobs(client, jobsRun(pipeline, 'one', site.profile));
  await running(client, { namespace: site.namespace }, 3);
});
