import { afterAll, beforeAll, expect, test } from 'vitest';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import { kubectlAccess } from '../../../src/cluster/kubectl/kubectl-access.ts';
import { type Connected, connect, freshNamespace } from '../rig/connect.ts';
import { buildProgram } from '../rig/programs.ts';

let lab: Connected;
let namespace: string;
let client: KubernetesClient;
beforeAll(async () => {
  lab = await connect();
  namespace = await freshNamespace(lab.client, 'kubectl-patch');
  const kubectl = await buildProgram('kubectl', (line) => console.error(line));
  const command = [kubectl, `--kubeconfig=${lab.kubeconfig}`];
  client = new KubernetesClient(await kubectlAccess({ command, env: process.env, cwd: '/' }, namespace));
});
afterAll(() => {
  client.close();
  lab.client.close();
});

const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', name });
const map = (name: string, data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

test('apply makes, changes and takes away; a dry run does not; conflicts name manager and field', async () => {
  expect(await client.apply(map('a', { x: '1', y: '1' }), { dryRun: true })).toMatchObject({ data: { x: '1' } });
  expect(await client.get(ref('a'))).toBeUndefined();
  await client.apply(map('a', { x: '1', y: '1' }));
  expect(await client.apply(map('a', { x: '2' }))).toMatchObject({ data: { x: '2' } });
  const [found] = [await lab.client.get({ ...ref('a'), namespace })];
  expect(found!['data']).toEqual({ x: '2' });
  expect(found!.metadata).toMatchObject({ managedFields: [{ manager: 'podloom', operation: 'Apply' }] });
  await expect(client.apply(map('a', { x: '3' }), { fieldManager: 'other' })).rejects.toMatchObject({
    status: 409,
    causes: [{ reason: 'FieldManagerConflict', message: expect.stringContaining('with "podloom"'), field: '.data.x' }],
  });
  await client.apply(map('a', { x: '3' }), { fieldManager: 'other', force: true });
  await expect(client.apply({ ...map('b', {}), nonsense: 1 })).rejects.toMatchObject({
    message: expect.stringContaining('nonsense'),
  });
});

test('patches of each kind, of subresources, and only of the version that is meant', async () => {
  await client.create(map('p', { x: '1' }));
  const merged = await client.patch(ref('p'), { data: { y: "it's $(id)" } }, { type: 'merge' });
  expect(merged).toMatchObject({ data: { x: '1', y: "it's $(id)" } });
  await client.patch(ref('p'), [{ op: 'remove', path: '/data/x' }], { type: 'json' });
  await client.patch(ref('p'), { data: { z: '1' } }, { type: 'strategic' });
  expect((await lab.client.get({ ...ref('p'), namespace }))!['data']).toEqual({ y: "it's $(id)", z: '1' });
  const { resourceVersion } = merged.metadata;
  await expect(
    client.patch(ref('p'), { metadata: { resourceVersion }, data: { late: '1' } }, { type: 'merge' }),
  ).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
  await expect(client.patch(ref('none'), { data: {} }, { type: 'merge' })).rejects.toMatchObject({ status: 404 });
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'q' };
  await client.create({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard: { pods: '1' } },
  });
  const status = { status: { used: { pods: '1' } } };
  expect(await client.patch(quota, status, { type: 'merge', subresource: 'status' })).toMatchObject(status);
  const lease = (holderIdentity: string, resourceVersion?: string) => ({
    ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
    metadata: { name: 'l', ...(resourceVersion !== undefined && { resourceVersion }) },
    spec: { holderIdentity },
  });
  const made = await client.apply(lease('a'));
  await client.apply(lease('b', made.metadata.resourceVersion));
  await expect(client.apply(lease('c', made.metadata.resourceVersion))).rejects.toMatchObject({ status: 409 });
});
