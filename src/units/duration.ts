import { bad, good, type Parsed } from './parsed.ts';

const unitSeconds = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const WRITE = 'Write it as "90s", "5m", "1h30m" or "2d", or as a number of seconds.';
/** Fields of Kubernetes that hold seconds are int32 or int64; int32 is enough for 68 years. */
const MAX_SECONDS = 2_147_483_647;

/**
 * Seconds of a duration: a number, or days, hours, minutes and seconds in this order, each at most once (`1h30m`).
 * A fraction is fine while the whole is a whole number of seconds (`1.5h`), because no field of Kubernetes or Argo
 * that it ends in has a fraction. At least 1. ISO 8601 (`PT5M`) is refused: one way to write it.
 */
export function parseDuration(input: string | number): Parsed<number> {
  const seconds = typeof input === 'number' ? input : sumUnits(input);
  if (seconds === undefined) return bad('is not a duration', WRITE);
  if (!Number.isFinite(seconds)) return bad('is not a finite number of seconds', WRITE);
  if (seconds < 1) return bad('is shorter than one second', WRITE);
  if (!Number.isInteger(seconds)) return bad('is not a whole number of seconds', WRITE);
  if (seconds > MAX_SECONDS) return bad(`is longer than ${MAX_SECONDS} seconds (68 years)`);
  return good(seconds);
}

/** The shortest form that parses back: 5400 is `1h30m`. */
export function formatDuration(seconds: number): string {
  let rest = seconds;
  let text = '';
  for (const [unit, size] of Object.entries(unitSeconds)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

function sumUnits(text: string): number | undefined {
  const number = '(\\d+(?:\\.\\d+)?)';
  const match = new RegExp(`^(?:${number}d)?(?:${number}h)?(?:${number}m)?(?:${number}s)?$`).exec(text);
  if (match === null || text === '') return undefined;
  const sum = Object.values(unitSeconds).reduce(
    (total, size, index) => total + Number(match[index + 1] ?? 0) * size,
    0,
  );
  // To the microsecond, so that 0.1h is not 359.99999999999994 seconds.
  return Math.round(sum * 1e6) / 1e6;
}
