import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { NodePool, Profile } from '../../../src/ir/profile.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import { parseProfile } from '../../../src/ir/schema.ts';
import { bin, linkedProject, node } from '../../cli/process-rig.ts';
import { type Connected, connect } from '../rig/connect.ts';
import { createNodes, isReady, type NodeState, nodeOf, type SimulatedPool, simulatedPools } from '../rig/nodes.ts';
import { waitFor } from '../rig/wait.ts';

const SITE = 'test.podloom.dev/profile';
const site = `profile-${randomBytes(3).toString('hex')}`;
const own = { [SITE]: site };

/** Nodes that no other test has: a GPU product of their own in two zones, MIG slices, a taint. */
const pools: readonly SimulatedPool[] = [
  { name: `${site}-a`, count: 2, zone: 'zone-x', ...machine() },
  { name: `${site}-b`, count: 1, zone: 'zone-y', ...machine() },
  {
    name: `${site}-mig`,
    count: 2,
    zone: 'zone-x',
    cpu: '31850m',
    memory: '131924564Ki',
    resources: { 'nvidia.com/mig-1g.10gb': '7' },
    labels: own,
    taints: [{ key: 'team', value: 'vision', effect: 'NoExecute' }],
  },
];
function machine() {
  const gpu = { product: 'NVIDIA-Q9000', count: 6, memory: 1024, family: 'test' };
  return { cpu: '96', memory: '1Ti', gpu, resources: { 'rdma/rdma_shared_device_a': '63' }, labels: own };
}
const cordoned = `${site}-cordoned`;
const broken = `${site}-broken`;

let cluster: Connected;
beforeAll(async () => {
  cluster = await connect();
  const { client } = cluster;
  await createNodes(client, pools);
  const template = nodeOf({ ...pools[0]!, name: site }, cordoned);
  await client.create({ ...template, spec: { ...template.spec, unschedulable: true } });
  const { type: _managed, ...labels } = nodeOf({ ...pools[0]!, name: site }, broken).metadata.labels;
  const conditions = [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: '' }];
  const lost = nodeOf({ ...pools[0]!, name: site }, broken);
  await client.create({ ...lost, metadata: { name: broken, labels }, status: { ...lost.status, conditions } });
  const selector = { apiVersion: 'v1', kind: 'Node', labelSelector: `${SITE}=${site}` };
  await waitFor('KWOK to take over the nodes', async () => {
    const nodes = (await client.list(selector)).items as unknown as NodeState[];
    return nodes.filter(isReady).length === 6;
  });
});
afterAll(async () => {
  const { items } = await cluster.client.list({ apiVersion: 'v1', kind: 'Node', labelSelector: `${SITE}=${site}` });
  await Promise.all(
    items.map(({ metadata: { name } }) => cluster.client.delete({ apiVersion: 'v1', kind: 'Node', name })),
  );
});

/** What the profile says of a pool that the fixture made. */
function expected({ count, zone, cpu, memory, gpu, resources, labels, taints, name }: SimulatedPool): NodePool {
  const forGpu = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
  return {
    count,
    zone,
    cpu,
    memory,
    ...(gpu !== undefined && { gpu: { product: gpu.product, count: gpu.count } }),
    ...(resources !== undefined && { resources }),
    labels: {
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': 'linux',
      pool: name,
      ...labels,
      'topology.kubernetes.io/region': 'region-1',
      type: 'kwok',
    },
    ...((taints ?? gpu) !== undefined && { taints: [...(gpu === undefined ? [] : [forGpu]), ...(taints ?? [])] }),
  };
}

function profileCommand(cwd: string, ...args: string[]) {
  return node(cwd, [bin, 'profile', '--kubeconfig', cluster.kubeconfig, ...args]);
}

/** Pools of the site, in the order of the profile. */
function ownPools({ nodes }: Profile): readonly NodePool[] {
  return nodes.filter(({ labels }) => labels?.[SITE] === site);
}

describe('podloom profile', () => {
  test('says what the fixture made', async () => {
    const root = linkedProject({});
    const { code, stdout, stderr } = await profileCommand(root, '--out', 'profile.yaml');
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(
      /^profile\.yaml: Kubernetes 1\.36, Argo 3\.7, \d+ nodes \(and \d+ not ready or cordoned\), \d+ GPUs \(.*NVIDIA-Q9000/,
    );
    const parsed = parseProfile(parse(readFileSync(path.join(root, 'profile.yaml'), 'utf8')), defaultProfile);
    if (!parsed.ok) throw new Error(parsed.problem);
    const { name, kubernetes, argo, crds, priorityClasses, nodes } = parsed.value;
    expect({ name, kubernetes, argo }).toEqual({ name: 'admin', kubernetes: '1.36', argo: '3.7' });
    expect(crds).toContain('workflowtemplates.argoproj.io/v1alpha1');
    expect(crds?.join(' ')).not.toMatch(/jobset/);
    expect(priorityClasses?.join(' ')).not.toMatch(/system-|podloom-/);
    expect(ownPools(parsed.value)).toEqual(pools.map(expected));
    const products = new Set(nodes.flatMap(({ gpu }) => gpu?.product ?? []));
    for (const { gpu } of simulatedPools(8)) if (gpu !== undefined) expect(products).toContain(gpu.product);
  });

  test('says the same twice, and less to those who may not read nodes', async () => {
    const root = linkedProject({});
    const nobody = await profileCommand(root, '--as', 'jane');
    expect(nobody.code).toBe(0);
    expect(nobody.stderr).toMatch(/warning PL403: nodes may not be read.*User "jane" cannot list resource "nodes"/);
    expect(nobody.stderr).toMatch(/warning PL403: PriorityClasses may not be read/);
    expect(nobody.stderr).toMatch(/admin: Kubernetes 1\.36, Argo 3\.7, nodes unknown\.\n$/);
    expect(nobody.stdout).toBe((await profileCommand(root, '--as', 'jane')).stdout);
    expect(parse(nobody.stdout)).toMatchObject({ kubernetes: '1.36', nodes: [] });
    const wrong = await profileCommand(root, '--context', 'mars');
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toMatch(
      /^error PL400: the kubeconfig has no context "mars"\n {2}help: It has admin, nobody\./,
    );
  });

  test('lets synth say before anything is applied what the cluster cannot do, with the line of the user', async () => {
    const selector = `nodeSelector: { '${SITE}': '${site}' }`;
    const task = (name: string, props: string) => `new Task(p, '${name}', { command: ['true'], ${props} });\n`;
    const root = linkedProject({
      'package.json': '{ "type": "module" }\n',
      'pipelines/train.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const app = new App();
const p = new Pipeline(app, 'train', { image: 'busybox:1.37' });
${task('unknown', "gpu: 'GB300'")}${task('many', `gpu: 'Q9000:8', ${selector}`)}${task('zones', `gpu: 'Q9000', replicas: 3, ${selector}, antiAffinity: { mode: 'required', across: 'zones' }`)}${task('nodes', `gpu: 'Q9000', replicas: 4, ${selector}, antiAffinity: 'required'`)}${task('gang', `gpu: 'Q9000:6', replicas: 4, ${selector}`)}${task('slow', `cpu: 32, ${selector}, tolerations: [{ key: 'team', operator: 'Exists' }]`)}${task('class', "priority: { class: 'gold' }")}${task('fine', `gpu: 'Q9000:6', replicas: 3, ${selector}, antiAffinity: 'required'`)}`,
    });
    await profileCommand(root, '--out', 'profile.yaml');
    const { code, stdout } = await node(root, [bin, 'synth', '--profile', 'profile.yaml', '--diagnostics', 'json']);
    expect(code).toBe(2);
    const found = (JSON.parse(stdout) as { diagnostics: { code: string; location: { line: number } }[] }).diagnostics;
    expect(found.map(({ code, location }) => `${code} ${location.line}`)).toEqual([
      'PL163 5', // no node has such a GPU
      'PL162 6', // nor eight of it
      'PL164 7', // two zones for three replicas
      'PL164 8', // three nodes for four
      'PL172 9', // GPUs for three
      'PL166 10', // 31.85 CPUs
      'PL167 11',
    ]);
  });
});
