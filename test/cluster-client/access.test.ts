import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AccessOptions } from '../../src/cluster/access.ts';
import { KubernetesClient } from '../../src/cluster/client.ts';
import { AccessError } from '../../src/cluster/errors.ts';
import { loadAccess } from '../../src/cluster/load-access.ts';
import { FakeClock, fakeServer, json, kubeconfig, status, temporaryFolder } from './fake-server.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
const ref = { apiVersion: 'v1', kind: 'Pod', name: 'a' };

async function problemOf(options: AccessOptions): Promise<{ message: string; help: string }> {
  return loadAccess(options).then(
    () => expect.fail('it did not fail'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(AccessError);
      return error as AccessError;
    },
  );
}

function write(folder: string, name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const two = `
contexts:
- {name: one, context: {cluster: c1, user: u}}
- {name: two, context: {cluster: c2, user: u, namespace: blue}}
clusters:
- {name: c1, cluster: {server: 'https://one:6443/'}}
- name: c2
  cluster: {server: 'https://two/k8s', certificate-authority: pki/ca.pem, tls-server-name: inner, proxy-url: 'http://proxy:3128'}
users:
- {name: u, user: {client-certificate: pki/me.pem, client-key-data: ${Buffer.from('KEY').toString('base64')}}}
current-context: one
`;

/** Without files beside it. */
const bare = two.replaceAll(/pki\/\w+\.pem/g, '""');

describe('kubeconfig', () => {
  test('the context, files beside it, and what the cluster says', async () => {
    const folder = temporaryFolder();
    const file = write(folder, 'config', two);
    write(folder, 'pki/ca.pem', 'CA');
    write(folder, 'pki/me.pem', 'CERT');
    const one = await loadAccess({ kubeconfig: file });
    expect(one).toMatchObject({ server: 'https://one:6443', namespace: 'default', context: 'one', proxy: undefined });
    const access = await loadAccess({ kubeconfig: file, context: 'two' });
    expect(access).toMatchObject({
      server: 'https://two/k8s',
      tls: { ca: 'CA', serverName: 'inner', insecure: false },
      proxy: 'http://proxy:3128',
      namespace: 'blue',
      context: 'two',
    });
    expect(await access.credentials.current(new FakeClock())).toEqual({ headers: {}, cert: 'CERT', key: 'KEY' });
    expect((await loadAccess({ kubeconfig: file, context: 'two', namespace: 'red' })).namespace).toBe('red');
  });

  test('several files: the first that says something counts, those that are not there do not', async () => {
    const folder = temporaryFolder();
    const first = write(folder, 'a', 'clusters: [{name: c1, cluster: {server: "https://first"}}]\n');
    const env = {
      KUBECONFIG: [path.join(folder, 'none'), first, write(folder, 'b', bare)].join(path.delimiter),
    };
    expect((await loadAccess({ env })).server).toBe('https://first');
    const home = temporaryFolder();
    write(home, '.kube/config', bare);
    expect((await loadAccess({ env: { HOME: home } })).server).toBe('https://one:6443');
  });

  test.each<[string, AccessOptions, string | undefined, RegExp]>([
    ['a file that is not there', {}, undefined, /is not there/],
    ['no YAML', {}, 'a: [', /is not YAML/],
    ['no current context', {}, 'contexts: [{name: k, context: {}}]', /no current context/],
    ['another context', { context: 'mars' }, two, /has no context "mars"/],
    ['no cluster', {}, 'contexts: [{name: k, context: {cluster: c}}]\ncurrent-context: k', /no cluster with a server/],
    ['no user', {}, two.replace('{name: u,', '{name: v,'), /has no user "u"/],
    ['no certificate', {}, two, /`client-certificate` cannot be read/],
    ['a strange server', {}, two.replace('https://one:6443/', 'one:6443'), /"one:6443" is no http\(s\) address/],
    ['a SOCKS proxy', { context: 'two' }, bare.replace('http://proxy', 'socks5://proxy'), /is no HTTP proxy/],
    [
      'a plugin of old',
      {},
      two.replace(/user: \{client-c.*/, 'user: {auth-provider: {name: gcp}}}'),
      /"gcp".* is not supported/,
    ],
  ])('%s', async (_what, options, text, problem) => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'config');
    if (text !== undefined) writeFileSync(file, text);
    const { message, help } = await problemOf({ kubeconfig: file, ...options });
    expect(message).toMatch(problem);
    expect(help).toMatch(/\.$/);
    if (options.context === 'mars') expect(help).toBe('It has one, two.');
  });

  test('no cluster at all', async () => {
    expect((await problemOf({ env: { HOME: temporaryFolder() } })).message).toBe(
      'no cluster is configured: there is no kubeconfig',
    );
  });

  test('inside a cluster', async () => {
    const folder = temporaryFolder();
    write(folder, 'token', 'inner\n');
    write(folder, 'ca.crt', 'CA');
    write(folder, 'namespace', 'jobs');
    const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
    const access = await loadAccess({ env }, folder);
    expect(access).toMatchObject({ server: 'https://[fd00::1]:443', tls: { ca: 'CA' }, namespace: 'jobs' });
    const { headers } = await access.credentials.current(new FakeClock());
    expect(headers).toEqual({ authorization: 'Bearer inner' });
  });
});

describe('users', () => {
  test.each([
    [{ token: 't' }, {}, { authorization: 'Bearer t' }],
    [{ username: 'ü', password: 'p:w' }, {}, { authorization: `Basic ${Buffer.from('ü:p:w').toString('base64')}` }],
    [{ 'auth-provider': { name: 'oidc', config: { 'id-token': 'i' } } }, {}, { authorization: 'Bearer i' }],
    [{ token: 't', as: 'bob' }, { as: 'eve' }, { authorization: 'Bearer t', 'impersonate-user': 'eve' }],
    [
      { as: 'bob', 'as-uid': '7', 'as-groups': ['x', 'y'] },
      {},
      { 'impersonate-user': 'bob', 'impersonate-uid': '7', 'impersonate-group': 'x, y' },
    ],
  ])('%j %j', async (user, options, headers) => {
    const server = await fakeServer(json(pod));
    await (await server.client({ ...options }, user)).get(ref);
    expect(server.received[0]?.headers).toMatchObject(headers);
  });

  test('a token file is read again after a minute, and when the server does not know the token', async () => {
    const folder = temporaryFolder();
    const file = write(folder, 'token', 'one');
    const server = await fakeServer(json(pod), json(pod), json(pod), status(401, { message: 'no' }), json(pod));
    const client = await server.client({}, { tokenFile: file });
    await client.get(ref);
    writeFileSync(file, 'two\n');
    await client.get(ref);
    server.clock.time += 61_000;
    await client.get(ref);
    writeFileSync(file, 'three');
    expect(await client.get(ref)).toEqual(pod);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
      ['one', 'one', 'two', 'two', 'three'].map((token) => `Bearer ${token}`),
    );
    server.answer(status(401, { message: 'no' }), status(401, { message: 'still not' }));
    await expect(client.get(ref)).rejects.toMatchObject({ status: 401, message: 'still not' });
  });

  test('a kubeconfig is read again when the server does not know its user any more', async () => {
    const server = await fakeServer(json(pod), status(401, { message: 'no' }), json(pod));
    const folder = temporaryFolder();
    const client = await KubernetesClient.connect({ kubeconfig: kubeconfig(server.address, { token: 'one' }, folder) });
    onTestFinished(() => client.close());
    await client.get(ref);
    kubeconfig(server.address, { token: 'two' }, folder);
    expect(await client.get(ref)).toEqual(pod);
    // A file that is being written just now changes nothing.
    write(folder, 'config', '{');
    server.answer(status(401, { message: 'no' }), status(401, { message: 'still not' }), json(pod));
    await expect(client.get(ref)).rejects.toMatchObject({ status: 401, message: 'still not' });
    await client.get(ref);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(
      ['one', 'one', 'two', 'two', 'two', 'two'].map((token) => `Bearer ${token}`),
    );
  });
});

/** A plugin that counts its calls in `<folder>/calls` and prints what is in `<folder>/answer`. */
function plugin(answer: object, folder = temporaryFolder()) {
  write(folder, 'answer', JSON.stringify(answer));
  const script = write(
    folder,
    'plugin.sh',
    '#!/bin/sh\nprintf "%s %s %s\\n" "$1" "$REGION" "$KUBERNETES_EXEC_INFO" >> "$FOLDER/calls"\ncat "$FOLDER/answer"\n',
  );
  chmodSync(script, 0o755);
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: script,
    args: ['get-token'],
    env: [{ name: 'REGION', value: 'eu' }],
    interactiveMode: 'IfAvailable',
    provideClusterInfo: true,
  };
  const calls = () => readFileSync(path.join(folder, 'calls'), 'utf8').trimEnd().split('\n');
  return { user: { exec }, env: { FOLDER: folder, PATH: process.env['PATH'] }, calls };
}

describe('credential plugins', () => {
  test('are asked once for many requests, told of the cluster, and asked again when the token ends', async () => {
    const expirationTimestamp = new Date(1_000_000 + 100_000).toISOString();
    const { user, env, calls } = plugin({ status: { token: 'fresh', expirationTimestamp } });
    const server = await fakeServer(...Array.from({ length: 5 }, () => json(pod)));
    const client = await server.client({ env }, user);
    await Promise.all([client.get(ref), client.get(ref), client.get(ref)]);
    expect(calls()).toHaveLength(1);
    const [word, region, info] = calls()[0]!.split(' ');
    expect([word, region]).toEqual(['get-token', 'eu']);
    expect(JSON.parse(info!)).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: { interactive: process.stdin.isTTY === true, cluster: { server: server.address } },
    });
    server.clock.time += 89_000;
    await client.get(ref);
    expect(calls()).toHaveLength(1);
    server.clock.time += 2_000; // ten seconds before its end
    await client.get(ref);
    expect(calls()).toHaveLength(2);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual(Array(5).fill('Bearer fresh'));
  });

  test.each([
    [{ status: {} }, /neither a token nor a certificate/],
    ['not an object', /neither a token nor a certificate/],
  ])('that answer %j', async (answer, problem) => {
    const { user, env } = plugin(answer as object);
    const server = await fakeServer();
    await expect((await server.client({ env }, user)).get(ref)).rejects.toThrow(problem);
  });

  test('that are not there, and that fail', async () => {
    const env = { PATH: process.env['PATH'] };
    const server = await fakeServer();
    const missing = { exec: { command: 'no-such-plugin', installHint: 'Get it from the shop.' } };
    const error = (await server.client({ env }, missing)).get(ref);
    await expect(error).rejects.toMatchObject({
      name: 'AccessError',
      message: 'the credential plugin "no-such-plugin" is not installed',
      help: 'Get it from the shop.',
    });
    await expect((await server.client({ env }, { exec: { command: 'false' } })).get(ref)).rejects.toThrow(
      'exit code 1',
    );
    await expect((await server.client({ env }, { exec: { command: 'true' } })).get(ref)).rejects.toThrow('no JSON');
    await expect(server.client({ env }, { exec: {} })).rejects.toThrow('has no command');
  });

  test('without a user nothing is proven', async () => {
    const server = await fakeServer(json(pod));
    const file = kubeconfig(server.address, {});
    await (await server.client({ kubeconfig: file })).get(ref);
    expect(server.received[0]?.headers).not.toHaveProperty('authorization');
  });
});
