import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/diagnostics/collector.ts';
import type { Task } from '../../src/ir/task.ts';
import { argoItems, countChunks, jobsItems, supportsItems, tableChunks } from '../../src/targets/items/index.ts';
import { aCommand, aContainer, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';

const chunksOf = (task: Task) => tableChunks(aPipeline({ tasks: [task] }), task, jobsItems);
const shapeOf = (task: Task) => chunksOf(task).map(({ firstUnit, units, pods }) => [firstUnit, units, pods]);
const numbers = (count: number, length = 0) => Array.from({ length: count }, (_, n) => `${n}`.padStart(length, 'x'));

function problemsOf(task: Task, options = jobsItems): string[] {
  const diagnostics = new Collector();
  supportsItems(aPipeline({ tasks: [task] }), options, diagnostics);
  return diagnostics.sorted().map(({ code, message }) => `${code} ${message}`);
}

describe('tables', () => {
  it('have 64 units a key, beside the script', () => {
    const [chunk] = chunksOf(aTask({ forEach: aTable(numbers(130)) }));
    expect(chunk?.configMaps.map(({ data }) => Object.keys(data))).toEqual([['0', '1', '2', 'run']]);
    expect(chunk?.configMaps[0]?.data['2']).toBe(
      'case $podloom_i in\n128) ITEM=128;;\n129) ITEM=129;;\n*) podloom_missing;;\nesac\n',
    );
    expect(chunk?.configMaps[0]?.name).toMatch(/^example-task-[0-9a-f]{8}$/);
  });

  it('are none for computed items, whose chunks share the script', () => {
    const chunks = chunksOf(aTask({ forEach: aRange(25_000) }));
    expect(chunks.map(({ firstUnit, units, pods }) => [firstUnit, units, pods])).toEqual([
      [0, 10_000, 10_000],
      [10_000, 10_000, 10_000],
      [20_000, 5_000, 5_000],
    ]);
    expect(new Set(chunks.flatMap(({ configMaps }) => configMaps.map(({ name }) => name))).size).toBe(1);
    expect(Object.keys(chunks[0]?.configMaps[0]?.data ?? {})).toEqual(['run']);
  });

  it('are cut at 10,000 pods, at whole pods', () => {
    expect(shapeOf(aTask({ forEach: aTable(numbers(10_000)) }))).toEqual([[0, 10_000, 10_000]]);
    expect(shapeOf(aTask({ forEach: aTable(numbers(10_001)) }))).toEqual([
      [0, 10_000, 10_000],
      [10_000, 1, 1],
    ]);
    expect(shapeOf(aTask({ forEach: aTable(numbers(30_001), { itemsPerPod: 3 }) }))).toEqual([
      [0, 30_000, 10_000],
      [30_000, 1, 1],
    ]);
    expect(shapeOf(aTask({ forEach: aTable(numbers(100), { batch: 7 }) }))).toEqual([[0, 15, 15]]);
  });

  it('are cut at 4 MiB for a Job and 900 KiB for a ConfigMap', () => {
    const task = aTask({ forEach: aTable(numbers(9_000, 1_000), { itemsPerPod: 7 }) });
    const chunks = chunksOf(task);
    expect(chunks.length).toBe(3);
    expect(countChunks(task)).toBe(3);
    let next = 0;
    for (const { configMaps, firstUnit, units } of chunks) {
      const sizes = configMaps.map(({ data }) =>
        Object.entries(data).reduce((sum, [key, text]) => sum + key.length + Buffer.byteLength(text), 0),
      );
      for (const size of sizes) expect(size).toBeLessThanOrEqual(900 * 1024);
      expect(sizes.reduce((a, b) => a + b)).toBeLessThan(4.02 * 1024 * 1024);
      expect(firstUnit).toBe(next);
      expect(firstUnit % 7).toBe(0);
      next += units;
      expect(new Set(configMaps.map(({ name }) => name)).size).toBe(configMaps.length);
      expect(
        configMaps.flatMap(
          ({ data }) =>
            Object.values(data)
              .join('')
              .match(/^\d+\)/gm) ?? [],
        ).length,
      ).toBe(units);
    }
    expect(next).toBe(9_000);
  });

  it('have fewer units a key when the items are large', () => {
    const [chunk] = chunksOf(aTask({ forEach: aTable(numbers(20, 100_000)) }));
    const keys = chunk?.configMaps.flatMap(({ data }) => Object.keys(data).filter((key) => /^\d+$/.test(key)));
    expect(keys).toEqual(['0', '1', '2', '3', '4']);
    expect(chunk?.configMaps[0]?.data['run']).toContain('podloom_i / 4');
  });

  it('are named by their content, within 63 characters', () => {
    const named = (values: string[], pipeline = 'example') =>
      tableChunks(aPipeline({ name: pipeline }), aTask({ forEach: aTable(values) }), jobsItems)[0]?.configMaps[0]
        ?.name ?? '';
    expect(named(['a'])).toBe(named(['a']));
    expect(named(['a'])).not.toBe(named(['b']));
    expect(named(['a'], 'p'.repeat(63)).length).toBeLessThanOrEqual(63);
  });

  it('carry the source of a script, also without items', () => {
    const program = { kind: 'script', source: 'print(1)\n', interpreter: ['python3'], args: [] } as const;
    const [chunk] = chunksOf(aTask({ container: aContainer({ program }) }));
    expect(chunk).toMatchObject({ firstUnit: 0, units: 1, pods: 1, configMaps: [{ data: { source: 'print(1)\n' } }] });
    expect(chunksOf(aTask())).toEqual([{ configMaps: [], firstUnit: 0, units: 1, pods: 1 }]);
  });

  it('of a million short items are made in a second or so', () => {
    const task = aTask({ forEach: aTable(numbers(1_000_000)) });
    const start = performance.now();
    expect(chunksOf(task).length).toBe(100);
    expect(performance.now() - start).toBeLessThan(8_000);
  });
});

describe('what tables and script cannot carry', () => {
  it('is nothing for ordinary tasks', () => {
    expect(problemsOf(aTask())).toEqual([]);
    expect(problemsOf(aTask({ forEach: aTable(['a', 'b']) }))).toEqual([]);
    expect(problemsOf(aTask({ forEach: aRange(1_000_000) }))).toEqual([]);
  });

  it('is large tables, batches and scripts', () => {
    expect(problemsOf(aTask({ forEach: aTable(numbers(200, 90_000)) }))).toEqual([
      'PL060 the items of task "task" take 17.2 MiB of tables',
    ]);
    expect(problemsOf(aTask({ forEach: aTable(numbers(800, 90_000)) }))[0]).toMatch(
      /^PL061 .* 68\.7 MiB of tables; at most 64 fit$/,
    );
    expect(problemsOf(aTask({ forEach: aTable(numbers(40, 50_000), { batch: 20 }) }))).toEqual([
      'PL062 unit 0 of task "task" has 977 KiB; at most 900 fit a ConfigMap',
    ]);
    const program = { kind: 'script', source: 'é'.repeat(500_000), interpreter: ['sh'], args: [] } as const;
    expect(problemsOf(aTask({ container: aContainer({ program }) }))).toEqual([
      'PL062 the script of task "task" has 977 KiB; at most 900 fit a ConfigMap',
    ]);
  });

  it('is two values in one variable', () => {
    const program = aCommand(
      'echo',
      [{ kind: 'output', task: 'a-b', output: 'c' }],
      [{ kind: 'output', task: 'a', output: 'b-c' }],
    );
    expect(problemsOf(aTask({ container: aContainer({ program }) }))).toEqual([
      'PL063 the output "c" of "a-b" and the output "b-c" of "a" would both be PODLOOM_INPUT_A_B_C',
    ]);
  });

  it('is the entrypoint of an image behind the gathering of outputs, and run-time lists in one pod on argo', () => {
    const container = aContainer({ program: { kind: 'command', command: undefined, args: undefined } });
    const outputs = ['a', 'b'].map((name) => ({ kind: 'value' as const, name, type: 'string' as const }));
    expect(problemsOf(aTask({ container, outputs }))).toEqual([
      'PL057 task "task" has several outputs but no `command`',
    ]);
    expect(problemsOf(aTask({ container, outputs }), argoItems)).toEqual([]);
    const items = { kind: 'output', task: 'find', output: 'files', shape: { kind: 'scalar' } } as const;
    const task = aTask({ forEach: { items, batch: 1, itemsPerPod: 2 } });
    expect(problemsOf(task, argoItems)[0]).toMatch(/^PL064 /);
    expect(problemsOf(task)).toEqual([]);
  });
});
