import { expect, test } from 'vitest';
import { UnitQueue } from '../../src/runner/unit-queue.ts';

/** Milliseconds to work off so many units, with gates that open in reverse and a retry for every tenth. */
function workOff(total: number, gates: number): number {
  const start = performance.now();
  const queue = new UnitQueue({ total, isDone: (unit) => unit % 3 === 0, gates });
  for (let unit = total - 1; gates > 0 && unit >= 0; unit--) queue.openGate(unit, false);
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    if (next.unit % 10 === 1 && next.attempt === 1) queue.retry(next.unit, 2);
    else queue.succeed(next.unit);
  }
  expect(queue.finished).toBe(true);
  expect(queue.count('succeeded') + queue.count('kept')).toBe(total);
  return performance.now() - start;
}

test.each([0, 1])('100,000 units with %i gates in less than a second', (gates) => {
  workOff(100_000, gates);
  expect(workOff(100_000, gates)).toBeLessThan(1000);
});

test('refused units are started as refused, once', () => {
  const queue = new UnitQueue({ total: 2, isDone: () => false, gates: 2 });
  queue.openGate(0, true);
  queue.refuse(0, 'up');
  queue.refuse(0, 'other');
  expect(queue.take()).toEqual({ unit: 0, attempt: 1, refusedBy: 'up' });
  expect(queue.take()).toBeUndefined();
});

test('a done unit is kept only when nothing upstream is new', () => {
  const queue = new UnitQueue({ total: 2, isDone: () => true, gates: 2 });
  expect(queue.openGate(0, false)).toBe(false);
  expect(queue.openGate(0, false)).toBe(true);
  expect(queue.openGate(1, true)).toBe(false);
  expect(queue.openGate(1, false)).toBe(false);
  expect(queue.take()).toEqual({ unit: 1, attempt: 1 });
});
