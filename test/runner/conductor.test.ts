import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EdgeCondition, Task } from '../../src/ir/task.ts';
import { failed, SUCCEEDED } from '../../src/runner/failure.ts';
import { anEdge, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';
import { conduct, inFolder, statuses } from './rig/conduct.ts';
import { exitCode, FakeEngine, type Play } from './rig/fake-engine.ts';
import { until } from './rig/manual-clock.ts';

const retries = (limit: number, more: Partial<Task['retries']> = {}): Task['retries'] => ({
  limit,
  on: ['failed', 'infrastructure'],
  exceptExitCodes: [],
  ...more,
});

/** Runs tasks to their end; what started, and how each task ended. */
function run(tasks: readonly Task[], play?: Play, options: { maxRunning?: number } = {}) {
  return inFolder(async (folder) => {
    const engine = new FakeEngine(play);
    const summary = await conduct(aPipeline({ tasks }), engine, { folder, ...options }).summary;
    return { engine, summary, started: engine.started, statuses: statuses(summary) };
  });
}

describe('order', () => {
  test('tasks run after those they come after, exit tasks last', async () => {
    const { started, summary } = await run([
      aTask({ name: 'end', phase: 'exit' }),
      aTask({ name: 'c', after: [anEdge('a'), anEdge('b')] }),
      aTask({ name: 'b', after: [anEdge('a')] }),
      aTask({ name: 'a' }),
    ]);
    expect(started).toEqual(['a/0', 'b/0', 'c/0', 'end/0']);
    expect(summary.status).toBe('succeeded');
  });

  test('a pipeline without tasks succeeds', async () => {
    expect((await run([])).summary).toMatchObject({ status: 'succeeded', tasks: [] });
  });

  test('exit tasks run after a failure, in their own order', async () => {
    const { started, summary } = await run(
      [
        aTask({ name: 'a' }),
        aTask({ name: 'b', after: [anEdge('a')] }),
        aTask({ name: 'tidy', phase: 'exit' }),
        aTask({ name: 'tell', phase: 'exit', after: [anEdge('tidy'), anEdge('a', 'failed')] }),
      ],
      (task) => (task === 'a' ? exitCode(1) : SUCCEEDED),
    );
    expect(started).toEqual(['a/0', 'tidy/0', 'tell/0']);
    expect(statuses(summary)).toEqual({ a: 'failed', b: 'neverRan', tidy: 'succeeded', tell: 'succeeded' });
    expect(summary.status).toBe('failed');
    expect(summary.tasks[1]!.reason).toBe('it needs "a" succeeded, and that was failed');
  });

  test('tasks that wait for each other never run', async () => {
    const { statuses } = await run([
      aTask({ name: 'a', after: [anEdge('b')] }),
      aTask({ name: 'b', after: [anEdge('a')] }),
      aTask({ name: 'c' }),
    ]);
    expect(statuses).toEqual({ a: 'neverRan', b: 'neverRan', c: 'succeeded' });
  });
});

describe('conditions', () => {
  /** How the upstream task `up` ends: all of its 2 items succeed, one fails, all fail, its `when` skips it, it never runs. */
  const upstream = {
    succeeded: { fails: [] as number[] },
    someFailed: { fails: [1] },
    tolerated: { fails: [1], maxFailed: 1 },
    allFailed: { fails: [0, 1] },
    skipped: { fails: [], skipped: true },
    neverRan: { fails: [], neverRan: true },
  };
  const table: { [on in EdgeCondition]: readonly (keyof typeof upstream)[] } = {
    succeeded: ['succeeded', 'tolerated', 'skipped'],
    failed: ['someFailed', 'allFailed'],
    completed: ['succeeded', 'someFailed', 'tolerated', 'allFailed', 'skipped', 'neverRan'],
    anySucceeded: ['succeeded', 'someFailed', 'tolerated'],
    allFailed: ['allFailed'],
    itemwise: ['succeeded', 'someFailed', 'tolerated', 'allFailed', 'skipped'],
  };
  for (const on of Object.keys(table) as EdgeCondition[]) {
    for (const [name, how] of Object.entries(upstream)) {
      const runs = table[on].includes(name as keyof typeof upstream);
      test(`${on} after ${name}: ${runs ? 'runs' : 'never runs'}`, async () => {
        const { fails, ...rest } = how as { fails: number[]; maxFailed?: number; skipped?: true; neverRan?: true };
        const { statuses } = await run(
          [
            aTask({ name: 'bad' }),
            aTask({
              name: 'up',
              forEach: aRange(2),
              after: rest.neverRan ? [anEdge('bad')] : [],
              when: rest.skipped ? { kind: 'literal', value: false } : undefined,
              maxFailed: rest.maxFailed === undefined ? undefined : { kind: 'count', count: rest.maxFailed },
            }),
            aTask({ name: 'down', forEach: on === 'itemwise' ? aRange(2) : undefined, after: [anEdge('up', on)] }),
          ],
          (task, unit) => (task === 'bad' || (task === 'up' && fails.includes(unit)) ? exitCode(1) : SUCCEEDED),
        );
        const down = statuses['down'];
        expect(down === 'succeeded' || down === 'failed').toBe(runs);
      });
    }
  }

  test('when: parameters, outputs and the outcome of the run', async () => {
    const when = (
      reference: { kind: 'parameter'; parameter: string } | { kind: 'status' },
      value: string | number,
    ) => ({
      kind: 'compare' as const,
      operator: '==' as const,
      left: { kind: 'reference' as const, reference, type: typeof value as 'string' | 'number' },
      right: { kind: 'literal' as const, value },
    });
    await inFolder(async (folder) => {
      const tasks = [
        aTask({ name: 'yes', when: when({ kind: 'parameter', parameter: 'n' }, 3) }),
        aTask({ name: 'no', when: when({ kind: 'parameter', parameter: 'n' }, 4) }),
        aTask({ name: 'good', phase: 'exit', when: when({ kind: 'status' }, 'Succeeded') }),
        aTask({ name: 'bad', phase: 'exit', when: when({ kind: 'status' }, 'Failed') }),
      ];
      const run = conduct(aPipeline({ tasks }), new FakeEngine(), { folder, parameters: { n: 3 } });
      expect(statuses(await run.summary)).toEqual({
        yes: 'succeeded',
        no: 'skipped',
        good: 'succeeded',
        bad: 'skipped',
      });
    });
  });
});

describe('the window', () => {
  test.each([1, 3, 7])('fills up to %i and no further', async (maxRunning) => {
    await inFolder(async (folder) => {
      const pipeline = aPipeline({ tasks: [aTask({ name: 'a', forEach: aRange(30) })] });
      const engine = new FakeEngine(() => 'hang');
      const { conductor, summary } = conduct(pipeline, engine, { folder, maxRunning });
      await until(() => engine.started.length === maxRunning);
      conductor.interrupt();
      await summary;
      expect(engine.started).toHaveLength(maxRunning);
    });
    const { engine } = await run([aTask({ name: 'a', forEach: aRange(30) })], undefined, { maxRunning });
    expect(engine.mostAtOnce).toBeLessThanOrEqual(maxRunning);
    expect(engine.started).toHaveLength(30);
  });

  test("a task's own bound leaves room for others", async () => {
    const tasks = [
      aTask({ name: 'a', forEach: aRange(4), maxRunning: 1 }),
      aTask({ name: 'b', forEach: aRange(2), maxRunning: 2 }),
    ];
    await inFolder(async (folder) => {
      const engine = new FakeEngine(() => 'hang');
      const { conductor, summary } = conduct(aPipeline({ tasks }), engine, { folder, maxRunning: 9 });
      await until(() => engine.started.length === 3);
      expect([...engine.started].sort()).toEqual(['a/0', 'b/0', 'b/1']);
      conductor.interrupt();
      expect((await summary).status).toBe('interrupted');
    });
  });
});

describe('failures', () => {
  test('all items run although some fail; more failures than allowed fail the task', async () => {
    const play: Play = (_, unit) => (unit < 2 ? exitCode(1) : SUCCEEDED);
    const { summary } = await run([aTask({ name: 'a', forEach: aRange(5) })], play);
    expect(summary.tasks[0]).toMatchObject({ status: 'failed', succeeded: 3, failed: 2, open: 0 });
  });

  test('with maxFailed, the failure that is too many starts nothing more', async () => {
    const task = aTask({ name: 'a', forEach: aRange(50), maxFailed: { kind: 'percent', percent: 5 } });
    const { summary, started } = await run([task], () => exitCode(1), { maxRunning: 1 });
    expect(started).toHaveLength(3);
    expect(summary.tasks[0]).toMatchObject({ status: 'failed', failed: 3, open: 47 });
  });

  test('tolerated failures: the task succeeds, the run still says that an item failed', async () => {
    const task = aTask({ name: 'a', forEach: aRange(20), maxFailed: { kind: 'percent', percent: 5 } });
    const { summary } = await run([task], (_, unit) => (unit === 3 ? exitCode(1) : SUCCEEDED));
    expect(summary.tasks[0]).toMatchObject({ status: 'succeeded', failed: 1 });
    expect(summary.status).toBe('failed');
  });

  test('retries until it works, at most so often', async () => {
    const works = await run([aTask({ name: 'a', retries: retries(2) })], (_, __, n) =>
      n < 3 ? exitCode(1) : SUCCEEDED,
    );
    expect(works.started).toEqual(['a/0', 'a/0#2', 'a/0#3']);
    expect(works.summary.status).toBe('succeeded');
    const never = await run([aTask({ name: 'a', retries: retries(2) })], () => exitCode(1));
    expect(never.started).toHaveLength(3);
    expect(never.summary.status).toBe('failed');
  });

  test.each<[string, Partial<Task['retries']>, ReturnType<Play>, number]>([
    ['an exit code that is excepted', { exceptExitCodes: [3] }, exitCode(3), 1],
    ['a signal whose code is excepted', { exceptExitCodes: [137] }, failed({ kind: 'signal', signal: 'SIGKILL' }), 1],
    ['a program when only infrastructure is retried', { on: ['infrastructure'] }, exitCode(1), 1],
    [
      'infrastructure when only that is retried',
      { on: ['infrastructure'] },
      failed({ kind: 'start', problem: 'x' }),
      3,
    ],
    ['a timeout', {}, failed({ kind: 'timeout', seconds: 1 }), 3],
    ['a missing output', {}, failed({ kind: 'output', output: 'x', problem: 'x' }), 3],
  ])('attempts for %s', async (_, more, outcome, attempts) => {
    const { started } = await run([aTask({ name: 'a', retries: retries(2, more) })], () => outcome);
    expect(started).toHaveLength(attempts);
  });

  test('backoff grows up to its cap and keeps no place in the window', async () => {
    await inFolder(async (folder) => {
      const backoff = { seconds: 10, factor: 3, capSeconds: 60 };
      const tasks = [aTask({ name: 'a', retries: retries(3, { backoff }) }), aTask({ name: 'b', forEach: aRange(3) })];
      const engine = new FakeEngine((task) => (task === 'a' ? exitCode(1) : SUCCEEDED));
      const { clock, summary } = conduct(aPipeline({ tasks }), engine, { folder, maxRunning: 1 });
      for (const [attempt, seconds] of [10, 30, 60].entries()) {
        await until(() => clock.pending.length === 1 && engine.started.length === 4 + attempt);
        expect(clock.pending).toEqual([seconds * 1000]);
        clock.advance(seconds * 1000 - 1);
        expect(clock.pending).toEqual([1]);
        clock.advance(1);
      }
      expect((await summary).tasks[0]).toMatchObject({ status: 'failed', failed: 1 });
      // Which task comes first is not said; that all of b ran while a waited is.
      expect(engine.started.slice(0, 4).sort()).toEqual(['a/0', 'b/0', 'b/1', 'b/2']);
      expect(engine.started.slice(4)).toEqual(['a/0#2', 'a/0#3', 'a/0#4']);
    });
  });

  test('logs of earlier attempts are kept apart', async () => {
    await inFolder(async (folder) => {
      const tasks = [aTask({ name: 'a', retries: retries(2) })];
      const engine = new FakeEngine((_, __, n) => (n < 3 ? exitCode(n) : SUCCEEDED));
      await conduct(aPipeline({ tasks }), engine, { folder }).summary;
      const read = (name: string): Promise<string> => readFile(join(folder, 'run/a', name), 'utf8');
      expect(await read('attempts/main.1.err')).toBe('output of a\npodloom: exit code 1\n');
      expect(await read('attempts/main.2.err')).toBe('output of a\npodloom: exit code 2\n');
      expect(await read('main.log')).toBe('output of a\n');
      await expect(read('main.err')).rejects.toThrow('ENOENT');
    });
  });
});

describe('deadlines', () => {
  test("a task's deadline ends its items; exit tasks run all the same", async () => {
    await inFolder(async (folder) => {
      const tasks = [
        aTask({ name: 'a', forEach: aRange(5), deadlineSeconds: 60, retries: retries(5) }),
        aTask({ name: 'end', phase: 'exit' }),
      ];
      const engine = new FakeEngine((task) => (task === 'a' ? 'hang' : SUCCEEDED));
      const { clock, summary } = conduct(aPipeline({ tasks }), engine, { folder, maxRunning: 2 });
      await until(() => engine.started.length === 2);
      clock.advance(60_000);
      const [a, end] = (await summary).tasks;
      expect(a).toMatchObject({
        status: 'failed',
        failed: 2,
        open: 3,
        reason: "stopped at the task's deadline of 60 s",
      });
      expect(end!.status).toBe('succeeded');
    });
  });

  test("the pipeline's deadline ends and starts no main task, but exit tasks run", async () => {
    await inFolder(async (folder) => {
      const tasks = [
        aTask({ name: 'a' }),
        aTask({ name: 'b', after: [anEdge('a', 'completed')] }),
        aTask({ name: 'end', phase: 'exit' }),
      ];
      const engine = new FakeEngine((task) => (task === 'a' ? 'hang' : SUCCEEDED));
      const { clock, summary } = conduct(aPipeline({ tasks, deadlineSeconds: 60 }), engine, { folder });
      await until(() => engine.started.length === 1);
      clock.advance(60_000);
      expect(statuses(await summary)).toEqual({ a: 'failed', b: 'neverRan', end: 'succeeded' });
    });
  });
});

describe('itemwise', () => {
  test('an item starts when its own upstream item is done; one that failed takes it along', async () => {
    const tasks = [
      aTask({ name: 'a', forEach: aRange(4), maxRunning: 1 }),
      aTask({ name: 'b', forEach: aRange(4), after: [anEdge('a', 'itemwise')] }),
    ];
    const play: Play = (task, unit) => (task === 'a' && unit === 1 ? exitCode(1) : SUCCEEDED);
    const { started, summary } = await run(tasks, play);
    expect(started.indexOf('b/0')).toBeLessThan(started.indexOf('a/3'));
    expect(started).not.toContain('b/1');
    expect(summary.tasks[1]).toMatchObject({ status: 'failed', succeeded: 3, failed: 1 });
  });

  test('several upstream tasks: all of their items must be done', async () => {
    const each = (name: string, after: readonly string[]): Task =>
      aTask({ name, forEach: aRange(3), after: after.map((task) => anEdge(task, 'itemwise')) });
    const { started, statuses } = await run([each('a', []), each('b', ['a']), each('c', ['a', 'b'])]);
    for (const unit of [0, 1, 2]) {
      expect(started.indexOf(`b/${unit}`)).toBeGreaterThan(started.indexOf(`a/${unit}`));
      expect(started.indexOf(`c/${unit}`)).toBeGreaterThan(started.indexOf(`b/${unit}`));
    }
    expect(statuses).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
  });
});

describe('lists made at run time', () => {
  const source = aTask({ name: 'find' });
  const shape = { kind: 'scalar' } as const;
  const each = aTask({
    name: 'each',
    after: [anEdge('find')],
    forEach: { items: { kind: 'output', task: 'find', output: 'files', shape }, batch: 1, itemsPerPod: 1 },
  });

  test.each([
    [['x', 'y', 'z'], { status: 'succeeded', total: 3 }],
    [[], { status: 'succeeded', total: 0 }],
    [['x', 'x'], { status: 'failed', reason: 'its list has the item "x" twice' }],
  ])('%j', async (items, expected) => {
    await inFolder(async (folder) => {
      const engine = new FakeEngine();
      engine.outputs = { find: { files: { kind: 'list', items } } };
      const { summary } = conduct(aPipeline({ tasks: [source, each] }), engine, { folder });
      expect((await summary).tasks[1]).toMatchObject(expected);
    });
  });

  test('a list that was never made fails the task', async () => {
    const { summary } = await run([source, each]);
    expect(summary.tasks[1]).toMatchObject({
      status: 'failed',
      reason: 'task "find" has not put out the list "files"',
    });
  });
});

describe('the next run', () => {
  const items = ['a', 'b', 'c'];
  const tasks = [
    aTask({ name: 'map', forEach: aTable(items) }),
    aTask({ name: 'reduce', after: [anEdge('map')] }),
    aTask({ name: 'single', forEach: aTable(items), after: [anEdge('map', 'itemwise')] }),
  ];

  async function twice(first: Play, options: { rerun?: string } = {}, secondTasks = tasks): Promise<string[]> {
    return inFolder(async (folder) => {
      await conduct(aPipeline({ tasks }), new FakeEngine(first), { folder }).summary;
      const engine = new FakeEngine();
      const { summary } = conduct(aPipeline({ tasks: secondTasks }), engine, { folder, ...options });
      expect((await summary).status).toBe('succeeded');
      return engine.started.sort();
    });
  }

  test('skips what is done', async () => {
    expect(await twice(() => SUCCEEDED)).toEqual([]);
  });
  test('runs what failed, and what never ran', async () => {
    const fails: Play = (task, unit) => (task === 'map' && unit === 1 ? exitCode(1) : SUCCEEDED);
    expect(await twice(fails)).toEqual(['map/1', 'reduce/0', 'single/1']);
  });
  test('all', async () => {
    expect(await twice(() => SUCCEEDED, { rerun: 'all' })).toHaveLength(7);
  });
  test('one item, and what follows from it', async () => {
    expect(await twice(() => SUCCEEDED, { rerun: 'map/c' })).toEqual(['map/2', 'reduce/0', 'single/2']);
  });
  test('a new item makes the reduction new', async () => {
    const more = [aTask({ name: 'map', forEach: aTable([...items, 'd']) }), tasks[1]!];
    expect(await twice(() => SUCCEEDED, {}, more)).toEqual(['map/3', 'reduce/0']);
  });
});

describe('interrupt', () => {
  test('ends what runs, starts nothing, leaves items to the next run', async () => {
    await inFolder(async (folder) => {
      const tasks = [
        aTask({ name: 'a', forEach: aRange(6), retries: retries(9) }),
        aTask({ name: 'b', after: [anEdge('a', 'completed')] }),
        aTask({ name: 'end', phase: 'exit' }),
      ];
      const engine = new FakeEngine((_, unit) => (unit < 2 ? SUCCEEDED : 'hang'));
      const { conductor, summary, events } = conduct(aPipeline({ tasks }), engine, { folder, maxRunning: 2 });
      await until(() => engine.started.length === 4);
      conductor.interrupt();
      const result = await summary;
      expect(result.status).toBe('interrupted');
      expect(statuses(result)).toEqual({ a: 'interrupted', b: 'interrupted', end: 'interrupted' });
      expect(result.tasks[0]).toMatchObject({ succeeded: 2, failed: 0, open: 4 });
      expect(events.filter(({ kind }) => kind === 'interrupted')).toHaveLength(1);
      const again = new FakeEngine();
      await conduct(aPipeline({ tasks }), again, { folder }).summary;
      // Two run at once: which of them comes first is not said.
      expect(again.started.slice(0, 4).sort()).toEqual(['a/2', 'a/3', 'a/4', 'a/5']);
      expect(again.started.slice(4)).toEqual(['b/0', 'end/0']);
    });
  });
});
