import { describe, expect, test } from 'vitest';
import { SUCCEEDED } from '../../src/runner/failure.ts';
import { anEdge, aPipeline, aTable, aTask } from '../rig/ir.ts';
import { conduct, inFolder, statuses } from './rig/conduct.ts';
import { exitCode, FakeEngine, type Play } from './rig/fake-engine.ts';
import { runHere, shell } from './rig/run-here.ts';

/** `bad` fails when `long` runs; `long` would run for ever, unless the file `short` is there. */
const tasks = [
  shell('long', ': > up; [ -f short ] || exec sleep 1000'),
  shell('bad', 'until [ -f up ]; do sleep 0.02; done; [ "$ITEM" = a ] || [ -f short ]', {
    forEach: aTable(['a', 'b']),
    maxRunning: 1, // so that `a` is done when `b` fails
  }),
  shell('later', 'true', { after: [anEdge('long')] }),
  shell('tidy', ': > short; echo tidied', { phase: 'exit' }),
];

describe('fail fast', () => {
  test('a failure ends the other main tasks; logs say why; exit tasks run; what was stopped runs again', async () => {
    await inFolder(async (root) => {
      const { exitCode, summary, file } = await runHere(root, tasks, { failFast: true });
      expect(exitCode).toBe(1);
      expect(statuses(summary!)).toEqual({ long: 'failed', bad: 'failed', later: 'neverRan', tidy: 'succeeded' });
      const reason = 'stopped because item "b" of task "bad" had failed (--fail-fast)';
      expect(await file('long/main.err')).toBe(`podloom: ${reason}\n`);
      expect(summary!.tasks.map((task) => task.reason)).toEqual([reason, reason, reason, undefined]);
      expect(await file('bad/b.err')).toBe('podloom: exit code 1\n');
      expect(await file('tidy/main.log')).toBe('tidied\n');

      const again = await runHere(root, tasks);
      expect(again.exitCode).toBe(0);
      expect(again.summary!.tasks.map(({ succeeded, kept }) => [succeeded, kept])).toEqual([
        [1, 0],
        [1, 1],
        [1, 0],
        [0, 1],
      ]);
    });
  });

  test('an item that its task may lose ends nothing', async () => {
    const play: Play = (_, unit) => (unit === 0 ? exitCode(1) : SUCCEEDED);
    const lossy = aTask({ name: 'a', forEach: aTable(['x', 'y']), maxFailed: { kind: 'count', count: 1 } });
    const { summary } = await failFast(
      [lossy, aTask({ name: 'b', after: [anEdge('a')], forEach: aTable(['x', 'y']) })],
      play,
    );
    expect(statuses(summary)).toEqual({ a: 'succeeded', b: 'failed' });
  });

  test('a task that fails without an item ends the others too', async () => {
    const when = {
      kind: 'reference',
      reference: { kind: 'output', task: 'none', output: 'x' },
      type: 'boolean',
    } as const;
    const { summary } = await failFast([aTask({ name: 'hangs' }), aTask({ name: 'a', when })], () => 'hang');
    expect(summary.tasks[0]).toMatchObject({
      status: 'failed',
      reason: 'stopped because task "a" had failed (--fail-fast)',
    });
  });

  test('a failed exit task ends no other one', async () => {
    const exit = (name: string) => aTask({ name, phase: 'exit' });
    const play: Play = (task) => (task === 'a' ? exitCode(1) : SUCCEEDED);
    const { summary } = await failFast([aTask({ name: 'main' }), exit('a'), exit('b')], play);
    expect(statuses(summary)).toEqual({ main: 'succeeded', a: 'failed', b: 'succeeded' });
  });
});

function failFast(all: readonly ReturnType<typeof aTask>[], play: Play) {
  return inFolder(async (folder) => {
    const engine = new FakeEngine(play);
    const summary = await conduct(aPipeline({ tasks: all }), engine, { folder, failFast: true }).summary;
    return { engine, summary };
  });
}
