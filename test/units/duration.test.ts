import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/units/duration.ts';

describe('parseDuration', () => {
  test.each([
    ['90s', 90],
    ['5m', 300],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1d2h3m4s', 93_784],
    ['1.5h', 5400],
    ['0.1h', 360],
    [90, 90],
  ])('%s', (input, seconds) => {
    expect(parseDuration(input)).toEqual({ ok: true, value: seconds });
  });

  const write = 'Write it as "90s", "5m", "1h30m" or "2d", or as a number of seconds.';
  test.each([
    ['', 'is not a duration'],
    ['5', 'is not a duration'],
    ['5 minutes', 'is not a duration'],
    ['PT5M', 'is not a duration'],
    ['30m1h', 'is not a duration'],
    ['-5m', 'is not a duration'],
    ['500ms', 'is not a duration'],
    ['0s', 'is shorter than one second'],
    [0, 'is shorter than one second'],
    [-3, 'is shorter than one second'],
    ['1.5s', 'is not a whole number of seconds'],
    [1.5, 'is not a whole number of seconds'],
    [Number.NaN, 'is not a finite number of seconds'],
  ])('refuses %j', (input, problem) => {
    expect(parseDuration(input)).toEqual({ ok: false, problem, hint: write });
  });

  test('refuses what no int32 holds', () => {
    expect(parseDuration('30000d')).toEqual({ ok: false, problem: 'is longer than 2147483647 seconds (68 years)' });
  });

  test('parses what formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_147_483_647 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toEqual({ ok: true, value: seconds });
      }),
    );
  });
});
