import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import type { ObjectQuery, WatchEvent } from '../../../src/cluster/objects.ts';
import type { ClientOptions } from '../../../src/cluster/options.ts';
import { type Connected, connect, freshNamespace } from '../rig/connect.ts';

let connected: Connected;
let client: KubernetesClient;
beforeAll(async () => {
  connected = await connect();
  ({ client } = connected);
});

function configMap(namespace: string, name: string, data: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}
const configMaps = (namespace: string): ObjectQuery => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
const refTo = (namespace: string, name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });

interface Kubeconfig {
  clusters: { name: string; cluster: Record<string, unknown> }[];
  users: { name: string; user: Record<string, unknown> }[];
}

/** A client with the kubeconfig of the cluster, changed. */
async function changed(change: (config: Kubeconfig, folder: string) => void, options: ClientOptions = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'podloom-client-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = parse(readFileSync(connected.kubeconfig, 'utf8')) as Kubeconfig;
  change(config, folder);
  const kubeconfig = path.join(folder, 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
  const other = await KubernetesClient.connect({ ...options, kubeconfig });
  onTestFinished(() => other.close());
  return other;
}

/** An HTTP proxy that passes CONNECT on, and can cut all that go through it. */
async function startProxy() {
  const sockets = new Set<Socket>();
  const proxy = http.createServer();
  let connects = 0;
  proxy.on('connect', (request, socket: Socket) => {
    connects++;
    const { hostname, port } = new URL(`http://${request.url}`);
    const target = net.connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const each of [socket, target]) {
      sockets.add(each);
      each.on('error', () => {}).on('close', () => sockets.delete(each));
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    cut();
    proxy.close();
  });
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, cut, connects: () => connects };
}

describe('reading', () => {
  test('a list of more than a page, whole, in pages and item by item', async () => {
    const namespace = await freshNamespace(client, 'pages');
    const names = Array.from({ length: 520 }, (_, index) => `item-${String(index).padStart(3, '0')}`);
    await Promise.all(names.map((name) => client.create({ ...configMap(namespace, name), immutable: true })));
    const query = { ...configMaps(namespace), fieldSelector: 'metadata.name!=kube-root-ca.crt' };
    const { items, resourceVersion } = await client.list(query);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(names);
    expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(Number(resourceVersion)).toBeGreaterThan(0);
    const sizes = [];
    for await (const page of client.pages({ ...query, metadataOnly: true })) sizes.push(page.items.length);
    expect(sizes).toEqual([500, 20]);
    let count = 0;
    for await (const _ of client.items(query)) count++;
    expect(count).toBe(520);
    await client.deleteCollection(query);
    expect((await client.list(query)).items).toEqual([]);
  });

  test('a watch goes on from a version and ends when the server ends it', async () => {
    const namespace = await freshNamespace(client, 'watch');
    const { resourceVersion } = await client.list(configMaps(namespace));
    await client.create(configMap(namespace, 'a'));
    await client.patch(refTo(namespace, 'a'), { data: { x: '1' } }, { type: 'merge' });
    await client.delete(refTo(namespace, 'a'));
    const events: WatchEvent[] = [];
    for await (const event of client.watch(configMaps(namespace), { resourceVersion, timeoutSeconds: 1 }))
      events.push(event);
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
  });

  test('a version that is too old is 410', async () => {
    const namespace = await freshNamespace(client, 'old');
    const read = async () => {
      for await (const _ of client.watch(configMaps(namespace), { resourceVersion: '1', timeoutSeconds: 5 }));
    };
    await expect(read()).rejects.toMatchObject({ name: 'ApiError', status: 410, reason: 'Expired' });
  });

  test('following survives connections that are cut: everything once, and what went meanwhile is gone', async () => {
    const namespace = await freshNamespace(client, 'follow');
    const proxy = await startProxy();
    const follower = await changed(({ clusters }) => {
      clusters[0]!.cluster['proxy-url'] = proxy.url;
    });
    await client.create(configMap(namespace, 'first'));
    const abort = new AbortController();
    const seen: string[] = [];
    const lost: string[] = [];
    const options = { signal: abort.signal, onLost: (error: Error) => lost.push(error.name) };
    for await (const { type, object } of follower.follow(configMaps(namespace), options)) {
      if (object.metadata.name === 'kube-root-ca.crt') continue;
      seen.push(`${type} ${object.metadata.name}`);
      if (seen.length === 1) {
        proxy.cut();
        await client.create(configMap(namespace, 'second'));
        await client.delete(refTo(namespace, 'first'));
      }
      if (seen.length === 3) proxy.cut();
      if (seen.length === 3) await client.create(configMap(namespace, 'third'));
      if (seen.length === 4) abort.abort();
    }
    expect(seen).toEqual(['ADDED first', 'ADDED second', 'DELETED first', 'ADDED third']);
    expect(new Set(lost)).toEqual(new Set(['ConnectionError']));
    expect(proxy.connects()).toBeGreaterThanOrEqual(3);
  });
});

describe('writing', () => {
  test('an unknown field is refused, or only a warning', async () => {
    const namespace = await freshNamespace(client, 'strict');
    const wrong = { ...configMap(namespace, 'a'), date: {} };
    await expect(client.create(wrong)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/"date"/) });
    await expect(client.apply(wrong)).rejects.toMatchObject({ message: expect.stringMatching(/date/) });
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    const loud = await KubernetesClient.connect({ kubeconfig: connected.kubeconfig, onWarning });
    onTestFinished(() => loud.close());
    await loud.create(wrong, { fieldValidation: 'Warn', dryRun: true });
    expect(warnings).toEqual(['unknown field "date"']);
    expect(await client.get(refTo(namespace, 'a'))).toBeUndefined();
  });

  test('apply owns what it gave, and meets other managers', async () => {
    const namespace = await freshNamespace(client, 'apply');
    await client.apply(configMap(namespace, 'a', { mine: '1', gone: '1' }));
    await client.apply(configMap(namespace, 'a', { theirs: '1' }), { fieldManager: 'other' });
    await client.apply(configMap(namespace, 'a', { mine: '2' }));
    const ref = refTo(namespace, 'a');
    expect(await client.get(ref)).toMatchObject({ data: { mine: '2', theirs: '1' } });
    expect((await client.get(ref))?.['data']).not.toHaveProperty('gone');
    const taking = configMap(namespace, 'a', { mine: '2', theirs: '2' });
    const conflict = client.apply(taking);
    await expect(conflict).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    await expect(conflict).rejects.toMatchObject({
      causes: [{ field: '.data.theirs', message: expect.stringMatching(/"other"/) }],
    });
    const taken = await client.apply(taking, { force: true });
    expect(taken.metadata).toMatchObject({ managedFields: [{ manager: 'podloom', operation: 'Apply' }] });
  });

  test('what the server refuses comes with its causes', async () => {
    const namespace = await freshNamespace(client, 'invalid');
    const spec = { template: { spec: { restartPolicy: 'Always', containers: [{ name: 'c', image: 'busybox' }] } } };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a', namespace }, spec };
    await expect(client.create(job)).rejects.toMatchObject({
      status: 422,
      reason: 'Invalid',
      details: { kind: 'Job', name: 'a' },
      causes: [expect.objectContaining({ field: 'spec.template.spec.restartPolicy' })],
    });
  });

  test('a Job goes with its pods: without our policy the server would warn', async () => {
    const namespace = await freshNamespace(client, 'delete');
    const warnings: string[] = [];
    const onWarning = (text: string) => void warnings.push(text);
    const loud = await KubernetesClient.connect({ kubeconfig: connected.kubeconfig, onWarning });
    onTestFinished(() => loud.close());
    const spec = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } };
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a', namespace }, spec };
    await loud.create(job);
    await loud.request('DELETE', `/apis/batch/v1/namespaces/${namespace}/jobs/a`, { query: { dryRun: 'All' } });
    expect(warnings).toEqual([expect.stringMatching(/child pods are preserved by default/)]);
    const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace, name: 'a' };
    expect(await loud.delete(ref)).toBe(true);
    expect(warnings).toHaveLength(1);
    await expect(loud.delete({ ...ref, name: 'never' })).resolves.toBe(false);
  });

  test('subresources, preconditions, and kinds that only discovery knows', async () => {
    const namespace = await freshNamespace(client, 'kinds');
    const kind = { apiVersion: 'apps/v1', kind: 'ControllerRevision' };
    const made = await client.create({ ...kind, metadata: { name: 'r', namespace }, data: {}, revision: 1 });
    await expect(client.delete({ ...kind, namespace, name: 'r' }, { uid: 'other' })).rejects.toMatchObject({
      status: 409,
    });
    expect(await client.delete({ ...kind, namespace, name: 'r' }, { uid: made.metadata.uid! })).toBe(true);
    await expect(client.list({ apiVersion: 'apps/v1', kind: 'Nothing' })).rejects.toMatchObject({ status: 404 });
    await expect(client.list({ apiVersion: 'none.example/v1', kind: 'X' })).rejects.toMatchObject({ status: 404 });
    const name = namespace; // nodes have no namespace; this one's name is as unique
    const node = { apiVersion: 'v1', kind: 'Node', name };
    await client.create({ apiVersion: 'v1', kind: 'Node', metadata: { name } });
    onTestFinished(() => void client.delete(node));
    const status = { capacity: { 'nvidia.com/gpu': '8' } };
    await client.patch(node, { status }, { type: 'merge', subresource: 'status' });
    expect(await client.get(node)).toMatchObject({ status });
  });
});

describe('access', () => {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const whoIs = async (one: KubernetesClient) =>
    (
      (await one.request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: review })) as {
        status: { userInfo: { username: string } };
      }
    ).status.userInfo.username;

  test('contexts and impersonation', async () => {
    const { kubeconfig } = connected;
    const nobody = await KubernetesClient.connect({ kubeconfig, context: 'nobody' });
    onTestFinished(() => nobody.close());
    expect([await whoIs(client), await whoIs(nobody)]).toEqual(['admin', 'nobody']);
    await expect(nobody.list({ apiVersion: 'v1', kind: 'Node' })).rejects.toMatchObject({
      status: 403,
      reason: 'Forbidden',
      details: { kind: 'nodes' },
    });
    const as = await KubernetesClient.connect({ kubeconfig, as: 'jane' });
    onTestFinished(() => as.close());
    expect(await whoIs(as)).toBe('jane');
    await expect(KubernetesClient.connect({ kubeconfig, context: 'mars' })).rejects.toMatchObject({
      message: 'the kubeconfig has no context "mars"',
    });
  });

  test('a token from a credential plugin, and one that the server does not know', async () => {
    const plugged = await changed(
      ({ users }, folder) => {
        const status = { token: users[0]!.user['token'] };
        const script = path.join(folder, 'plugin');
        writeFileSync(script, `#!/bin/sh\ncat <<'END'\n${JSON.stringify({ status })}\nEND\n`);
        chmodSync(script, 0o755);
        users[0]!.user = { exec: { command: './plugin', interactiveMode: 'Never' } };
      },
      { env: { PATH: process.env['PATH'] } },
    );
    expect(await whoIs(plugged)).toBe('admin');
    const wrong = await changed(({ users }) => {
      users[0]!.user['token'] = 'wrong';
    });
    await expect(whoIs(wrong)).rejects.toMatchObject({ status: 401, reason: 'Unauthorized' });
  });

  test('a server that is not the one we trust is not talked to, and not tried again', async () => {
    const untrusted = await changed(({ clusters }) => void delete clusters[0]!.cluster['certificate-authority-data']);
    await expect(whoIs(untrusted)).rejects.toMatchObject({ name: 'ConnectionError', transient: false });
    const misnamed = await changed(({ clusters }) => {
      clusters[0]!.cluster['tls-server-name'] = 'example.com';
    });
    await expect(whoIs(misnamed)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', transient: false });
    const trusting = await changed(({ clusters }) => {
      delete clusters[0]!.cluster['certificate-authority-data'];
      clusters[0]!.cluster['insecure-skip-tls-verify'] = true;
    });
    expect(await whoIs(trusting)).toBe('admin');
  });

  test('a proxy that refuses', async () => {
    const refusing = await changed(({ clusters }) => {
      clusters[0]!.cluster['proxy-url'] = 'http://127.0.0.1:9';
    });
    const error = refusing.request('GET', '/version', { retry: false });
    await expect(error).rejects.toMatchObject({ code: 'ECONNREFUSED', unsent: true });
  });
});
