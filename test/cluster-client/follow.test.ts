import { describe, expect, test } from 'vitest';
import type { FollowOptions } from '../../src/cluster/follow.ts';
import type { WatchEvent } from '../../src/cluster/objects.ts';
import {
  type Answer,
  cut,
  type FakeServer,
  fakeServer,
  list,
  object,
  status,
  stream,
  watchLine,
} from './fake-server.ts';

const pods = { apiVersion: 'v1', kind: 'Pod', namespace: 'team' };
const bookmark = (resourceVersion: string) => watchLine('BOOKMARK', { metadata: { resourceVersion } });
const added = (name: string, version: string) => watchLine('ADDED', object(name, version));
const tooOld = { code: 410, reason: 'Expired', message: 'too old' };

/** Follows until all answers are used up and `events` events came. */
async function follow(events: number, answers: readonly Answer[], options: FollowOptions = {}) {
  const server = await fakeServer(...answers, stream([], 'stay'));
  const abort = new AbortController();
  const seen: WatchEvent[] = [];
  const done = () => seen.length >= events && server.received.length > answers.length;
  const waiting = (async () => {
    while (!done() && !abort.signal.aborted) await new Promise(setImmediate);
    abort.abort();
  })();
  try {
    for await (const event of (await server.client()).follow(pods, { ...options, signal: abort.signal }))
      seen.push(event);
  } finally {
    abort.abort();
    await waiting;
  }
  return { server, seen: seen.map(textOf) };
}

function textOf({ type, object: { metadata }, synthetic }: WatchEvent): string {
  return `${type} ${metadata.name} ${metadata.uid} ${metadata.resourceVersion}${synthetic === true ? ' synthetic' : ''}`;
}

function asked(server: FakeServer): string[] {
  return server.received.map(({ query }) => (query['watch'] === 'true' ? `watch ${query['resourceVersion']}` : 'list'));
}

describe('follow', () => {
  test('goes on from the last event or bookmark when watches end', async () => {
    const synced: string[] = [];
    const { server, seen } = await follow(
      3,
      [
        list('10', [object('a', '8')]),
        stream([added('b', '11'), bookmark('20')]),
        stream([added('c', '21'), '{"type":"ADD'], 'cut'),
      ],
      { onSynced: (version) => synced.push(version) },
    );
    expect(seen).toEqual(['ADDED a uid-a 8', 'ADDED b uid-b 11', 'ADDED c uid-c 21']);
    expect(asked(server)).toEqual(['list', 'watch 10', 'watch 20', 'watch 21']);
    expect(synced).toEqual(['10']);
    expect(server.clock.sleeps).toEqual([0, 0]);
  });

  test.each([
    ['an ERROR event', stream([watchLine('ERROR', tooOld)])],
    ['the answer', status(410, tooOld)],
  ])('after 410 in %s it compares: gone, replaced, changed, new and as before', async (_where, answer) => {
    const before = ['gone', 'replaced', 'changed', 'same'].map((name) => object(name, '5'));
    const after = [
      object('replaced', '30', 'other'),
      object('changed', '31'),
      object('same', '5'),
      object('new', '32'),
    ];
    const { server, seen } = await follow(9, [list('10', before), answer, list('40', after)]);
    expect(seen.slice(4)).toEqual([
      'DELETED replaced uid-replaced 5 synthetic',
      'ADDED replaced other 30',
      'MODIFIED changed uid-changed 31',
      'ADDED new uid-new 32',
      'DELETED gone uid-gone 5 synthetic',
    ]);
    expect(asked(server)).toEqual(['list', 'watch 10', 'list', 'watch 40']);
  });

  test('what it saw go is not reported twice; what goes unseen keeps its labels', async () => {
    const server = await fakeServer(
      list('10', [object('a', '5'), object('b', '5')]),
      stream([watchLine('DELETED', object('a', '11')), watchLine('ERROR', tooOld)]),
      list('40', []),
      stream([], 'stay'),
    );
    const abort = new AbortController();
    const seen: WatchEvent[] = [];
    for await (const event of (await server.client()).follow(pods, { signal: abort.signal })) {
      seen.push(event);
      if (seen.length === 4) abort.abort();
    }
    expect(seen.slice(2).map(textOf)).toEqual(['DELETED a uid-a 11', 'DELETED b uid-b 5 synthetic']);
    expect(seen[3]?.object.metadata.labels).toEqual({ app: 'b' });
    expect(seen[3]?.object['spec']).toBeUndefined();
  });

  test('lists that expire or break in the middle are begun again, and nothing is told twice', async () => {
    const { seen } = await follow(2, [
      list('10', [object('a', '5')], 'next'),
      status(410, tooOld),
      list('20', [object('a', '5')], 'next'),
      list('20', [object('b', '6')]),
    ]);
    expect(seen).toEqual(['ADDED a uid-a 5', 'ADDED b uid-b 6']);
  });

  test('waits longer and longer while the server is away, and as long as it asks', async () => {
    const lost: [string, number][] = [];
    const { server } = await follow(
      1,
      [
        list('10', [object('a', '5')]),
        cut,
        cut,
        status(500, { message: 'etcd' }),
        status(429, { message: 'busy' }, { 'retry-after': '20' }),
        cut,
      ],
      { onLost: (error, delay) => lost.push([error.name, delay]) },
    );
    expect(lost).toEqual([
      ['ConnectionError', 0],
      ['ConnectionError', 250],
      ['ApiError', 500],
      ['ApiError', 20_000],
      ['ConnectionError', 2000],
    ]);
    expect(server.clock.sleeps).toEqual(lost.map(([, delay]) => delay));
  });

  test('watches that end at once do not become a storm', async () => {
    const { server } = await follow(0, [list('10', []), ...Array.from({ length: 6 }, () => stream([]))]);
    expect(server.clock.sleeps).toEqual([0, 250, 500, 1000, 1000, 1000]);
  });

  test('a refusal ends it: at the start at once, later when it stays', async () => {
    const forbidden = status(403, { reason: 'Forbidden', message: 'pods is forbidden' });
    await expect(follow(9, [forbidden])).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
    const twice = await follow(2, [list('10', [object('a', '5')]), forbidden, forbidden, stream([added('b', '11')])]);
    expect(twice.seen).toHaveLength(2);
    const many = [list('10', []), ...Array.from({ length: 9 }, () => forbidden)];
    await expect(follow(9, many)).rejects.toMatchObject({ status: 403 });
  });
});
