import { expect, test } from 'vitest';
import { PodWindow } from '../../src/runner/items/pod-window.ts';

function windowOf(limits: { maxPending?: number; maxRunning?: number; paceMillis?: number }) {
  const timers: { at: number; call: () => void }[] = [];
  const time = { now: 1000, freed: 0 };
  const clock = {
    now: () => time.now,
    after(millis: number, call: () => void) {
      const timer = { at: time.now + millis, call };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  };
  const window = new PodWindow({ maxPending: 3, maxRunning: 100, paceMillis: 0, ...limits }, clock, () => time.freed++);
  const pass = (millis: number): void => {
    time.now += millis;
    for (const timer of timers.filter(({ at }) => at <= time.now)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.call();
    }
  };
  return { window, time, pass, timers };
}

test('only so many are pending, and only so many are there', () => {
  const { window } = windowOf({ maxPending: 2, maxRunning: 3 });
  expect([window.tryTake(), window.tryTake(), window.tryTake()]).toEqual([true, true, false]);
  window.started();
  expect([window.tryTake(), window.tryTake()]).toEqual([true, false]);
  window.started();
  expect(window.tryTake()).toBe(false);
  window.ended(true);
  expect([window.tryTake(), window.running]).toEqual([true, 1]);
});

test('pods that were there before take room', () => {
  const { window } = windowOf({ maxPending: 2 });
  window.add();
  window.add();
  expect(window.tryTake()).toBe(false);
  window.ended(false);
  expect(window.tryTake()).toBe(true);
});

test('the pace parts two pods, and says when there is room again', () => {
  const { window, time, pass, timers } = windowOf({ paceMillis: 1000 });
  expect([window.tryTake(), window.tryTake(), window.tryTake()]).toEqual([true, false, false]);
  pass(999);
  expect([time.freed, timers.length]).toEqual([0, 1]);
  pass(1);
  expect([time.freed, window.tryTake(), window.tryTake()]).toEqual([1, true, false]);
});

test('a clock that jumps back does not stop it', () => {
  const { window, time, timers } = windowOf({ paceMillis: 1000 });
  window.tryTake();
  time.now -= 1e9;
  expect(window.tryTake()).toBe(false);
  expect(timers).toHaveLength(1);
  expect(Math.max(...timers.map(({ at }) => at - time.now))).toBeLessThanOrEqual(1000);
});
