import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ItemValue } from '../../src/ir/items.ts';
import type { Container, Task } from '../../src/ir/task.ts';
import type { Text } from '../../src/ir/text.ts';
import { fingerprints } from '../../src/runner/fingerprint.ts';
import { unitsOf } from '../../src/runner/units.ts';
import { RunValues } from '../../src/runner/values.ts';
import { aCommand, aContainer, anEdge, aPipeline, aTable, aTask } from '../rig/ir.ts';
import { inFolder } from './rig/conduct.ts';
import { runHere, shell } from './rig/run-here.ts';

const item = { kind: 'item' } as const;
const parameter = { kind: 'parameter', parameter: 'p' } as const;

/** `task/item` of all that ran, sorted. */
async function ran(root: string, tasks: readonly Task[], rerun?: string, p = 'x') {
  const parameters = [{ name: 'p', type: 'string', default: 'x' }] as never;
  const { events, diagnostics, exitCode } = await runHere(root, aPipeline({ tasks, parameters }), {
    rerun,
    parameters: { p },
  });
  const started = events.flatMap((event) => (event.kind === 'item-started' ? [`${event.task}/${event.item}`] : []));
  return { started: started.sort(), codes: diagnostics.map(({ code }) => code), diagnostics, exitCode };
}

const show = (name: string, values: readonly ItemValue[], text: Text = [item], more: Partial<Task> = {}): Task =>
  aTask({ name, forEach: aTable(values), container: aContainer({ program: aCommand('echo', text) }), ...more });

describe('--rerun changed', () => {
  test('runs what has changed, and no more', async () => {
    await inFolder(async (root) => {
      expect((await ran(root, [show('a', ['x', 'y']), show('b', ['x'])])).started).toHaveLength(3);
      expect((await ran(root, [show('a', ['x', 'y']), show('b', ['x'])], 'changed')).started).toEqual([]);
      // An item in front of others; the number counts only where it is used.
      expect((await ran(root, [show('a', ['w', 'x', 'y']), show('b', ['x'])], 'changed')).started).toEqual(['a/w']);
      const numbered: Text = [item, { kind: 'index' }];
      expect((await ran(root, [show('a', ['x', 'y'], numbered)], 'changed')).started).toEqual(['a/x', 'a/y']);
      expect((await ran(root, [show('a', ['y', 'x', 'z'], numbered)], 'changed')).started).toEqual([
        ...['a/x', 'a/y', 'a/z'],
      ]);
      // Downstream of what ran again is anew.
      const after = show('b', ['x'], [item], { after: [anEdge('a')] });
      expect((await ran(root, [show('a', ['x', 'y'], ['new ', item]), after], 'changed')).started).toEqual([
        ...['a/x', 'a/y', 'b/x'],
      ]);
    });
  });

  test('parameters and outputs count where they are used', async () => {
    await inFolder(async (root) => {
      const tasks = [show('a', ['x'], [item, parameter]), show('b', ['x'])];
      await ran(root, tasks);
      expect((await ran(root, tasks, undefined, 'y')).codes).toEqual(['PL304']);
      expect((await ran(root, tasks, 'changed', 'y')).started).toEqual(['a/x']);
      expect((await ran(root, tasks, 'changed', 'y')).started).toEqual([]);
    });
  });

  test('a list that was made anew counts item by item, unless the user wrote that the task comes after it', async () => {
    await inFolder(async (root) => {
      const lists = (items: readonly string[], cause: 'reference' | 'after'): Task[] => {
        const shape = { kind: 'scalar' } as const;
        const source = `printf '%s' '${JSON.stringify(items)}' > "$PODLOOM_OUTPUT_LIST"`;
        const edge = { ...anEdge('make'), cause };
        const forEach = { ...aTable([]), items: { kind: 'output', task: 'make', output: 'list', shape } as const };
        return [
          shell('make', source, { outputs: [{ kind: 'list', name: 'list', shape, maxItems: 9 }] }),
          show('each', [], [item], { forEach, after: [edge] }),
        ];
      };
      expect((await ran(root, lists(['x', 'y'], 'reference'))).started).toEqual(['each/x', 'each/y', 'make/main']);
      const news = await ran(root, lists(['w', 'x', 'y'], 'reference'), 'changed');
      expect(news.started).toEqual(['each/w', 'make/main']);
      expect((await ran(root, lists(['x'], 'after'), 'changed')).started).toEqual(['each/x', 'make/main']);
    });
  });

  test('by default done items stay, and it is told once of a task; nobody knows of older runs', async () => {
    await inFolder(async (root) => {
      await ran(root, [show('a', ['x', 'y']), show('b', ['x'])]);
      const { started, diagnostics } = await ran(root, [show('a', ['x', 'y'], ['n', item]), show('b', ['x'])]);
      expect(started).toEqual([]);
      expect(diagnostics).toMatchObject([
        {
          code: 'PL308',
          severity: 'warning',
          message: '2 done items of task "a" were made by another version of it',
          help: '--rerun changed runs them again',
        },
      ]);
      await writeFile(join(root, 'runs/example/attempts.jsonl'), '{"task":"a","item":"x"}\nhalf a li');
      expect((await ran(root, [show('a', ['x', 'y']), show('b', ['x'])])).codes).toEqual([]);
      expect((await ran(root, [show('a', ['x', 'y']), show('b', ['x'])], 'changed')).started).toHaveLength(3);
    });
  });

  test('batches and items in one pod', async () => {
    await inFolder(async (root) => {
      const batched = (values: readonly string[], itemsPerPod: number): Task =>
        show('a', values, [{ kind: 'batch', separator: ',' }], { forEach: aTable(values, { batch: 2, itemsPerPod }) });
      const first = await ran(root, [batched(['a', 'b', 'c', 'd'], 1)]);
      expect(first.started).toHaveLength(2);
      expect((await ran(root, [batched(['a', 'b', 'c', 'd'], 2)], 'changed')).started).toEqual([]);
      expect((await ran(root, [batched(['a', 'b', 'c', 'e'], 2)], 'changed')).started).toEqual([first.started[1]]);
    });
  });
});

const container = (change: Partial<Container>) => (task: Task) => ({
  ...task,
  container: { ...task.container, ...change },
});
const COUNT: readonly ((task: Task) => Task)[] = [
  container({ image: 'other:2' }),
  container({ workingDir: '/elsewhere' }),
  container({ program: aCommand('echo', 'else') }),
  container({ program: { kind: 'script', source: 'echo', interpreter: ['sh'], args: [] } }),
  container({ environment: { variables: [{ kind: 'text', name: 'A', text: ['b'] }], from: [] } }),
  (task) => ({ ...task, replicas: 3 }),
  (task) => ({ ...task, outputs: [{ kind: 'value', name: 'loss', type: 'number' }] }),
  (task) => ({ ...task, patches: { podSpec: { containers: [{ name: 'main', image: 'patched' }] } } }),
];
const SAY_NOTHING: readonly ((task: Task) => Task)[] = [
  (task) => ({ ...task, maxRunning: 3, maxFailed: { kind: 'count', count: 2 } }),
  (task) => ({ ...task, cpu: { request: '4' }, memory: { request: '8Gi' }, gpu: { count: 2 }, shm: '1Gi' }),
  (task) => ({ ...task, timeoutSeconds: 7, deadlineSeconds: 9, retries: { ...task.retries, limit: 9 } }),
  (task) => ({
    ...task,
    placement: { ...task.placement, spread: 'zones', priority: { kind: 'level', level: 'high' } },
  }),
  (task) => ({ ...task, podLabels: { a: 'b' }, podAnnotations: { a: 'b' }, after: [anEdge('other')] }),
  (task) => ({ ...task, patches: { podSpec: { nodeSelector: { a: 'b' }, containers: undefined as never } } }),
  container({ imagePullPolicy: 'Always' }),
];

test('a fingerprint says just what counts, whatever else changes beside it', () => {
  const values = new RunValues('run', new Map());
  const of = (task: Task): string => fingerprints(task, unitsOf(task, undefined), values)(0);
  const base = aTask({ name: 'a' });
  const some = (all: typeof COUNT) => fc.subarray([...all]);
  const apply = (changes: typeof COUNT): Task => changes.reduce((task, change) => change(task), base);
  fc.assert(
    fc.property(some(COUNT), some(SAY_NOTHING), (counting, silent) => {
      expect(of(apply([...silent, ...counting])) === of(base)).toBe(counting.length === 0);
      const readBack = JSON.parse(JSON.stringify(apply(counting))) as Task;
      expect(
        of({ ...readBack, container: Object.fromEntries(Object.entries(readBack.container).reverse()) as never }),
      ).toBe(of(apply(counting)));
    }),
  );
});
