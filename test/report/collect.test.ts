import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/report/model.ts';
import { readAttempts } from '../../src/report/read-attempts.ts';
import {
  countCauses,
  countItems,
  countRetries,
  durationsOf,
  gpuHours,
  slowestItems,
} from '../../src/report/statistics.ts';
import { reportOf } from './page.ts';
import { anAttempt, aPlan, aState, aSummary, inFolder, START, writeRun } from './rig.ts';

const failure = { kind: 'exit', code: 3 } as const;
const states = ({ tasks }: RunReport) =>
  tasks.map(
    ({ name, status, items }) => `${name} ${status}: ${items.map((item) => `${item.name} ${item.state}`).join(', ')}`,
  );

describe('what a folder says', () => {
  test('retries: the last attempt decides, and each log is where it is now', async () => {
    await inFolder(async (folder) => {
      const report = await reportOf(folder, {
        state: aState({ plan: [aPlan('a')], tasks: [aSummary('a', { status: 'failed' })] }),
        attempts: [
          anAttempt('a', 'x', { failure, log: 'a/x.err' }),
          anAttempt('a', 'x', { attempt: 2, failure }),
          anAttempt('a', 'x', { attempt: 3 }),
          anAttempt('a', 'y', { index: 1, failure }),
          anAttempt('a', 'y', { index: 1, attempt: 2, failure }),
          anAttempt('a', 'gone', { index: 2 }),
        ],
        files: { 'a/x.log': '', 'a/y.err': 'no\n', 'a/attempts/x.1.err': '', 'a/attempts/y.1.err': '' },
      });
      expect(states(report)).toEqual(['a failed: x succeeded, y failed, gone succeeded']);
      const logs = report.tasks[0]!.items.map(({ attempts }) => attempts.map(({ log }) => log));
      expect(logs).toEqual([['kept', 'none', 'log'], ['kept', 'err'], ['none']]);
      expect(report.failures.map(({ item, tail }) => [item.name, tail])).toEqual([['y', ['no']]]);
      expect(countRetries(report.tasks)).toBe(3);
      expect(countCauses(report.tasks)).toEqual([['exit code 3', 1]]);
    });
  });

  test('what runs now, as far as running.json knows, in a run that goes on', async () => {
    const attempts = [
      { ...anAttempt('a', 'x', { index: 0 }), ended: undefined, log: undefined, attempt: 2, started: START + 5000 },
      { task: 'a', item: 'z', index: 2, attempt: 1, queued: START + 100, started: START + 3000, node: 'n-1' },
      { task: 'a', item: 'damaged' },
    ];
    const made = {
      state: aState({ status: 'running' as const, ended: undefined, plan: [aPlan('a', [], { total: 4, gpus: 2 })] }),
      attempts: [anAttempt('a', 'x', { failure: { kind: 'exit', code: 1 } }), anAttempt('a', 'y', { index: 1 })],
      files: { 'running.json': JSON.stringify({ time: START + 9000, attempts }), 'run.lock': `${process.pid}\n` },
    };
    await inFolder(async (folder) => {
      const report = await reportOf(folder, made);
      expect(states(report)).toEqual(['a running: x running, y succeeded, z running']);
      const [x, , z] = report.tasks[0]!.items;
      expect(x!.attempts.map(({ number, cause, ended }) => [number, cause, ended - START])).toEqual([
        [1, 'exit code 1', 1000],
        [2, 'running', 9000],
      ]);
      expect(z!.attempts).toMatchObject([{ queued: START + 100, started: START + 3000, node: 'n-1', log: 'none' }]);
      expect(report.ended).toBe(START + 9000);
      expect(durationsOf(report.tasks[0]!)).toEqual({ median: 1000, longest: 1000 });
      // Its runner is gone: nobody knows whether anything runs.
      const gone = await reportOf(folder, { ...made, files: { ...made.files, 'run.lock': '999999999\n' } });
      expect(states(gone)).toEqual(['a stopped: x failed, y succeeded']);
    });
  });

  test('a run that goes on, and one whose runner is gone', async () => {
    const run = {
      state: aState({ status: 'running', ended: undefined, plan: [aPlan('a', [], { total: 4 }), aPlan('b', ['a'])] }),
      attempts: [anAttempt('a', 'x'), anAttempt('a', 'y', { index: 1, failure, ended: START + 9000 })],
      files: { 'a/x.log': '', 'a/y.part': '', 'a/z.part': '', 'a/attempts/y.1.err': '' },
    };
    await inFolder(async (folder) => {
      const report = await reportOf(folder, { ...run, files: { ...run.files, 'run.lock': `${process.pid}\n` } });
      expect(report.status).toBe('running');
      expect(states(report)).toEqual(['a running: x succeeded, y running, z running', 'b waiting: ']);
      expect(countItems(report.tasks[0]!)).toEqual({ total: 4, succeeded: 1, failed: 0, unfinished: 2, open: 1 });
      expect(report.ended).toBe(START + 9000);
    });
    await inFolder(async (folder) => {
      const report = await reportOf(folder, run);
      expect(report.status).toBe('stopped');
      expect(states(report)).toEqual(['a stopped: x succeeded, y stopped, z stopped', 'b waiting: ']);
    });
  });

  test('items that were done before anybody wrote it down', async () => {
    await inFolder(async (folder) => {
      const report = await reportOf(folder, {
        state: aState({ plan: [aPlan('a')], tasks: [aSummary('a', { total: 2, succeeded: 1, kept: 1 })] }),
        attempts: [anAttempt('a', 'new', { index: 1 })],
        files: { 'a/new.log': '', 'a/old.log': '' },
      });
      expect(states(report)).toEqual(['a succeeded: new succeeded, old succeeded']);
    });
  });

  test('a record without a plan has what its tasks say; a plan leaves out what is no task any more', async () => {
    const attempts = [anAttempt('a', 'main'), anAttempt('former', 'main')];
    await inFolder(async (folder) => {
      const report = await reportOf(folder, {
        state: aState({ tasks: [aSummary('a')], command: undefined }),
        attempts,
        files: {},
      });
      expect(report.tasks.map(({ name, status }) => `${name} ${status}`)).toEqual(['a succeeded', 'former stopped']);
      expect(report.command).toBe('podloom run example --local --run example');
    });
    await inFolder(async (folder) => {
      const report = await reportOf(folder, { state: aState({ plan: [aPlan('a')] }), attempts, files: {} });
      expect(report.tasks.map(({ name }) => name)).toEqual(['a']);
    });
  });

  test('waiting: what the engine says, else since the task began, if nothing gated the item', async () => {
    await inFolder(async (folder) => {
      const at = { started: START + 5000, ended: START + 6000 };
      const opened = { started: START + 2000 };
      const report = await reportOf(folder, {
        state: aState({
          plan: [aPlan('a'), aPlan('b', ['a:itemwise'])],
          tasks: [aSummary('a', opened), aSummary('b', opened)],
        }),
        attempts: [
          anAttempt('a', 'x', at),
          anAttempt('a', 'y', { ...at, index: 1, queued: START + 4000 }),
          anAttempt('a', 'z', { ...at, index: 2, attempt: 2 }),
          anAttempt('b', 'x', at),
        ],
        files: {},
      });
      const queued = report.tasks.flatMap(({ items }) => items.map(({ attempts }) => attempts[0]!.queued));
      expect(queued).toEqual([START + 2000, START + 4000, undefined, undefined]);
    });
  });

  test('GPU-hours, durations and the slowest', async () => {
    await inFolder(async (folder) => {
      const hour = 3_600_000;
      const report = await reportOf(folder, {
        state: aState({ plan: [aPlan('a', [], { gpus: 4 }), aPlan('b')] }),
        attempts: [
          anAttempt('a', 'x', { ended: START + hour, failure }),
          anAttempt('a', 'x', { attempt: 2, started: START + hour, ended: START + 1.5 * hour }),
          anAttempt('a', 'y', { index: 1, ended: START + 2 * hour, gpus: 1 }),
          anAttempt('b', 'main', { ended: START - 5 }),
        ],
        files: {},
      });
      expect(gpuHours(report.tasks)).toBe(4 * 1.5 + 2);
      expect(durationsOf(report.tasks[0]!)).toEqual({ median: 2 * hour, longest: 2 * hour });
      expect(slowestItems(report, 2).map(({ item }) => item.name)).toEqual(['y', 'x']);
      // A clock that was set back makes no negative times.
      expect(report.tasks[1]!.items[0]!.attempts[0]).toMatchObject({ started: START, ended: START });
    });
  });
});

describe('attempts.jsonl', () => {
  test('is read line by line; damaged lines are counted', async () => {
    await inFolder(async (folder) => {
      const good = JSON.stringify(anAttempt('a', 'x'));
      const lines = [
        good,
        '',
        '{"task":"a"}',
        'null',
        '[]',
        good.replace('"attempt":1', '"attempt":"1"'),
        good.replace(`"started":${START}`, '"started":-1'),
        good.replace('}', ',"failure":null}'),
        'y'.repeat(3_000_000),
        good,
        good.slice(0, 20),
      ];
      writeRun(folder, { state: aState(), attempts: [], files: { 'attempts.jsonl': lines.join('\n') } });
      let count = 0;
      const problem = await readAttempts(join(folder, 'attempts.jsonl'), () => count++);
      expect(count).toBe(2);
      expect(problem).toEqual({ damagedLines: 9, firstDamaged: 2 });
      expect(await readAttempts(join(folder, 'none'), () => {})).toMatchObject({ code: 'ENOENT' });
    });
  });
});
