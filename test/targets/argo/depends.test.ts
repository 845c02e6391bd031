import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EdgeCondition } from '../../../src/ir/task.ts';
import { type DagEdge, dependsOf } from '../../../src/targets/argo/depends.ts';

const phases = ['Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted'] as const;
interface Outcome {
  readonly phase: (typeof phases)[number];
  /** Phases of the items of a loop. */
  readonly items: readonly ('Succeeded' | 'Failed' | 'Errored')[];
}

/** Argo's evaluation of `depends`: a bare name is Succeeded, Skipped or Daemoned. */
class Depends {
  readonly #tokens: string[];
  readonly #outcomes: ReadonlyMap<string, Outcome>;
  constructor(text: string, outcomes: ReadonlyMap<string, Outcome>) {
    this.#tokens = text.match(/&&|\|\||[()!]|[a-zA-Z0-9][-a-zA-Z0-9]*(\.[A-Z][a-zA-Z]+)?/g) ?? [];
    expect(this.#tokens.join('')).toBe(text.replaceAll(' ', ''));
    this.#outcomes = outcomes;
  }
  or(): boolean {
    let value = this.and();
    while (this.#take('||')) value = this.and() || value;
    return value;
  }
  and(): boolean {
    let value = this.not();
    while (this.#take('&&')) value = this.not() && value;
    return value;
  }
  not(): boolean {
    if (this.#take('!')) return !this.not();
    if (!this.#take('(')) return this.#result(this.#tokens.shift() as string);
    const value = this.or();
    expect(this.#take(')')).toBe(true);
    return value;
  }
  #take(token: string): boolean {
    if (this.#tokens[0] !== token) return false;
    this.#tokens.shift();
    return true;
  }
  #result(token: string): boolean {
    const [name, result] = token.split('.') as [string, string | undefined];
    const { phase, items } = this.#outcomes.get(name) as Outcome;
    if (result === undefined) return phase === 'Succeeded' || phase === 'Skipped';
    return result === 'AnySucceeded' ? items.includes('Succeeded') : phase === result;
  }
}

/** What the edge means, from src/ir/task.ts. */
function holds(on: EdgeCondition, { phase, items }: Outcome): boolean {
  switch (on) {
    case 'succeeded':
    case 'itemwise':
      return phase === 'Succeeded' || phase === 'Skipped';
    case 'failed':
      return phase === 'Failed' || phase === 'Errored';
    case 'completed':
      return true;
    case 'anySucceeded':
      return items.includes('Succeeded');
    case 'allFailed':
      return items.length > 0 && !items.includes('Succeeded');
  }
}

const loops = fc.array(fc.constantFrom('Succeeded', 'Failed', 'Errored'), { minLength: 1, maxLength: 4 }).map(
  (items): Outcome => ({
    items: items as Outcome['items'],
    phase: (items.find((item) => item !== 'Succeeded') ?? 'Succeeded') as Outcome['phase'],
  }),
);
const plain = fc.constantFrom(...phases).map((phase): Outcome => ({ phase, items: [] }));
const plainRow = fc.tuple(fc.constantFrom<EdgeCondition>('succeeded', 'failed', 'completed'), plain);
const loopRow = fc.tuple(
  fc.constantFrom<EdgeCondition>('succeeded', 'failed', 'completed', 'anySucceeded', 'allFailed'),
  loops,
);

test('depends means what the edges mean', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(plainRow, loopRow), { minLength: 1, maxLength: 5 }), (rows) => {
      const edges: DagEdge[] = rows.map(([on], number) => ({ task: `task-${number}`, on }));
      const outcomes = new Map(rows.map(([, outcome], number) => [`task-${number}`, outcome]));
      const evaluated = new Depends(dependsOf(edges) as string, outcomes).or();
      expect(evaluated).toBe(rows.every(([on, outcome]) => holds(on, outcome)));
    }),
  );
});

test('how it reads', () => {
  expect(dependsOf([])).toBeUndefined();
  expect(
    dependsOf([
      { task: 'a', on: 'succeeded' },
      { task: 'b', on: 'succeeded' },
    ]),
  ).toBe('a && b');
  expect(dependsOf([{ task: 'a', on: 'failed' }])).toBe('(a.Failed || a.Errored)');
  expect(
    dependsOf([
      { task: 'a', on: 'anySucceeded' },
      { task: 'a', on: 'anySucceeded' },
    ]),
  ).toBe('a.AnySucceeded');
});
