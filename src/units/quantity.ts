import { bad, good, type Parsed, quoted } from './parsed.ts';

/** A Kubernetes quantity: the text as it is written into manifests, and its exact value in units of 10⁻⁹. */
export interface QuantityValue {
  readonly text: string;
  readonly nanos: bigint;
}

const NANO = 9;
const decimalSuffixes: { readonly [suffix: string]: number } = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes: { readonly [suffix: string]: bigint } = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
};
/** Kubernetes caps values above it without a word. */
const MAX_NANOS = ((1n << 63n) - 1n) * 10n ** BigInt(NANO);

/**
 * Parses a quantity exactly as Kubernetes does (apimachinery pkg/api/resource/quantity.go, v1.33): what is finer than
 * 10⁻⁹ is rounded away from zero and what is above 2⁶³-1 is that. Negative values parse: whether they make sense
 * depends on the field. Numbers stand for themselves.
 */
export function parseQuantity(input: string | number): Parsed<QuantityValue> {
  if (typeof input === 'number' && !Number.isFinite(input)) return bad('is not a finite number');
  const text = String(input);
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(.*)$/s.exec(text);
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match ?? [];
  if (match === null || whole + fraction === '') return bad('is not a quantity: it has no number', hintFor(text));
  const scale = scaleOf(suffix);
  if (scale === undefined) return bad(`is not a quantity: the suffix ${quoted(suffix)} is unknown`, hintFor(text));
  const nanos = toNanos(BigInt(whole + fraction), fraction.length, scale);
  const capped = nanos > MAX_NANOS ? MAX_NANOS : nanos;
  return good({ text, nanos: sign === '-' ? -capped : capped });
}

/** Below 0, 0 or above 0, as `Array.sort` wants it. */
export function compareQuantities(a: QuantityValue, b: QuantityValue): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** Whether it is a whole number (of bytes, of GPUs), without a fraction. */
export function isWholeQuantity(quantity: QuantityValue): boolean {
  return quantity.nanos % 10n ** BigInt(NANO) === 0n;
}

interface Scale {
  readonly factor: bigint;
  readonly exponent: number;
}

function scaleOf(suffix: string): Scale | undefined {
  if (Object.hasOwn(binarySuffixes, suffix)) return { factor: binarySuffixes[suffix] as bigint, exponent: 0 };
  if (Object.hasOwn(decimalSuffixes, suffix)) return { factor: 1n, exponent: decimalSuffixes[suffix] as number };
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)?.[1];
  return exponent === undefined ? undefined : { factor: 1n, exponent: Number(exponent) };
}

/** `digits` × 10^-decimals × scale, in 10⁻⁹, rounded up. Huge exponents are cut: beyond them all values are alike. */
function toNanos(digits: bigint, decimals: number, scale: Scale): bigint {
  const value = digits * scale.factor;
  if (value === 0n) return 0n;
  const exponent = scale.exponent - decimals + NANO;
  if (exponent >= 0) return exponent > 40 ? MAX_NANOS + 1n : value * 10n ** BigInt(exponent);
  if (-exponent > String(value).length) return 1n;
  const divisor = 10n ** BigInt(-exponent);
  return (value + divisor - 1n) / divisor;
}

/** What people write for sizes elsewhere, and what it is called here. */
function hintFor(text: string): string | undefined {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, number, unit = ''] = match;
  const prefix = /^([kmgtpe])(?:i?b?|ytes?)$/i.exec(unit)?.[1];
  if (prefix !== undefined) {
    const decimal = prefix.toLowerCase() === 'k' ? 'k' : prefix.toUpperCase();
    return `Did you mean "${number}${prefix.toUpperCase()}i" (powers of 1024) or "${number}${decimal}" (powers of 1000)?`;
  }
  if (/^(?:cpus?|cores?|b|bytes?)$/i.test(unit)) return `Did you mean "${number}"?`;
  return undefined;
}
