import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/runner/event.ts';
import { JsonLinesReporter } from '../../src/runner/reporters/json-lines.ts';
import { LinesReporter } from '../../src/runner/reporters/lines.ts';
import { ProgressReporter } from '../../src/runner/reporters/progress.ts';
import { ManualClock } from './rig/manual-clock.ts';

const origin = { location: { file: '/p/pipelines/x.ts', line: 7, column: 3 }, callers: [], path: 'x/map' };
const id = { task: 'map', item: 'a', index: 0 };
const summary = {
  name: 'map',
  status: 'failed',
  total: 3,
  succeeded: 1,
  kept: 1,
  failed: 1,
  open: 0,
  started: 0,
  ended: 65_000,
} as const;
const failure: RunEvent = {
  ...{ kind: 'item-failed', time: 9, started: 1, attempt: 2, ...id, log: '/p/runs/x/map/a.err' },
  ...{ failure: { kind: 'exit', code: 3 }, tail: ['last \x1b[31mwords'] },
};
const events: RunEvent[] = [
  { kind: 'run-started', time: 0, run: 'x', pipeline: 'x', folder: '/p/runs/x', tasks: [{ name: 'map', origin }] },
  { kind: 'task-started', time: 0, task: 'map', total: 3 },
  { kind: 'items-kept', time: 0, task: 'map', count: 1 },
  { kind: 'item-started', time: 1, ...id, attempt: 2 },
  { kind: 'item-started', time: 1, task: 'map', item: 'b', index: 1, attempt: 1 },
];
const ending: RunEvent[] = [
  failure,
  {
    kind: 'item-succeeded',
    time: 9,
    started: 1,
    attempt: 1,
    task: 'map',
    item: 'b',
    index: 1,
    log: '/p/runs/x/map/b.log',
  },
  { kind: 'task-ended', time: 65_000, task: 'map', summary },
  {
    kind: 'run-ended',
    time: 65_000,
    summary: { run: 'x', pipeline: 'x', status: 'failed', tasks: [summary], started: 0, ended: 65_000 },
  },
];
const failureLines = [
  'FAILED map/a: exit code 3 (attempt 2)',
  '       | last \\x1b[31mwords',
  '       log: runs/x/map/a.err',
  '       task: pipelines/x.ts:7:3',
  '       again: podloom run x --local --rerun map/a',
];
const lastLines = [
  'map: failed, 2 of 3 done, 1 of them before, 1 failed, 1 min 5 s',
  'run x: failed in 1 min 5 s',
  'run again what failed with: podloom run x --local',
];
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

function recorder() {
  const written: string[] = [];
  const options = { write: (text: string) => void written.push(text), root: '/p', command: 'podloom run x --local' };
  return { written, clock: new ManualClock(), options };
}

test('lines: what ended and failed, with a sign of life', () => {
  const { written, clock, options } = recorder();
  const reporter = new LinesReporter({ ...options, clock });
  for (const event of events) reporter.handle(event);
  clock.advance(30_000);
  for (const event of ending) reporter.handle(event);
  const first = ['run x: 1 task, logs in runs/x', '... map | 1/3 done, 2 running'];
  expect(written.join('')).toBe(text([...first, ...failureLines, ...lastLines]));
  expect(clock.pending).toEqual([]);
});

test('progress: lines that stay above one region that is drawn anew', () => {
  const { written, clock, options } = recorder();
  const reporter = new ProgressReporter({ ...options, clock, columns: () => 20 });
  for (const event of events) reporter.handle(event);
  clock.advance(100);
  expect(written).toEqual(['run x: 1 task, logs in runs/x\n', 'map | 1/3 done, 2 r\n']);
  reporter.handle(failure);
  expect(written[2]).toBe(`\r\x1b[1A\x1b[J${text([...failureLines, 'map | 1/3 done, 1 r'])}`);
  for (const event of ending.slice(1)) reporter.handle(event);
  reporter.close();
  expect(written.slice(3)).toEqual([`\r\x1b[1A\x1b[J${text(lastLines.slice(0, 1))}`, text(lastLines.slice(1)), '']);
  expect(clock.pending).toEqual([]);
});

test('JSON lines: the events as they are', () => {
  const { written, options } = recorder();
  const reporter = new JsonLinesReporter(options.write);
  for (const event of [...events, ...ending]) reporter.handle(event);
  expect(written.map((line) => JSON.parse(line))).toEqual([...events, ...ending]);
});
