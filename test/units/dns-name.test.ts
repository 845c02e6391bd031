import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitLabel, isDnsLabel, isDnsSubdomain, isRfc1035Label, slugLabel } from '../../src/units/dns-name.ts';

describe('slugLabel', () => {
  test.each([
    ['decode', 'decode'],
    ['Decode Shards', 'decode-shards'],
    ['stage/train_it', 'stage-train-it'],
    ['--a--b--', 'a-b'],
    ['Größe', 'grosse'],
    ['Ærø', 'aero'],
    ['Łódź', 'lodz'],
    ['café', 'cafe'],
    ['2nd', '2nd'],
  ])('%s', (text, slug) => {
    expect(slugLabel(text)).toBe(slug);
  });

  test('keeps apart what it cannot spell', () => {
    expect(slugLabel('訓練')).toMatch(/^[0-9a-f]{8}$/);
    expect(slugLabel('train 訓練')).toMatch(/^train-[0-9a-f]{8}$/);
    expect(slugLabel('train 訓')).not.toBe(slugLabel('train 練'));
    expect(slugLabel('')).toMatch(/^[0-9a-f]{8}$/);
    expect(slugLabel(`${'a'.repeat(70)}1`)).not.toBe(slugLabel(`${'a'.repeat(70)}2`));
  });

  test('always gives a DNS label, and labels stay what they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 63 }), (text, max) => {
        const slug = slugLabel(text, max);
        expect(isDnsLabel(slug)).toBe(true);
        expect(slug.length).toBeLessThanOrEqual(max);
        expect(slugLabel(slug, max)).toBe(slug.replace(/-+/g, '-'));
      }),
      { numRuns: 500 },
    );
  });
});

test('fitLabel leaves what fits', () => {
  expect(fitLabel('a--b', 5)).toBe('a--b');
  expect(fitLabel('a'.repeat(64), 63)).toMatch(/^a{54}-[0-9a-f]{8}$/);
});

test('kinds of names', () => {
  expect(['a', '0', 'a-b', 'A', '-a', 'a-', 'a.b', '', 'a\n', 'a'.repeat(64)].map(isDnsLabel)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(['a', '0a'].map(isRfc1035Label)).toEqual([true, false]);
  expect(['a.b', 'a..b', '.a', `${'a'.repeat(250)}.abc`].map(isDnsSubdomain)).toEqual([true, false, false, false]);
});
