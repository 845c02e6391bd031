import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BOX, drawTasks } from '../../src/report/dag/drawing.ts';
import { type DagTask, layerGraph } from '../../src/report/dag/layers.ts';
import { neighboursOf, orderLayers } from '../../src/report/dag/order.ts';
import { spread } from '../../src/report/dag/place.ts';
import { graphRun } from './runs.ts';

const task = (name: string, after: readonly string[] = [], phase: DagTask['phase'] = 'main'): DagTask => ({
  ...{ name, phase },
  after: after.map((each) => ({ task: each, on: 'succeeded' as const })),
});

/** Graphs without cycles: each task comes after some of those before it. */
const graphs = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 40 })
  .map((rows) =>
    rows.map((row, number) => task(`t${number}`, number === 0 ? [] : row.map((each) => `t${each % number}`))),
  );

describe('layers', () => {
  test('a task is behind all that it comes after; edges go from one layer to the next', () => {
    fc.assert(
      fc.property(graphs, (tasks) => {
        const { vertices, segments } = layerGraph(tasks);
        const layerOf = new Map(tasks.map(({ name }, number) => [name, vertices[number]!.layer]));
        for (const { name, after } of tasks) {
          const last = Math.max(-1, ...after.map((edge) => layerOf.get(edge.task)!));
          expect(layerOf.get(name)).toBe(last + 1);
        }
        for (const { from, to } of segments) expect(vertices[to]!.layer).toBe(vertices[from]!.layer + 1);
      }),
    );
  });

  test('long edges to one task share their way', () => {
    const chain = Array.from({ length: 100 }, (_task, number) =>
      task(`c${number}`, number === 0 ? [] : [`c${number - 1}`]),
    );
    const all = task(
      'all',
      chain.map(({ name }) => name),
    );
    const { vertices } = layerGraph([...chain, all]);
    expect(vertices.filter((vertex) => vertex.task === undefined).length).toBe(99);
  });

  test('exit tasks come last, and tasks that wait for each other end the layering', () => {
    const { vertices } = layerGraph([
      task('bye', [], 'exit'),
      task('a', ['b']),
      task('b', ['a']),
      task('c'),
      task('d', ['gone']),
    ]);
    expect(vertices.map(({ layer }) => layer)).toEqual([2, 1, 1, 0, 0]);
  });
});

describe('order and places', () => {
  test('a tangle that can be untangled is', () => {
    const tasks = [task('a'), task('b'), task('c'), task('x', ['c']), task('y', ['b']), task('z', ['a'])];
    const graph = layerGraph(tasks);
    const [first, second] = orderLayers(graph, neighboursOf(graph));
    expect(second!.map((vertex) => tasks[vertex]!.after[0]!.task)).toEqual(first!.map((vertex) => tasks[vertex]!.name));
  });

  test('spread keeps order and gaps, and moves nothing that need not move', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 })), { minLength: 1 }),
        (rows) => {
          const wanted = rows.map(([place]) => place);
          const gaps = rows.map(([, gap], index) => (index === 0 ? 0 : gap));
          const placed = spread(
            wanted,
            gaps,
            rows.map(() => 1),
          );
          placed.forEach((place, index) => {
            if (index > 0) expect(place - placed[index - 1]!).toBeGreaterThanOrEqual(gaps[index]! - 1e-6);
          });
          const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
          expect(total(placed)).toBeCloseTo(total(wanted), 6);
        },
      ),
    );
    expect(spread([0, 10, 20], [0, 5, 5], [1, 1, 1])).toEqual([0, 10, 20]);
  });
});

describe('drawings', () => {
  test('of 300 tasks: no box is on another or outside, and the same each time', () => {
    const tasks = graphRun(300).state.plan!;
    const drawing = drawTasks(tasks);
    const sorted = [...drawing.boxes].sort((a, b) => a.x - b.x || a.y - b.y);
    for (const [index, box] of sorted.entries()) {
      const next = sorted[index + 1];
      if (next !== undefined && next.x === box.x) expect(next.y - box.y).toBeGreaterThanOrEqual(BOX.height + 10);
      else if (next !== undefined) expect(next.x - box.x).toBeGreaterThanOrEqual(BOX.width + 10);
      expect(
        box.x >= 0 && box.x + BOX.width <= drawing.width && box.y >= 0 && box.y + BOX.height <= drawing.height,
      ).toBe(true);
    }
    expect(drawTasks(tasks)).toEqual(drawing);
  });

  test('a long chain goes down, so that a page can show it', () => {
    const chain = Array.from({ length: 40 }, (_task, number) =>
      task(`c${number}`, number === 0 ? [] : [`c${number - 1}`]),
    );
    const { width, height } = drawTasks(chain);
    expect(width).toBeLessThan(2 * BOX.width);
    expect(height).toBeGreaterThan(40 * BOX.height);
  });
});
