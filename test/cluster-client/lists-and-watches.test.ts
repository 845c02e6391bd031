import { describe, expect, test } from 'vitest';
import { all, fakeServer, list, object, status, stream, watchLine } from './fake-server.ts';

const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'team', labelSelector: 'app in (a,b)' };
const expired = { reason: 'Expired', message: 'too old' };
const names = (objects: readonly { metadata: { name: string } }[]) => objects.map(({ metadata }) => metadata.name);

describe('lists', () => {
  test('come in pages; items say what they are', async () => {
    const server = await fakeServer(list('7', [object('a', '1')], 'next'), list('7', [object('b', '2')]));
    const { items, resourceVersion } = await (await server.client()).list(pods);
    expect(items).toEqual([
      { ...object('a', '1'), apiVersion: 'v1', kind: 'Pod' },
      { ...object('b', '2'), apiVersion: 'v1', kind: 'Pod' },
    ]);
    expect(resourceVersion).toBe('7');
    expect(server.received.map(({ query }) => query)).toEqual([
      { labelSelector: 'app in (a,b)', limit: '500' },
      { labelSelector: 'app in (a,b)', limit: '500', continue: 'next' },
    ]);
  });

  test('that expire while they are read begin again', async () => {
    const server = await fakeServer(
      list('7', [object('a', '1')], 'next'),
      status(410, expired),
      list('9', [object('b', '2')]),
    );
    const { items, resourceVersion } = await (await server.client()).list(pods);
    expect([names(items), resourceVersion]).toEqual([['b'], '9']);
  });

  test('that always expire are given up', async () => {
    const server = await fakeServer(
      ...Array.from({ length: 10 }, (_, i) => (i % 2 ? status(410, expired) : list('7', [], 'next'))),
    );
    await expect((await server.client()).list(pods)).rejects.toMatchObject({ status: 410 });
    expect(server.received).toHaveLength(10);
  });

  test('item by item go on where they were', async () => {
    const later = status(410, { ...expired, metadata: { continue: 'later' } });
    const server = await fakeServer(list('7', [object('a', '1')], 'next'), later, list('9', [object('b', '2')]));
    expect(names(await all((await server.client()).items(pods)))).toEqual(['a', 'b']);
    expect(server.received[2]?.query['continue']).toBe('later');
  });

  test('of metadata only', async () => {
    const server = await fakeServer(list('7', []), stream([]));
    const client = await server.client();
    await client.list({ ...pods, metadataOnly: true });
    await all(client.watch({ ...pods, metadataOnly: true }));
    expect(server.received.map(({ headers }) => headers.accept)).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    ]);
  });
});

describe('watches', () => {
  test('events in pieces of any size, and half a line at the end', async () => {
    const text =
      watchLine('ADDED', object('ä€😀', '5')) + watchLine('BOOKMARK', { metadata: { resourceVersion: '6' } });
    const bytes = Buffer.from(`${text}${watchLine('DELETED', object('b', '7')).slice(0, -9)}`);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 3) }, (_, i) => bytes.subarray(3 * i, 3 * i + 3));
    const server = await fakeServer(stream(pieces));
    const events = await all((await server.client()).watch(pods, { resourceVersion: '4', timeoutSeconds: 60 }));
    expect(events.map(({ type, object: { metadata } }) => [type, metadata.name, metadata.resourceVersion])).toEqual([
      ['ADDED', 'ä€😀', '5'],
      ['BOOKMARK', undefined, '6'],
    ]);
    expect(server.received[0]?.query).toEqual({
      labelSelector: 'app in (a,b)',
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '4',
      timeoutSeconds: '60',
    });
  });

  test('an ERROR event, and a cut connection', async () => {
    const error = watchLine('ERROR', { kind: 'Status', code: 410, ...expired });
    const server = await fakeServer(stream([watchLine('ADDED', object('a', '5')), error]), stream(['{"typ'], 'cut'));
    const client = await server.client();
    await expect(all(client.watch(pods))).rejects.toMatchObject({ name: 'ApiError', status: 410, reason: 'Expired' });
    await expect(all(client.watch(pods))).rejects.toMatchObject({ name: 'ConnectionError', code: 'ECONNRESET' });
  });

  test('end quietly when they are aborted, and when the reader has enough', async () => {
    const event = watchLine('ADDED', object('a', '5'));
    const server = await fakeServer(stream([event], 'stay'), stream([event], 'stay'));
    const client = await server.client();
    const abort = new AbortController();
    for await (const { type } of client.watch(pods, { signal: abort.signal })) {
      expect(type).toBe('ADDED');
      abort.abort();
    }
    for await (const _ of client.watch(pods)) break;
    while (server.connections.open > 0) await new Promise(setImmediate);
    expect(await all(client.watch(pods, { signal: abort.signal }))).toEqual([]);
    expect(server.received).toHaveLength(2);
  });

  test('of a connection that went dead', async () => {
    const server = await fakeServer(stream([watchLine('ADDED', object('a', '5'))], 'stay'));
    const client = await server.client({ watchIdleMillis: 40 });
    await expect(all(client.watch(pods))).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});
