import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareQuantities, isWholeQuantity, parseQuantity, type QuantityValue } from '../../src/units/quantity.ts';

function parse(input: string | number): QuantityValue {
  const parsed = parseQuantity(input);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

const ONE = 1_000_000_000n;

describe('parseQuantity', () => {
  test.each([
    ['0', 0n],
    ['4', 4n * ONE],
    ['+4', 4n * ONE],
    ['-1', -ONE],
    ['1.5', (3n * ONE) / 2n],
    ['1.', ONE],
    ['.5', ONE / 2n],
    ['500m', ONE / 2n],
    ['8Gi', 8n * 1024n ** 3n * ONE],
    ['8G', 8n * 10n ** 9n * ONE],
    ['1k', 1000n * ONE],
    ['1E', 10n ** 18n * ONE],
    ['1e3', 1000n * ONE],
    ['1E3', 1000n * ONE],
    ['1E+3', 1000n * ONE],
    ['12e-1', (12n * ONE) / 10n],
    ['1n', 1n],
    ['0.1n', 1n],
    ['-0.1n', -1n],
    ['1e-999', 1n],
    ['1e999', (2n ** 63n - 1n) * ONE],
    ['100Ei', (2n ** 63n - 1n) * ONE],
  ])('%s', (text, nanos) => {
    expect(parse(text)).toEqual({ text, nanos });
  });

  test('numbers stand for themselves', () => {
    expect(parse(0.1)).toEqual({ text: '0.1', nanos: ONE / 10n });
    expect(parse(1e21)).toEqual({ text: '1e+21', nanos: (2n ** 63n - 1n) * ONE });
    expect(parse(1e-7)).toEqual({ text: '1e-7', nanos: 100n });
    expect(parseQuantity(Number.NaN).ok).toBe(false);
    expect(parseQuantity(Number.POSITIVE_INFINITY).ok).toBe(false);
  });

  test.each([
    [
      '8GB',
      'is not a quantity: the suffix "GB" is unknown',
      'Did you mean "8Gi" (powers of 1024) or "8G" (powers of 1000)?',
    ],
    [
      '4Gb',
      'is not a quantity: the suffix "Gb" is unknown',
      'Did you mean "4Gi" (powers of 1024) or "4G" (powers of 1000)?',
    ],
    [
      '4gi',
      'is not a quantity: the suffix "gi" is unknown',
      'Did you mean "4Gi" (powers of 1024) or "4G" (powers of 1000)?',
    ],
    [
      '4K',
      'is not a quantity: the suffix "K" is unknown',
      'Did you mean "4Ki" (powers of 1024) or "4k" (powers of 1000)?',
    ],
    [
      '8 Gi',
      'is not a quantity: the suffix " Gi" is unknown',
      'Did you mean "8Gi" (powers of 1024) or "8G" (powers of 1000)?',
    ],
    ['4 cores', 'is not a quantity: the suffix " cores" is unknown', 'Did you mean "4"?'],
    ['much', 'is not a quantity: it has no number', undefined],
    ['', 'is not a quantity: it has no number', undefined],
    ['Gi', 'is not a quantity: it has no number', undefined],
    ['1_000', 'is not a quantity: the suffix "_000" is unknown', undefined],
    ['1.2.3', 'is not a quantity: the suffix ".3" is unknown', undefined],
    ['1\n', 'is not a quantity: the suffix "\\n" is unknown', undefined],
    ['1constructor', 'is not a quantity: the suffix "constructor" is unknown', undefined],
  ])('refuses %j', (text, problem, hint) => {
    expect(parseQuantity(text)).toEqual({ ok: false, problem, ...(hint === undefined ? {} : { hint }) });
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof parseQuantity(text).ok === 'boolean'));
  });
});

/** A quantity and its value as an exact fraction, computed apart from the parser. */
const rationals = fc
  .record({
    digits: fc.bigInt({ min: 0n, max: 10n ** 6n }),
    decimals: fc.integer({ min: 0, max: 3 }),
    suffix: fc.constantFrom('', 'm', 'u', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'Ti', 'e2', 'E-2'),
  })
  .map(({ digits, decimals, suffix }) => {
    const padded = String(digits).padStart(decimals + 1, '0');
    const point = padded.length - decimals;
    const text = decimals === 0 ? padded : `${padded.slice(0, point)}.${padded.slice(point)}`;
    const scale = scales[suffix]!;
    return { text: text + suffix, numerator: digits * scale[0], denominator: scale[1] * 10n ** BigInt(decimals) };
  });
const scales: Record<string, readonly [bigint, bigint]> = {
  '': [1n, 1n],
  m: [1n, 1000n],
  u: [1n, 1_000_000n],
  k: [1000n, 1n],
  M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n],
  T: [10n ** 12n, 1n],
  Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n],
  Gi: [2n ** 30n, 1n],
  Ti: [2n ** 40n, 1n],
  e2: [100n, 1n],
  'E-2': [1n, 100n],
};

describe('compareQuantities', () => {
  test('agrees with fractions', () => {
    fc.assert(
      fc.property(rationals, rationals, (a, b) => {
        const difference = a.numerator * b.denominator - b.numerator * a.denominator;
        const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0;
        expect(compareQuantities(parse(a.text), parse(b.text))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('sees through the spelling', () => {
    expect(compareQuantities(parse('1024Mi'), parse('1Gi'))).toBe(0);
    expect(compareQuantities(parse('1G'), parse('1Gi'))).toBe(-1);
    expect(compareQuantities(parse('1500m'), parse('1.5'))).toBe(0);
  });
});

test('isWholeQuantity', () => {
  expect(isWholeQuantity(parse('1e3'))).toBe(true);
  expect(isWholeQuantity(parse('400m'))).toBe(false);
});
