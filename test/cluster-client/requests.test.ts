import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiError, ConnectionError } from '../../src/cluster/errors.ts';
import { all, cut, fakeServer, json, kubeconfig, status, stream } from './fake-server.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };
const ref = { apiVersion: 'v1', kind: 'Pod', name: 'a' };

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );
}

describe('faults', () => {
  test('a request that may be repeated is sent again after 500, a cut connection and half a body', async () => {
    const half = (response: Parameters<ReturnType<typeof json>>[0]) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"metadata"', () => response.destroy());
    };
    const server = await fakeServer(status(500, { message: 'etcd' }), cut, half, json(pod));
    expect(await (await server.client()).get(ref)).toEqual(pod);
    expect(server.clock.sleeps).toEqual([250, 500, 1000]);
  });

  test('it gives up after six times', async () => {
    const server = await fakeServer(...Array<ReturnType<typeof status>>(7).fill(status(503, { message: 'down' })));
    const error = await failureOf((await server.client()).get(ref));
    expect(error).toMatchObject({ name: 'ApiError', status: 503, message: 'down' });
    expect(server.received).toHaveLength(6);
    expect(server.clock.sleeps).toEqual([250, 500, 1000, 2000, 4000]);
  });

  test('a create is sent again only when the server asks for it or cannot have got it', async () => {
    const server = await fakeServer(status(429, { message: 'busy' }, { 'retry-after': '3' }), json(pod));
    const client = await server.client();
    expect(await client.create(pod)).toEqual(pod);
    expect(server.clock.sleeps).toEqual([3000]);

    server.answer(status(500, { message: 'etcd' }));
    expect(await failureOf(client.create(pod))).toMatchObject({ status: 500 });
    server.answer(cut);
    const lost = await failureOf(client.create(pod));
    expect(lost).toBeInstanceOf(ConnectionError);
    expect(lost).toMatchObject({ code: 'ECONNRESET', unsent: false, request: expect.stringMatching(/^POST /) });
    expect(server.clock.sleeps).toEqual([3000]);
  });

  test('an apply that the server cannot read is not sent again; one that etcd had no time for is', async () => {
    const server = await fakeServer(status(500, { message: 'failed to create typed patch object: .date' }));
    const client = await server.client();
    expect(await failureOf(client.apply(pod))).toMatchObject({ status: 500 });
    server.answer(status(500, { message: 'etcdserver: leader changed' }), json(pod));
    expect(await client.apply(pod)).toEqual(pod);
    server.answer(status(500, { message: 'failed calling webhook', reason: 'InternalError' }), json(pod));
    expect(await client.apply(pod)).toEqual(pod);
  });

  test('a server that is not there', async () => {
    const server = await fakeServer();
    const client = await server.client({
      kubeconfig: kubeconfig('http://127.0.0.1:9', {}),
    });
    const error = await failureOf(client.create(pod));
    expect(error).toMatchObject({ name: 'ConnectionError', code: 'ECONNREFUSED', unsent: true });
    expect(server.clock.sleeps).toHaveLength(5);
  });

  test('a Retry-After of minutes is the caller’s affair', async () => {
    const server = await fakeServer(status(429, { message: 'busy' }, { 'retry-after': '600' }));
    expect(await failureOf((await server.client()).get(ref))).toMatchObject({ status: 429, retryAfterSeconds: 600 });
  });

  test('an answer that does not come', async () => {
    const server = await fakeServer(() => undefined, stream(['{"a":'], 'stay'));
    const client = await server.client({ idleTimeoutMillis: 40 });
    const patch = () => client.patch(ref, [], { type: 'json' });
    for (const error of [await failureOf(patch()), await failureOf(patch())])
      expect(error).toMatchObject({ code: 'TIMEOUT', message: 'nothing came for 0.04 s', unsent: false });
  });

  test('a server that takes the connection and says nothing', async () => {
    const silent = net.createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const server = await fakeServer();
    const file = kubeconfig(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, {});
    const client = await server.client({ kubeconfig: file, connectTimeoutMillis: 40 });
    const error = await failureOf(client.request('POST', '/x', { retry: false }));
    expect(error).toMatchObject({ code: 'TIMEOUT', message: 'no connection within 0.04 s', unsent: true });
  });

  test('the reason of the signal is what a call rejects with', async () => {
    const server = await fakeServer(() => abort.abort(new Error('enough')));
    const abort = new AbortController();
    const error = await failureOf((await server.client()).get(ref, { signal: abort.signal }));
    expect(error).toMatchObject({ message: 'enough' });
    expect(await failureOf((await server.client()).get(ref, { signal: abort.signal }))).toBe(error);
  });
});

describe('answers', () => {
  test('what the API server refuses', async () => {
    const causes = [{ reason: 'FieldValueInvalid', message: 'must be positive', field: 'spec.completions' }];
    const server = await fakeServer(
      status(422, { message: 'is invalid', reason: 'Invalid', details: { name: 'a', causes } }),
    );
    const error = await failureOf((await server.client()).create(pod));
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 422, reason: 'Invalid', message: 'is invalid', causes });
    expect((error as ApiError).request).toMatch(/^POST \/api\/v1\/namespaces\/team\/pods\?/);
  });

  test('what a proxy in between answers', async () => {
    const server = await fakeServer((response) => void response.writeHead(403).end('<b>Login</b>\nplease'));
    const error = await failureOf((await server.client()).get(ref));
    expect(error).toMatchObject({ status: 403, reason: '', message: '<b>Login</b>' });
  });

  test('404 is no object', async () => {
    const server = await fakeServer(status(404, { reason: 'NotFound', message: 'gone' }));
    expect(await (await server.client()).get(ref)).toBeUndefined();
  });

  test('warnings, and bodies that are compressed', async () => {
    const warning = '299 - "unknown field \\"spec.x\\"", 299 - "two"';
    const server = await fakeServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip', warning });
      response.end(gzipSync(JSON.stringify(pod)));
    });
    const warnings: string[] = [];
    const client = await server.client({ onWarning: (text) => warnings.push(text) });
    expect(await client.get(ref)).toEqual(pod);
    expect(warnings).toEqual(['unknown field "spec.x"', 'two']);
  });

  test('the bytes of a log, and a log that is cut', async () => {
    const bytes = new Uint8Array([0, 255, 10, 13, 128]);
    const server = await fakeServer(stream([bytes, bytes]), stream(['half'], 'cut'));
    const client = await server.client();
    const options = {
      container: 'main',
      follow: true,
      timestamps: true,
      limitBytes: 100,
      sinceTime: '2026-01-01T00:00:00Z',
    };
    expect(Buffer.concat(await all(client.log('team', 'a', options)))).toEqual(Buffer.from([...bytes, ...bytes]));
    expect(server.received[0]).toMatchObject({
      path: '/api/v1/namespaces/team/pods/a/log',
      query: { ...options, follow: 'true', timestamps: 'true', limitBytes: '100' },
    });
    expect(await failureOf(all(client.log('team', 'a')))).toMatchObject({ code: 'ECONNRESET' });
  });
});

describe('connections', () => {
  test('are kept, and are at most as many as allowed', async () => {
    const waiting: (() => void)[] = [];
    const slow: ReturnType<typeof json> = (response, request) => {
      waiting.push(() => json(pod)(response, request));
      if (waiting.length === 2) for (const go of waiting.splice(0)) go();
    };
    const server = await fakeServer(...Array<typeof slow>(8).fill(slow));
    const client = await server.client({ maxSockets: 2 });
    await Promise.all(Array.from({ length: 8 }, () => client.get(ref)));
    expect(server.connections).toMatchObject({ opened: 2, most: 2 });
  });

  test('of watches leave those of requests free', async () => {
    const server = await fakeServer(stream([], 'stay'), stream([], 'stay'), json(pod));
    const client = await server.client({ maxSockets: 1 });
    const abort = new AbortController();
    const watches = [1, 2].map(() => all(client.watch({ apiVersion: 'v1', kind: 'Pod' }, { signal: abort.signal })));
    while (server.received.length < 2) await new Promise(setImmediate);
    expect(await client.get(ref)).toEqual(pod);
    abort.abort();
    expect(await Promise.all(watches)).toEqual([[], []]);
  });
});
