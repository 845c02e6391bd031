import { bad, good, type Parsed } from './parsed.ts';

/** The number of `5%` or `0.1%`: above or equal to 0, at most 100. */
export function parsePercent(text: string): Parsed<number> {
  const digits = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  if (digits === undefined) return bad('is not a percentage', 'Write it as "5%".');
  const percent = Number(digits);
  return percent > 100 ? bad('is more than 100%') : good(percent);
}
