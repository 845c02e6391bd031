import { describe, expect, test } from 'vitest';
import { argoOfImage, argoOfSchema } from '../../src/cluster/profile/argo-version.ts';
import { type ClusterNode, NodeGrouping } from '../../src/cluster/profile/node-pools.ts';
import { readClusterProfile } from '../../src/cluster/profile/read-profile.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import type { NodePool } from '../../src/ir/profile.ts';
import { type Answer, fakeServer, json, status } from './fake-server.ts';

interface NodeText {
  readonly allocatable?: object;
  readonly labels?: object;
  readonly spec?: object;
  readonly ready?: string;
}
function nodeOf(name: string, { allocatable = {}, labels = {}, spec = {}, ready = 'True' }: NodeText): ClusterNode {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec,
    status: {
      allocatable: { cpu: '8', memory: '32Gi', pods: '110', ...allocatable },
      conditions: [{ type: 'Ready', status: ready }],
    },
  };
}
function poolsOf(...nodes: NodeText[]): readonly NodePool[] {
  return grouped(nodes.map((node, index) => nodeOf(`n${index}`, node))).pools;
}
function grouped(nodes: readonly ClusterNode[]) {
  const grouping = new NodeGrouping();
  for (const node of nodes) grouping.add(node);
  return grouping.result();
}

describe('nodes', () => {
  test('that differ by some kilobytes are one pool, with what the largest has', () => {
    const memory = ['263842040Ki', '263845044Ki', '263842999Ki'];
    const pools = poolsOf(...memory.map((amount) => ({ allocatable: { memory: amount, cpu: '7910m' } })), {
      allocatable: { memory: '64Gi' },
    });
    expect(pools.map(({ count, cpu, memory }) => [count, cpu, memory])).toEqual([
      [1, '8', '64Gi'],
      [3, '7910m', '263845044Ki'],
    ]);
  });

  test('are in the same order whatever order they come in', () => {
    const nodes = ['b', 'a', 'c', 'a'].map((zone, index) =>
      nodeOf(`n${index}`, {
        labels: { 'topology.kubernetes.io/zone': zone, 'nvidia.com/gpu.product': index === 2 ? 'A' : 'B' },
        allocatable: { 'nvidia.com/gpu': '8' },
        spec: {
          taints:
            index % 2
              ? [
                  { key: 'x', effect: 'NoSchedule' },
                  { key: 'a', value: '1', effect: 'NoExecute' },
                ]
              : [],
        },
      }),
    );
    const { pools } = grouped(nodes);
    expect(pools.map(({ gpu, zone, count }) => `${gpu?.product} ${zone} ${count}`)).toEqual([
      'A c 1',
      'B a 2',
      'B b 1',
    ]);
    expect(pools[1]?.taints?.map(({ key }) => key)).toEqual(['a', 'x']);
    expect(JSON.stringify(grouped([...nodes].reverse()))).toBe(JSON.stringify(grouped(nodes)));
  });

  test('that take no pods are left out, and taints of a moment', () => {
    const taints = [
      { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' },
      { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' },
    ];
    const nodes = [{ ready: 'False' }, { ready: 'Unknown' }, { spec: { unschedulable: true } }, { spec: { taints } }];
    const { pools, leftOut } = grouped(nodes.map((node, index) => nodeOf(`n${index}`, node)));
    expect(leftOut).toBe(3);
    expect(pools).toEqual([{ count: 1, cpu: '8', memory: '32Gi', labels: {}, taints: [taints[1]] }]);
  });

  test('GPUs, slices of them and network devices', () => {
    const allocatable = {
      'nvidia.com/gpu': '0',
      'nvidia.com/mig-1g.10gb': '7',
      'rdma/hca': '63',
      'hugepages-2Mi': '0',
      'ephemeral-storage': '1Ti',
      'attachable-volumes-aws-ebs': '39',
      'example.com/none': '0',
    };
    expect(poolsOf({ allocatable }, { allocatable: { 'nvidia.com/gpu': '2' } })).toEqual([
      { count: 1, cpu: '8', memory: '32Gi', gpu: { product: 'unknown', count: 2 }, labels: {} },
      {
        count: 1,
        cpu: '8',
        memory: '32Gi',
        resources: { 'nvidia.com/mig-1g.10gb': '7', 'rdma/hca': '63' },
        labels: {},
      },
    ]);
  });

  test('labels: those that people select by; a value for each node makes no pool for each', () => {
    const nodes = Array.from({ length: 20 }, (_, index) => ({
      labels: {
        pool: index < 15 ? 'big' : 'small',
        'example.com/instance': `i-${index}`,
        'node.kubernetes.io/instance-type': 'm5',
        'nvidia.com/gpu.memory': String(index),
        'feature.node.kubernetes.io/cpu-x': String(index),
      },
    }));
    const common = { cpu: '8', memory: '32Gi', variedLabels: ['example.com/instance'] };
    const labels = { 'node.kubernetes.io/instance-type': 'm5' };
    expect(poolsOf(...nodes)).toEqual([
      { count: 15, ...common, labels: { ...labels, pool: 'big' } },
      { count: 5, ...common, labels: { ...labels, pool: 'small' } },
    ]);
  });
});

test.each([
  ['quay.io/argoproj/workflow-controller:v3.7.4', '3.7'],
  ['registry:5000/mirror/workflow-controller:4.0', '4.0'],
  ['workflow-controller:v4.1.0-rc1', '4.1'],
  ['quay.io/argoproj/workflow-controller:latest', undefined],
  ['quay.io/argoproj/workflow-controller@sha256:00', undefined],
  ['quay.io/argoproj/argocli:v3.7.4', undefined],
  ['my-workflow-controller:v3.7.4', undefined],
])('Argo by the image %s', (image, version) => {
  expect(argoOfImage(image)).toBe(version);
});

test('Argo by the fields of its kinds', () => {
  const schema = (template: object | undefined) => ({
    components: {
      schemas: {
        'io.argoproj.v1alpha1.WorkflowTemplateList': {},
        'io.argoproj.v1alpha1.WorkflowTemplate': {
          properties: {
            spec: template === undefined ? {} : { properties: { templates: { items: { properties: template } } } },
          },
        },
      },
    },
  });
  const artifacts = (fields: object) => ({ inputs: { properties: { artifacts: { items: { properties: fields } } } } });
  expect(argoOfSchema(schema(artifacts({ s3: {} })))).toBe('3.7');
  expect(argoOfSchema(schema(artifacts({ s3: {}, plugin: {} })))).toBe('4.0');
  expect(argoOfSchema(schema({ ...artifacts({ plugin: {} }), podResources: {} }))).toBe('4.1');
  expect(argoOfSchema(schema(undefined))).toBeUndefined();
  expect(argoOfSchema({})).toBeUndefined();
});

/** Reads a cluster that gives these answers, and no others. */
async function readFrom(answers: { readonly [path: string]: Answer }) {
  const routes: { readonly [path: string]: Answer } = {
    '/version': json({ major: '1', minor: '34', gitVersion: 'v1.34.1' }),
    '/apis': json({ groups: [] }),
    '/api/v1/nodes': json({ items: [] }),
    '/apis/scheduling.k8s.io/v1/priorityclasses': json({ items: [] }),
    ...answers,
  };
  const route: Answer = (response, request) =>
    (routes[request.path] ?? status(404, { message: `no ${request.path}` }))(response, request);
  const server = await fakeServer(...Array<Answer>(20).fill(route));
  const diagnostics = new Collector();
  const found = await readClusterProfile(await server.client(), diagnostics);
  return { found, codes: diagnostics.sorted().map(({ code, message }) => `${code} ${message}`) };
}
const group = (name: string, ...versions: string[]) => ({
  name,
  versions: versions.map((version) => ({ groupVersion: `${name}/${version}` })),
});
const names = (...all: string[]) => json({ items: all.map((name) => ({ metadata: { name } })) });
const image = (name: string) => ({
  spec: { template: { spec: { containers: [{ image: 'proxy:v9.9' }, { image: name }] } } },
});

describe('a cluster', () => {
  test('its kinds, priorities and the oldest of its Argos', async () => {
    const { found, codes } = await readFrom({
      '/apis': json({
        groups: [group('apps', 'v1'), group('kueue.x-k8s.io', 'v1beta1', 'v1beta2'), group('argoproj.io', 'v1alpha1')],
      }),
      '/apis/kueue.x-k8s.io/v1beta1': json({ resources: [{ name: 'localqueues' }, { name: 'localqueues/status' }] }),
      '/apis/kueue.x-k8s.io/v1beta2': json({ resources: [{ name: 'localqueues' }] }),
      '/apis/argoproj.io/v1alpha1': json({ resources: [{ name: 'workflowtemplates' }, { name: 'applications' }] }),
      '/apis/scheduling.k8s.io/v1/priorityclasses': names('system-node-critical', 'silver', 'podloom-high', 'gold'),
      '/apis/apps/v1/deployments': json({
        items: [image('a/workflow-controller:v4.1.2'), image('b/workflow-controller:v4.0.1')],
      }),
    });
    expect(codes).toEqual([]);
    expect(found).toEqual({
      profile: {
        name: 'lab',
        kubernetes: '1.34',
        argo: '4.0',
        nodes: [],
        priorityClasses: ['gold', 'silver'],
        crds: [
          'applications.argoproj.io/v1alpha1',
          'localqueues.kueue.x-k8s.io/v1beta1',
          'localqueues.kueue.x-k8s.io/v1beta2',
          'workflowtemplates.argoproj.io/v1alpha1',
        ],
      },
      leftOut: 0,
    });
  });

  test('with Argo CD only has no Argo Workflows', async () => {
    const { found } = await readFrom({
      '/apis': json({ groups: [group('argoproj.io', 'v1alpha1')] }),
      '/apis/argoproj.io/v1alpha1': json({ resources: [{ name: 'applications' }] }),
    });
    expect(found?.profile).not.toHaveProperty('argo');
  });

  test.each([
    [
      '1',
      '40',
      '1.37',
      ['PL405 the cluster has Kubernetes v1.40; the profile says 1.37, the nearest that podloom knows'],
    ],
    ['1', '28+', '1.28', []],
    ['1', '27', undefined, ['PL404 the cluster has Kubernetes v1.27']],
    ['2', '0', undefined, ['PL404 the cluster has Kubernetes v2.0']],
  ])('of Kubernetes %s.%s', async (major, minor, kubernetes, expected) => {
    const { found, codes } = await readFrom({
      '/version': json({ major, minor, gitVersion: `v${major}.${Number.parseInt(minor, 10)}` }),
    });
    expect(found?.profile.kubernetes).toBe(kubernetes);
    expect(codes).toEqual(expected);
  });

  test.each([
    [
      'v3.6.10',
      '3.7',
      ['PL405 the cluster has Argo Workflows 3.6; the profile says 3.7, the nearest that podloom knows'],
    ],
    [
      'v4.12.0',
      '4.1',
      ['PL405 the cluster has Argo Workflows 4.12; the profile says 4.1, the nearest that podloom knows'],
    ],
    ['latest', '4.0', ['PL406 which Argo Workflows the cluster has cannot be found out; the profile says 4.0']],
  ])('of Argo %s', async (tag, argo, expected) => {
    const { found, codes } = await readFrom({
      '/apis': json({ groups: [group('argoproj.io', 'v1alpha1')] }),
      '/apis/argoproj.io/v1alpha1': json({ resources: [{ name: 'workflowtemplates' }] }),
      '/apis/apps/v1/deployments': json({ items: [image(`quay.io/argoproj/workflow-controller:${tag}`)] }),
    });
    expect([found?.profile.argo, codes]).toEqual([argo, expected]);
  });

  test('that lets nothing be read but its versions', async () => {
    const forbidden = status(403, { reason: 'Forbidden', message: 'forbidden' });
    const { found, codes } = await readFrom({
      '/api/v1/nodes': forbidden,
      '/apis/scheduling.k8s.io/v1/priorityclasses': forbidden,
    });
    expect(found).toEqual({ profile: { name: 'lab', kubernetes: '1.34', nodes: [], crds: [] }, leftOut: undefined });
    expect(codes).toHaveLength(2);
  });
});
