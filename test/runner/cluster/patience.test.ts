import { expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../../src/cluster/errors.ts';
import type { Clock } from '../../../src/runner/clock.ts';
import { patiently } from '../../../src/runner/cluster/patience.ts';

/** All waiting is over at once, and counted. */
function clock() {
  const waits: number[] = [];
  const fake: Clock = {
    now: () => 0,
    after(millis, callback) {
      waits.push(millis);
      queueMicrotask(callback);
      return () => {};
    },
  };
  return { fake, waits };
}

/** Fails with these errors, then gives `done`. */
function work(...errors: readonly unknown[]) {
  const left = [...errors];
  return async () => {
    if (left.length > 0) throw left.shift();
    return 'done';
  };
}

const api = (status: number) => new ApiError('GET /x', status, {});
const going = new AbortController().signal;

test('waits for what passes, longer and longer', async () => {
  const { fake, waits } = clock();
  const cut = new ConnectionError('GET /x', 'ECONNRESET', 'cut', false);
  const errors = [cut, api(500), api(429), api(503), cut, cut, cut];
  expect(await patiently(fake, going, work(...errors))).toBe('done');
  expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
});

test('waits for new credentials, but not for ever', async () => {
  const { fake, waits } = clock();
  expect(await patiently(fake, going, work(api(401), api(401)))).toBe('done');
  const refused = patiently(fake, going, work(...Array.from({ length: 20 }, () => api(401))));
  await expect(refused).rejects.toMatchObject({ status: 401 });
  expect(waits.slice(2).reduce((sum, wait) => sum + wait)).toBeGreaterThan(30_000);
});

test('not for what stays', async () => {
  for (const status of [403, 404, 409, 422]) {
    const { fake, waits } = clock();
    await expect(patiently(fake, going, work(api(status)))).rejects.toMatchObject({ status });
    expect(waits).toEqual([]);
  }
});

test('not when it is to stop', async () => {
  const { fake } = clock();
  await expect(patiently(fake, AbortSignal.abort(), work(api(500)))).rejects.toMatchObject({ status: 500 });
});
