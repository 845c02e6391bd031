import { expect, test } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { FollowOptions } from '../../../src/cluster/follow.ts';
import { Watches } from '../../../src/runner/cluster/watches.ts';
import { ManualClock, until } from '../rig/manual-clock.ts';

const QUERIES = ['Pod', 'Job', 'Event'].map((kind) => ({ apiVersion: 'v1', kind }));

/** Three watches over a connection that is lost and found as a test says. */
async function watches() {
  const clock = new ManualClock();
  const stop = new AbortController();
  const follows: FollowOptions[] = [];
  const told: (string | undefined)[] = [];
  const errors: unknown[] = [];
  let asked = 0;
  const server = { answers: false };
  const client = {
    async *follow(_: unknown, options: FollowOptions) {
      follows.push(options);
      options.onSynced?.('1');
      await new Promise<void>((resolve) => options.signal!.addEventListener('abort', () => resolve()));
      yield* [];
    },
    async *pages() {
      asked++;
      if (!server.answers) throw new Error('no answer');
      yield { items: [] };
    },
  };
  const all = new Watches({
    ...{ clock, signal: stop.signal, client: client as unknown as KubernetesClient },
    emit: (event) => void (event.kind === 'connection' && told.push(event.problem)),
    onError: (error) => errors.push(error),
  });
  await Promise.all(QUERIES.map((query) => all.follow(query, () => {})));
  const lose = (): void => {
    for (const { onLost } of follows) onLost!(new Error('cut'), 1000);
  };
  return { clock, stop, follows, told, errors, lose, server, asked: () => asked };
}

test('a connection that all watches lose is lost once, and there again when the API server answers', async () => {
  const { clock, told, lose, asked, server } = await watches();
  lose();
  lose();
  expect(told).toEqual(['cut']);
  clock.advance(1000);
  await until(() => asked() === 1 && clock.pending.length === 1);
  expect(clock.pending).toEqual([2000]);
  server.answers = true;
  clock.advance(2000);
  await until(() => told.length === 2);
  expect([told, asked()]).toEqual([['cut', undefined], 1 + 3]);
  lose();
  expect(told).toEqual(['cut', undefined, 'cut']);
});

test('when one watch hears of something the others are asked for at once', async () => {
  const { told, follows, lose, server, asked } = await watches();
  lose();
  server.answers = true;
  follows[0]!.onSynced!('2');
  await until(() => told.length === 2);
  expect([told, asked()]).toEqual([['cut', undefined], 2]);
});

test('nobody is asked when all watches have heard of something, or nobody looks any more', async () => {
  const { clock, stop, told, follows, lose, asked, errors } = await watches();
  lose();
  for (const { onSynced } of follows) onSynced!('2');
  expect(told).toEqual(['cut', undefined]);
  await until(() => clock.pending.length === 0);
  lose();
  stop.abort();
  await until(() => clock.pending.length === 0);
  expect([asked(), errors]).toEqual([0, []]);
});
