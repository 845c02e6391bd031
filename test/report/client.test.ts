import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, itemOf, outcomeOf, type RunData } from '../../src/report/client/data.ts';
import { LoadCurve } from '../../src/report/client/load-curve.ts';
import { Selection } from '../../src/report/client/selection.ts';
import { markText, stepFor } from '../../src/report/client/timeline-axis.ts';
import { Blocks } from '../../src/report/client/timeline-blocks.ts';
import { embed } from '../../src/report/embed.ts';
import type { ReportAttempt, ReportItem, RunReport } from '../../src/report/model.ts';

// What the page computes, without a page.

interface Times {
  readonly start: number;
  readonly length: number;
  readonly wait: number;
  readonly cause?: string | undefined;
}

/** One task; each row is an item with its attempts. */
function dataOf(rows: readonly (readonly Times[])[], names = (index: number) => `item-${index}`): RunData {
  const attemptOf = ({ start, length, wait, cause }: Times, index: number): ReportAttempt => ({
    ...{ number: index + 1, queued: wait < 0 ? undefined : start - wait, started: start, ended: start + length, cause },
    ...{ interrupted: false, node: undefined, gpus: 0, log: 'none' },
  });
  const items = rows.map((row, index): ReportItem => {
    const attempts = row.map(attemptOf);
    return { name: names(index), state: attempts.at(-1)?.cause === undefined ? 'succeeded' : 'failed', attempts };
  });
  const task = {
    name: 'task',
    phase: 'main',
    status: 'succeeded',
    after: [],
    items,
  } as unknown as RunReport['tasks'][0];
  return decode(embed({ status: 'succeeded', started: 0, ended: 1000, tasks: [task] } as unknown as RunReport, ''));
}

const times = fc.record({
  start: fc.integer({ min: 0, max: 200 }),
  length: fc.integer({ min: 0, max: 40 }),
  wait: fc.integer({ min: -1, max: 30 }),
  cause: fc.constantFrom(undefined, 'exit code 1'),
});
const rows = fc.array(fc.array(times, { maxLength: 3 }), { minLength: 1, maxLength: 60 });

test('what is embedded comes out again, and each attempt knows its item', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const data = dataOf(given);
      const from = data.run.from;
      given.forEach((row, item) => {
        const first = data.firstAttempt[item]!;
        expect(data.firstAttempt[item + 1]! - first).toBe(row.length);
        row.forEach(({ start, length, wait, cause }, index) => {
          const attempt = first + index;
          expect([data.start[attempt]! + from, data.length[attempt], data.wait[attempt]]).toEqual([
            start,
            length,
            wait,
          ]);
          expect(itemOf(data, attempt)).toBe(item);
          const failed = index + 1 < row.length ? 'retried' : 'failed';
          expect(outcomeOf(data, attempt)).toBe(cause === undefined ? 'succeeded' : failed);
        });
      });
    }),
  );
});

describe('the timeline', () => {
  test('lanes hold each attempt once, nothing at the same time as another, and are as few as can be', () => {
    fc.assert(
      fc.property(rows, (given) => {
        const all = given.flat().filter(({ length }) => length > 0);
        fc.pre(given.filter((row) => row.length > 0).length > 9);
        const data = dataOf(given.map((row) => row.filter(({ length }) => length > 0)));
        const [block] = new Blocks(data).all;
        if (block === undefined || block.open) return;
        expect(block.rows.flatMap((row) => [...row]).sort((a, b) => a - b)).toEqual(
          all.map((_attempt, index) => index),
        );
        for (const row of block.rows) {
          for (let at = 1; at < row.length; at++) {
            const before = row[at - 1]!;
            expect(data.start[row[at]!]).toBeGreaterThanOrEqual(data.start[before]! + data.length[before]!);
          }
        }
        expect(block.rows.length).toBe(new LoadCurve(data).mostRunning);
      }),
    );
  });

  test('an open block has a row for each item, of which those outside of the time are left out', () => {
    const data = dataOf(
      Array.from({ length: 20 }, (_item, index) => [{ start: 500 - index * 20, length: 10, wait: 5 }]),
    );
    const blocks = new Blocks(data);
    const block = blocks.all[0]!;
    expect([block.open, block.rows.length]).toEqual([false, 1]);
    blocks.toggle(block);
    expect(block.rows.map(([attempt]) => attempt)).toEqual(Array.from({ length: 20 }, (_item, index) => 19 - index));
    expect(block.height).toBe(20 * 14);
    const at = (time: number) => time - data.run.from;
    blocks.look(at(480), at(494));
    expect(block.rows.map(([attempt]) => attempt)).toEqual([1]);
    blocks.look(at(480), at(495));
    expect(block.rows.map(([attempt]) => attempt)).toEqual([1, 0]);
  });

  test('the curve counts what runs and waits at a moment', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: 250 }), (given, moment) => {
        const data = dataOf(given);
        const time = moment - data.run.from;
        const curve = new LoadCurve(data);
        const running = given.flat().filter(({ start, length }) => start <= moment && moment < start + length);
        const waiting = given.flat().filter(({ start, wait }) => wait > 0 && start - wait <= moment && moment < start);
        expect([curve.running(time), curve.waiting(time)]).toEqual([running.length, waiting.length]);
        expect(curve.running(time)).toBeLessThanOrEqual(curve.mostRunning);
        expect(curve.waiting(time)).toBeLessThanOrEqual(curve.mostWaiting);
      }),
    );
  });

  test('marks are in steps that people count in', () => {
    expect([1, 40, 1000, 200_000, 1e12].map((perPixel) => markText(stepFor(perPixel, 90)))).toEqual([
      '100 ms',
      '5 s',
      '2 min',
      '6 h',
      '500 d',
    ]);
    expect([0, 1250, -90_000, 90_061_000].map(markText)).toEqual(['0', '1 s 250 ms', '−1 min 30 s', '1 d 1 h 1 min']);
  });
});

describe('the table', () => {
  const query = { text: '', task: undefined, state: undefined, sort: 'state', descending: false } as const;
  const data = dataOf(
    [
      [{ start: 0, length: 5, wait: -1 }],
      [],
      [{ start: 2, length: 9, wait: 4, cause: 'Exit code 7' }],
      [
        { start: 1, length: 1, wait: 0, cause: 'x' },
        { start: 9, length: 7, wait: 2 },
      ],
    ],
    (index) => `${'cabd'[index]}${index}`,
  );
  const select = (more: Partial<Parameters<Selection['select']>[0]>) => [
    ...new Selection(data).select({ ...query, ...more }),
  ];

  test('sorts by every column, there and back, and what is not known comes last', () => {
    expect(select({})).toEqual([2, 0, 1, 3]);
    expect(select({ sort: 'item' })).toEqual([1, 2, 0, 3]);
    expect(select({ sort: 'item', descending: true })).toEqual([3, 0, 2, 1]);
    expect(select({ sort: 'ran' })).toEqual([0, 3, 2, 1]);
    expect(select({ sort: 'ran', descending: true })).toEqual([2, 3, 0, 1]);
    expect(select({ sort: 'waited' })).toEqual([3, 2, 0, 1]);
    expect(select({ sort: 'attempts', descending: true })).toEqual([3, 0, 2, 1]);
    expect(select({ sort: 'started' })).toEqual([0, 2, 3, 1]);
  });

  test('finds words in any case in names and causes of all attempts', () => {
    expect(select({ text: 'TASK/b' })).toEqual([2]);
    expect(select({ text: ' 7  exit ' })).toEqual([2]);
    expect(select({ text: 'x', state: 0 })).toEqual([3]);
    expect(select({ state: 1 })).toEqual([2]);
    expect(select({ task: 0, text: 'nothing' })).toEqual([]);
  });
});
