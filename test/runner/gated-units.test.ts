import { expect, test } from 'vitest';
import { GatedUnits } from '../../src/runner/gated-units.ts';
import { Pace } from '../../src/runner/pace.ts';
import { ManualClock } from './rig/manual-clock.ts';

test('a pod may be let through when it is there and all of its units may start', () => {
  const gated = new GatedUnits(false);
  gated.allow({ unit: 0, attempt: 1 });
  expect(gated.startable).toBe(false); // there is no pod yet
  gated.arrive([0, 1]);
  expect(gated.startable).toBe(false);
  gated.allow({ unit: 1, attempt: 1 });
  expect(gated.startable).toBe(true);
  expect(gated.take().units).toEqual([0, 1]);
  expect(gated.startable).toBe(false);
});

test('a pod that is seen twice, or comes again, waits once', () => {
  const gated = new GatedUnits(true);
  gated.arrive([4]);
  gated.arrive([4]);
  const group = gated.take();
  expect(gated.startable).toBe(false);
  expect(gated.arrive([4])).toBe(group); // another attempt: it keeps its place
  expect(gated.end(4)).toBe(group);
  expect(gated.running()).toEqual([]);
});

test('what an earlier runner let through takes its place; a place is free when the last unit has ended', () => {
  const gated = new GatedUnits(true);
  const group = gated.through([1, 2]);
  expect(group?.units).toEqual([1, 2]);
  expect(gated.through([1, 2])).toBeUndefined();
  expect(gated.end(1)).toBeUndefined();
  expect(gated.end(2)).toBe(group);
});

test('units that ended before their pod was let through need no place', () => {
  const gated = new GatedUnits(true);
  gated.arrive([7]);
  expect(gated.end(7)).toBeUndefined();
  expect(gated.startable).toBe(false);
});

test('a unit that is refused waits for its pod too', () => {
  const gated = new GatedUnits(false);
  gated.allow({ unit: 3, attempt: 1, refusedBy: 'up' });
  expect(gated.startable).toBe(false);
  gated.arrive([3]);
  expect(gated.startable).toBe(true);
  expect(gated.refusedBy(3)).toBe('up');
});

test('starts keep their pace, and a clock that is set back gives nothing', () => {
  const clock = new ManualClock();
  let woken = 0;
  const pace = new Pace(clock, 2, () => woken++);
  expect([pace.take(), pace.take()]).toEqual([true, false]);
  expect(clock.pending).toEqual([500]);
  clock.advance(500);
  expect([woken, pace.take(), pace.take()]).toEqual([1, true, false]);
  clock.advance(60_000); // no more than one second is made up for
  expect([pace.take(), pace.take(), pace.take()]).toEqual([true, true, false]);
});
