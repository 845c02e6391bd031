import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EdgeCondition } from '../../../src/ir/task.ts';
import { nest, nestByLevel } from '../../../src/targets/argo/nesting.ts';
import { tasksOf, type Unit, type UnitEdge } from '../../../src/targets/argo/unit.ts';
import { aTask } from '../../rig/ir.ts';

type Phase = 'Succeeded' | 'Failed' | 'Skipped' | 'Omitted';

function aUnit(name: string, edges: readonly UnitEdge[] = []): Unit {
  return { kind: 'task', name, edges, task: aTask({ name }) };
}

function after(...names: string[]): UnitEdge[] {
  return names.map((task) => ({ task, on: 'succeeded' }));
}

function holds({ on }: UnitEdge, phase: Phase): boolean {
  if (on === 'completed') return true;
  return on === 'failed' ? phase === 'Failed' : phase === 'Succeeded' || phase === 'Skipped';
}

/** How each task ends in Argo, when `wish` says how it would if it ran. A nested DAG ends as its last tasks do. */
function run(
  units: readonly Unit[],
  wish: (task: string) => Phase,
  ended = new Map<string, Phase>(),
): Map<string, Phase> {
  const branches = new Map<string, boolean>();
  const phases = new Map<string, Phase>();
  for (const unit of sorted(units)) {
    const starts = unit.edges.every((edge) => holds(edge, phases.get(edge.task) as Phase));
    let phase: Phase = 'Omitted';
    if (!starts) for (const { name } of tasksOf(unit)) ended.set(name, 'Omitted');
    else if (unit.kind === 'group') {
      run(unit.units, wish, ended);
      phase = fails(unit.units, ended) ? 'Failed' : 'Succeeded';
    } else {
      phase = wish(unit.name);
      ended.set(unit.name, phase);
    }
    phases.set(unit.name, phase);
    branches.set(unit.name, phase === 'Failed');
  }
  return ended;
}

/** assessDAGPhase of Argo: tasks that did not run inherit a failure from those before them. */
function fails(units: readonly Unit[], ended: ReadonlyMap<string, Phase>): boolean {
  const branch = new Map<string, boolean>();
  for (const unit of sorted(units)) {
    const phases = unit.kind === 'group' ? undefined : ended.get(unit.name);
    const own =
      unit.kind === 'group'
        ? fails(unit.units, ended)
        : phases === 'Failed' || (phases === 'Omitted' && unit.edges.some(({ task }) => branch.get(task)));
    branch.set(unit.name, own || (unit.kind === 'group' && unit.edges.some(({ task }) => branch.get(task) === true)));
  }
  const waitedFor = new Set(units.flatMap(({ edges }) => edges.map(({ task }) => task)));
  return units.some(({ name }) => !waitedFor.has(name) && branch.get(name) === true);
}

function sorted(units: readonly Unit[]): Unit[] {
  const done = new Set<string>();
  const result: Unit[] = [];
  while (result.length < units.length) {
    const ready = units.filter(({ name, edges }) => !done.has(name) && edges.every(({ task }) => done.has(task)));
    expect(ready.length).toBeGreaterThan(0);
    for (const unit of ready) {
      done.add(unit.name);
      result.push(unit);
    }
  }
  return result;
}

/** Pairs `a<b` of tasks of which b cannot start before a has ended. */
function order(units: readonly Unit[]): Set<string> {
  const before = new Map<string, Set<string>>();
  const pairs = new Set<string>();
  for (const unit of sorted(units)) {
    const above = new Set(unit.edges.flatMap(({ task }) => [task, ...(before.get(task) ?? [])]));
    before.set(unit.name, above);
    for (const name of above) {
      const other = units.find((each) => each.name === name) as Unit;
      for (const a of tasksOf(other)) for (const b of tasksOf(unit)) pairs.add(`${a.name}<${b.name}`);
    }
    if (unit.kind === 'group') for (const pair of order(unit.units)) pairs.add(pair);
  }
  return pairs;
}

function largest(units: readonly Unit[]): number {
  return Math.max(units.length, ...units.map((unit) => (unit.kind === 'group' ? largest(unit.units) : 0)));
}

const graphs = fc
  .array(
    fc.array(fc.record({ to: fc.nat(), on: fc.constantFrom('succeeded', 'succeeded', 'completed', 'failed') }), {
      maxLength: 3,
    }),
    {
      minLength: 1,
      maxLength: 24,
    },
  )
  .map((rows) =>
    rows.map((row, number) => {
      const edges = row.flatMap(({ to, on }) =>
        number === 0 ? [] : [{ task: `t${to % number}`, on: on as EdgeCondition }],
      );
      return aUnit(`t${number}`, [...new Map(edges.map((edge) => [edge.task, edge])).values()]);
    }),
  );
const outcomes = fc.array(fc.constantFrom<Phase>('Succeeded', 'Succeeded', 'Failed', 'Skipped'), {
  minLength: 24,
  maxLength: 24,
});

test('nested DAGs keep the order of all tasks and how each of them ends', () => {
  fc.assert(
    fc.property(graphs, outcomes, fc.integer({ min: 2, max: 6 }), (units, wishes, limit) => {
      const nested = nest(units, new Set(), limit);
      const wish = (name: string) => wishes[Number(name.slice(1))] as Phase;
      expect(order(nested)).toEqual(order(units));
      expect(run(nested, wish)).toEqual(run(units, wish));
    }),
    { numRuns: 500 },
  );
});

test('outputs that others use stay in the DAG of those who use them', () => {
  const units = [
    aUnit('a'),
    aUnit('b', after('a')),
    aUnit('c', after('b')),
    ...['d', 'e', 'f'].map((name) => aUnit(name, after('c'))),
  ];
  const nested = nest(units, new Set(['a', 'c']), 3);
  const groups = nested.filter(({ kind }) => kind === 'group');
  expect(groups.map(tasksOf).map((tasks) => tasks.map(({ name }) => name))).toEqual([
    ['a', 'b'],
    ['d', 'e', 'f'],
  ]);
});

test('5,000 tasks with a fan-in are 25 nested DAGs, fast', () => {
  const wide = Array.from({ length: 5000 }, (_, number) => aUnit(`t${number}`));
  const start = performance.now();
  const nested = nest([...wide, aUnit('end', after(...wide.map(({ name }) => name)))], new Set());
  expect(performance.now() - start).toBeLessThan(1000);
  expect(nested.map(({ name }) => name).slice(0, 2)).toEqual(['t0-and-199-more', 't200-and-199-more']);
  expect(nested).toHaveLength(26);
  expect(nested.at(-1)?.edges).toHaveLength(25);
  expect(largest(nested)).toBe(200);
});

test('a chain of 5,000 tasks is a chain of 25 chains', () => {
  const chain = Array.from({ length: 5000 }, (_, number) =>
    aUnit(`t${number}`, number === 0 ? [] : after(`t${number - 1}`)),
  );
  const nested = nest(chain, new Set());
  expect(nested).toHaveLength(25);
  expect(nested[1]?.edges).toEqual(after('t0-and-199-more'));
});

const ring = (size: number): Unit[] => [
  ...Array.from({ length: size }, (_, number) => aUnit(`a${number}`)),
  ...Array.from({ length: size }, (_, number) => aUnit(`b${number}`, after(`a${number}`, `a${(number + 1) % size}`))),
];

test('what cannot be nested exactly is left as it is, and levels keep the order', () => {
  const units = ring(12);
  expect(nest(units, new Set(), 10)).toHaveLength(24);
  const levels = nestByLevel(units, new Set(), 10) as Unit[];
  expect(largest(levels)).toBeLessThanOrEqual(10);
  const kept = order(levels);
  for (const pair of order(units)) expect(kept).toContain(pair);
});

test('levels are no way out when edges have conditions or outputs are used', () => {
  expect(nestByLevel([aUnit('a'), aUnit('b', [{ task: 'a', on: 'failed' }])], new Set(), 1)).toBeUndefined();
  expect(nestByLevel([aUnit('a'), aUnit('b', after('a'))], new Set(['a']), 1)).toBeUndefined();
});
