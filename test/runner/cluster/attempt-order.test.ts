import { expect, test } from 'vitest';
import { AttemptOrder } from '../../../src/runner/cluster/attempt-order.ts';

test('attempts that are found together come in their order, one after the other; others do not wait for them', async () => {
  const order = new AttemptOrder();
  const told: string[] = [];
  let atOnce = 0;
  const work = (key: number, attempt: number) =>
    order.run(key, attempt, async () => {
      if (key === 1) expect(++atOnce).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      if (key === 1) atOnce--;
      told.push(`${key}/${attempt}`);
    });
  await Promise.all([work(1, 3), work(1, 1), work(2, 1), work(1, 2)]);
  expect(told.filter((name) => name.startsWith('1'))).toEqual(['1/1', '1/2', '1/3']);
  expect(told.indexOf('2/1')).toBeLessThan(told.indexOf('1/2'));
});

test('work that fails leaves its place to the next', async () => {
  const order = new AttemptOrder();
  const failing = order.run(1, 1, async () => {
    throw new Error('disk full');
  });
  const next = order.run(1, 2, async () => 'done');
  await expect(failing).rejects.toThrow('disk full');
  await expect(next).resolves.toBe('done');
});
