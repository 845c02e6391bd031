import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Task } from '../../src/ir/task.ts';
import { fingerprints } from '../../src/runner/fingerprint.ts';
import { unitsOf } from '../../src/runner/units.ts';
import { RunValues } from '../../src/runner/values.ts';
import { aContainer, anEdge, aPipeline, aTable, aTask } from '../rig/ir.ts';
import { inFolder } from './rig/conduct.ts';
import { runHere, shell } from './rig/run-here.ts';

/** Items that ran, by task. */
const ran = (events: readonly { readonly kind: string }[]): readonly string[] =>
  events
    .filter(({ kind }) => kind === 'item-succeeded')
    .map((event) => {
      const { task, item } = event as unknown as { task: string; item: string };
      return `${task}/${item}`;
    })
    .sort();

const echo = (name: string, items: readonly string[], text: string, more: Partial<Task> = {}): Task =>
  shell(name, `echo ${text}`, { forEach: aTable(items), ...more });

describe('--rerun changed', () => {
  test('runs what its task has changed for, and what comes after it; a warning says so before', async () => {
    await inFolder(async (root) => {
      const before = [
        echo('a', ['x', 'y'], 'one'),
        echo('b', ['x'], 'b'),
        echo('c', ['x'], 'c', { after: [anEdge('a')] }),
      ];
      const after = [echo('a', ['x', 'y'], 'two'), ...before.slice(1)];
      expect(ran((await runHere(root, before)).events)).toEqual(['a/x', 'a/y', 'b/x', 'c/x']);
      expect(ran((await runHere(root, before, { rerun: 'changed' })).events)).toEqual([]);
      const warned = await runHere(root, after);
      expect(ran(warned.events)).toEqual([]);
      expect(warned.diagnostics.map(({ code, message }) => [code, message])).toEqual([
        ['PL308', '2 done items of task "a" were made by another version of it'],
      ]);
      const changed = await runHere(root, after, { rerun: 'changed' });
      expect(ran(changed.events)).toEqual(['a/x', 'a/y', 'c/x']);
      expect(changed.diagnostics).toEqual([]);
      expect(await changed.file('a/x.log')).toBe('two\n');
      expect(ran((await runHere(root, after, { rerun: 'changed' })).events)).toEqual([]);
    });
  });

  test('an item that is put in front of others leaves them alone, unless the task uses numbers', async () => {
    await inFolder(async (root) => {
      await runHere(root, [echo('a', ['x', 'y'], 'one')]);
      const more = await runHere(root, [echo('a', ['new', 'x', 'y'], 'one')], { rerun: 'changed' });
      expect(ran(more.events)).toEqual(['a/new']);
    });
  });

  test('parameters that a task uses count, others do not', async () => {
    const parameters = [
      { name: 'used', type: 'number', default: 1 },
      { name: 'other', type: 'number', default: 1 },
    ] as const;
    const variables = [{ kind: 'text', name: 'USED', text: [{ kind: 'parameter', parameter: 'used' }] }] as const;
    const program = { kind: 'script', source: 'echo "$USED"', interpreter: ['sh', '-eu'], args: [] } as const;
    const container = aContainer({ program, environment: { variables, from: [] } });
    const pipeline = aPipeline({ parameters, tasks: [aTask({ name: 'a', container }), shell('b', 'true')] });
    await inFolder(async (root) => {
      await runHere(root, pipeline);
      const other = await runHere(root, pipeline, { rerun: 'changed', parameters: { other: '2' } });
      expect([ran(other.events), other.exitCode]).toEqual([[], 0]);
      const used = await runHere(root, pipeline, { rerun: 'changed', parameters: { used: '2', other: '2' } });
      expect(ran(used.events)).toEqual(['a/main']);
      expect(await used.file('a/main.log')).toBe('2\n');
    });
  });

  test('items that older versions of podloom have made run again, since nobody knows', async () => {
    await inFolder(async (root) => {
      await runHere(root, [echo('a', ['x'], 'one')]);
      const path = join(root, 'runs/example/attempts.jsonl');
      const text = await readFile(path, 'utf8');
      expect(text).toContain('"fingerprint":"');
      await writeFile(path, text.replace(/,"fingerprint":"[^"]*"/, ''));
      expect((await runHere(root, [echo('a', ['x'], 'one')])).diagnostics).toEqual([]);
      expect(ran((await runHere(root, [echo('a', ['x'], 'one')], { rerun: 'changed' })).events)).toEqual(['a/x']);
    });
  });

  /** What can be done to a task, and whether its items have to run again then. */
  const changes: { readonly [what: string]: readonly [boolean, (task: Task) => Task] } = {
    image: [true, (task) => ({ ...task, container: { ...task.container, image: 'busybox:2' } })],
    workingDir: [true, (task) => ({ ...task, container: { ...task.container, workingDir: '/elsewhere' } })],
    environment: [
      true,
      (task) => {
        const variables = [{ kind: 'text', name: 'A', text: ['b'] }] as const;
        return { ...task, container: { ...task.container, environment: { variables, from: [] } } };
      },
    ],
    cpu: [false, (task) => ({ ...task, cpu: { request: '2' } })],
    memory: [false, (task) => ({ ...task, memory: { limit: '2Gi' } })],
    retries: [false, (task) => ({ ...task, retries: { ...task.retries, limit: 3 } })],
    maxRunning: [false, (task) => ({ ...task, maxRunning: 1 })],
    timeout: [false, (task) => ({ ...task, timeoutSeconds: 60 })],
    nodeSelector: [false, (task) => ({ ...task, placement: { ...task.placement, nodeSelector: { a: 'b' } } })],
    labels: [false, (task) => ({ ...task, podLabels: { a: 'b' } })],
  };

  test.each(Object.entries(changes))('%s', (_what, [counts, edit]) => {
    const before = aTask({ name: 'a', forEach: aTable(['x', 'y']) });
    const of = (task: Task) =>
      [0, 1].map(fingerprints(task, unitsOf(task, undefined), new RunValues('run', new Map())));
    const [x, y] = of(before);
    expect(x).not.toBe(y);
    const now = of(edit(before));
    expect([now[0] === x, now[1] === y]).toEqual([!counts, !counts]);
  });
});
