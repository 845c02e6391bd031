import { captureOrigin } from '../../diagnostics/capture.ts';
import { computeItem, segmentSize } from '../../ir/item-values.ts';
import type { Segment } from '../../ir/items.ts';
import { fitsScript, LARGEST_NUMBER, parseBraces } from './braces.ts';
import { KnownItems, LISTED_LIMIT, tableOf } from './known-items.ts';
import { itemNumber, textProblem } from './normalize.ts';
import { type Callee, Problems } from './problem.ts';

/** Item numbers have at most nine digits, which any shell can count with. */
const MAX_COUNT = 999_999_999;
const MAX_PATTERN = 4096;

export function itemsFromBraces(pattern: string, below: Callee): KnownItems<string> {
  const call = `Items.braces(${JSON.stringify(pattern.length > 60 ? `${pattern.slice(0, 57)}...` : pattern)})`;
  const problems = new Problems(captureOrigin(below, call));
  const wrong = textProblem(pattern);
  if (wrong !== undefined) problems.add('PL042', { what: call, character: wrong.character });
  const tooLong = pattern.length > MAX_PATTERN;
  const segments = tooLong ? `the pattern has more than ${MAX_PATTERN} characters` : parseBraces(pattern);
  if (typeof segments === 'string') problems.add('PL049', { call, problem: segments });
  return computed<string>(typeof segments === 'string' ? [] : segments, call, false, problems);
}

export function itemsFromRange(
  start: number,
  end: number | undefined,
  step: number,
  below: Callee,
): KnownItems<number> {
  const [first, limit] = end === undefined ? [0, start] : [start, end];
  const call = `Items.range(${[start, ...(end === undefined ? [] : [end]), ...(step === 1 ? [] : [step])].join(', ')})`;
  const problems = new Problems(captureOrigin(below, call));
  if (![first, limit, step].every(Number.isFinite)) {
    problems.add('PL049', { call, problem: 'start, end and step have to be finite numbers' });
  } else if (step === 0) problems.add('PL049', { call, problem: 'the step is 0' });
  if (problems.list.length > 0) return computed<number>([], call, true, problems);
  // A hair below the quotient, so that 0.3 / 0.1 is three steps, not four.
  const count = Math.max(0, Math.ceil((limit - first) / step - 1e-9));
  if (count > MAX_COUNT) {
    problems.add('PL049', { call, problem: `${count} items are too many; at most ${MAX_COUNT} are` });
    return computed<number>([], call, true, problems);
  }
  const last = first + (count - 1) * step;
  if ([first, step, last].every((value) => Number.isInteger(value) && Math.abs(value) <= LARGEST_NUMBER)) {
    return computed<number>([{ kind: 'number', start: first + 0, step, count, width: 0 }], call, true, problems);
  }
  return listed(count, (index) => clean(first + index * step), call, problems);
}

/** 0.1 + 2 * 0.1 is 0.3, as a reader expects. */
function clean(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(15));
}

function computed<T>(
  segments: readonly Segment[],
  source: string,
  numbers: boolean,
  problems: Problems,
): KnownItems<T> {
  const count = segments.reduce((product, segment) => product * segmentSize(segment), 1);
  if (count > MAX_COUNT)
    problems.add('PL049', { call: source, problem: `${count} items are too many; at most ${MAX_COUNT} are` });
  if (problems.list.length > 0) {
    return new KnownItems<T>({ items: undefined, problems: problems.list, numbers, source });
  }
  if (!fitsScript(segments)) return listed(count, (index) => computeItem(segments, index), source, problems);
  const items = deepFreeze({ kind: 'computed' as const, count, segments, source });
  return new KnownItems<T>({ items, problems: [], numbers, source });
}

function listed<T>(
  count: number,
  itemOf: (index: number) => unknown,
  source: string,
  problems: Problems,
): KnownItems<T> {
  if (count > LISTED_LIMIT) {
    problems.add('PL049', {
      call: source,
      problem: `${count} items are too many to list; at most ${LISTED_LIMIT} are`,
    });
    return tableOf<T>([], source, itemNumber, problems);
  }
  return tableOf<T>(
    Array.from({ length: count }, (_, index) => itemOf(index)),
    source,
    itemNumber,
    problems,
  );
}

function deepFreeze<T extends object>(value: T): T {
  for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) deepFreeze(child);
  return Object.freeze(value);
}
