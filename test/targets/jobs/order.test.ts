import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inRunOrder } from '../../../src/targets/jobs/order.ts';
import { anEdge, aTask } from '../../rig/ir.ts';

const task = (name: string, ...after: string[]) => aTask({ name, after: after.map((other) => anEdge(other)) });
const names = (tasks: Parameters<typeof inRunOrder>[0]) => inRunOrder(tasks).map(({ name }) => name);

describe('the order of a run', () => {
  it('is the written one where nothing waits', () => {
    expect(names([task('c'), task('a'), task('b')])).toEqual(['c', 'a', 'b']);
  });

  it('puts each task behind those it waits for, and exit tasks behind all', () => {
    const exit = aTask({ name: 'exit', phase: 'exit' });
    expect(names([exit, task('d', 'b', 'c'), task('c', 'a'), task('b', 'a'), task('a')])).toEqual([
      'a',
      'b',
      'c',
      'd',
      'exit',
    ]);
  });

  it('has room for a chain of 5,000 tasks', () => {
    const chain = Array.from({ length: 5000 }, (_, at) => task(`t${at}`, ...(at < 4999 ? [`t${at + 1}`] : [])));
    expect(names(chain)[0]).toBe('t4999');
  });

  it('holds for every graph', () => {
    const edges = fc.array(fc.array(fc.nat(20), { maxLength: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(edges, fc.infiniteStream(fc.nat()), (lists, random) => {
        const made = lists.map((list, at) => task(`t${at}`, ...list.filter((to) => to < at).map((to) => `t${to}`)));
        const shuffled = made
          .map((each) => ({ each, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const order = inRunOrder(shuffled);
        expect(new Set(order)).toEqual(new Set(made));
        const place = new Map(order.map(({ name }, at) => [name, at]));
        for (const { name, after } of order) {
          for (const edge of after) expect(place.get(edge.task)).toBeLessThan(place.get(name) as number);
        }
      }),
    );
  });
});
