import { describe, expect, test } from 'vitest';
import { fakeServer, json, list, status } from './fake-server.ts';

const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a b', namespace: 'n' }, spec: {} };
const ref = { apiVersion: 'batch/v1', kind: 'Job', name: 'a', namespace: 'n' };
const jobs = '/apis/batch/v1/namespaces/n/jobs';

describe('writes', () => {
  test('are validated strictly, under one field manager', async () => {
    const server = await fakeServer(json(job), json(job), json(job), json(job), json(job));
    const client = await server.client();
    await client.create(job);
    await client.create(job, { dryRun: true, fieldValidation: 'Warn', fieldManager: 'me' });
    await client.apply(job);
    await client.apply(job, { force: true, subresource: 'status' });
    await client.patch(ref, { spec: { suspend: true } }, { type: 'merge' });
    const query = { fieldManager: 'podloom', fieldValidation: 'Strict' };
    const applyType = { 'content-type': 'application/apply-patch+yaml' };
    expect(server.received).toMatchObject([
      { method: 'POST', path: jobs, query, headers: { 'content-type': 'application/json' }, body: JSON.stringify(job) },
      { method: 'POST', path: jobs, query: { fieldManager: 'me', fieldValidation: 'Warn', dryRun: 'All' } },
      { method: 'PATCH', path: `${jobs}/a%20b`, query, headers: applyType, body: JSON.stringify(job) },
      { method: 'PATCH', path: `${jobs}/a%20b/status`, query: { ...query, force: 'true' }, headers: applyType },
      { method: 'PATCH', path: `${jobs}/a`, query, headers: { 'content-type': 'application/merge-patch+json' } },
    ]);
    expect(server.received[2]?.query).not.toHaveProperty('force');
  });

  test('a delete takes the pods along', async () => {
    const server = await fakeServer(json({}), json({}), status(404, { reason: 'NotFound', message: 'gone' }), json({}));
    const client = await server.client();
    expect(await client.delete(ref)).toBe(true);
    expect(await client.delete(ref, { propagationPolicy: 'Foreground', uid: 'u', gracePeriodSeconds: 0 })).toBe(true);
    expect(await client.delete(ref)).toBe(false);
    await client.deleteCollection({ ...ref, labelSelector: 'a=b' });
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
    expect(server.received.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      options,
      { ...options, propagationPolicy: 'Foreground', preconditions: { uid: 'u' }, gracePeriodSeconds: 0 },
      options,
      options,
    ]);
    expect(server.received[3]).toMatchObject({ method: 'DELETE', path: jobs, query: { labelSelector: 'a=b' } });
    await expect(client.deleteCollection({ apiVersion: 'v1', kind: 'Pod' })).rejects.toThrow('needs a namespace');
  });

  test('paths: cluster-scoped, the namespace of the context, kinds that only the server knows', async () => {
    const resources = [
      { name: 'clusterqueues', kind: 'ClusterQueue', namespaced: false },
      { name: 'clusterqueues/status', kind: 'ClusterQueue', namespaced: false },
      { name: 'localqueues', kind: 'LocalQueue', namespaced: true },
    ];
    const server = await fakeServer(
      json({}),
      json({}),
      list('1', []),
      json({ resources }),
      json({}),
      json({}),
      json({}),
    );
    const client = await server.client();
    await client.get({ apiVersion: 'v1', kind: 'Node', name: 'n1' });
    await client.get({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', name: 'x' });
    await client.list({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' });
    const kueue = 'kueue.x-k8s.io/v1beta2';
    await client.get({ apiVersion: kueue, kind: 'ClusterQueue', name: 'q' });
    await client.get({ apiVersion: kueue, kind: 'LocalQueue', name: 'q' });
    expect(server.received.map(({ path }) => path)).toEqual([
      '/api/v1/nodes/n1',
      '/apis/policy/v1/namespaces/team/poddisruptionbudgets/x',
      '/apis/networking.k8s.io/v1/networkpolicies',
      `/apis/${kueue}`,
      `/apis/${kueue}/clusterqueues/q`,
      `/apis/${kueue}/namespaces/team/localqueues/q`,
    ]);
    server.answer(json({ resources }));
    expect(await client.get({ apiVersion: kueue, kind: 'Cohort', name: 'q' })).toBeUndefined();
  });
});
