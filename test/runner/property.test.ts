import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EdgeCondition, Task } from '../../src/ir/task.ts';
import { SUCCEEDED } from '../../src/runner/failure.ts';
import { anEdge, aPipeline, aRange, aTask } from '../rig/ir.ts';
import { conduct, inFolder, statuses } from './rig/conduct.ts';
import { exitCode, FakeEngine } from './rig/fake-engine.ts';

interface Plan {
  readonly items: number;
  readonly edges: readonly { readonly from: number; readonly on: EdgeCondition }[];
  readonly exit: boolean;
  readonly when: boolean | undefined;
  /** Which items fail, by number modulo 3. */
  readonly fails: readonly boolean[];
}

const conditions = ['succeeded', 'failed', 'completed', 'anySucceeded', 'allFailed'] as const;
const plans = fc.array(
  fc.record({
    items: fc.integer({ min: 1, max: 3 }),
    edges: fc.array(fc.record({ from: fc.nat(30), on: fc.constantFrom(...conditions) }), { maxLength: 3 }),
    exit: fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
    when: fc.constantFrom(undefined, undefined, true, false),
    fails: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  }),
  { maxLength: 10 },
);

/** Edges go to earlier tasks only, and from main tasks to main tasks. */
function edgesOf(all: readonly Plan[], index: number): Plan['edges'] {
  const own = all[index]!;
  return own.edges.filter(({ from }) => from < index && (own.exit || !all[from]!.exit));
}

const name = (index: number): string => `t${index}`;

function tasksOf(all: readonly Plan[]): Task[] {
  return all.map((plan, index) =>
    aTask({
      name: name(index),
      phase: plan.exit ? 'exit' : 'main',
      forEach: aRange(plan.items),
      after: edgesOf(all, index).map(({ from, on }) => anEdge(name(from), on)),
      when: plan.when === undefined ? undefined : { kind: 'literal', value: plan.when },
    }),
  );
}

/** What should come of it, told in one pass, since tasks stand in an order that edges follow. */
function oracle(all: readonly Plan[]): { [task: string]: string } {
  const ends: { status: string; failed: number; total: number }[] = [];
  all.forEach((plan, index) => {
    const holds = edgesOf(all, index).every(({ from, on }) => {
      const { status, failed, total } = ends[from]!;
      const ran = status === 'succeeded' || status === 'failed';
      if (on === 'succeeded') return status === 'succeeded' || status === 'skipped';
      if (on === 'failed') return status === 'failed';
      if (on === 'anySucceeded') return ran && failed < total;
      if (on === 'allFailed') return ran && failed === total;
      return true;
    });
    const failed = plan.fails.slice(0, plan.items).filter(Boolean).length;
    const status = !holds ? 'neverRan' : plan.when === false ? 'skipped' : failed > 0 ? 'failed' : 'succeeded';
    ends.push({ status, failed, total: plan.items });
  });
  return Object.fromEntries(ends.map(({ status }, index) => [name(index), status]));
}

test('random pipelines with random outcomes: each task ends as a simple oracle says, and what ran, ran in order', async () => {
  await fc.assert(
    fc.asyncProperty(plans, fc.integer({ min: 1, max: 5 }), async (all, maxRunning) => {
      await inFolder(async (folder) => {
        const engine = new FakeEngine((task, unit) =>
          all[Number(task.slice(1))]!.fails[unit] ? exitCode(1) : SUCCEEDED,
        );
        const summary = await conduct(aPipeline({ tasks: tasksOf(all) }), engine, { folder, maxRunning }).summary;
        const expected = oracle(all);
        expect(statuses(summary)).toEqual(expected);
        const ran = Object.keys(expected).filter((task) => ['succeeded', 'failed'].includes(expected[task]!));
        expect(new Set(engine.started.map((unit) => unit.split('/')[0]))).toEqual(new Set(ran));
        expect(engine.mostAtOnce).toBeLessThanOrEqual(maxRunning);
        all.forEach((plan, index) => {
          const first = engine.started.findIndex((unit) => unit.startsWith(`${name(index)}/`));
          if (first < 0) return;
          const before = plan.exit
            ? all.flatMap((other, at) => (other.exit ? [] : [at]))
            : edgesOf(all, index).map(({ from }) => from);
          for (const at of before) {
            expect(engine.started.findLastIndex((unit) => unit.startsWith(`${name(at)}/`))).toBeLessThan(first);
          }
        });
      });
    }),
    { numRuns: 150 },
  );
});
