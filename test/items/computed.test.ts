import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itemAt, segmentSize } from '../../src/ir/item-values.ts';
import type { Items, Segment } from '../../src/ir/items.ts';
import { isUnique } from '../../src/passes/item-names.ts';
import { aCommand, aContainer, aTask } from '../rig/ir.ts';
import { aRoot, project, shells } from './shells.ts';

const text = fc.string({
  maxLength: 6,
  unit: fc.constantFrom('a', 'b', '0', '7', '-', "'", '$', '`', '\\', '"', ' ', '\n', 'é', '.'),
});
const segment: fc.Arbitrary<Segment> = fc.oneof(
  text.filter((value) => value !== '').map((value): Segment => ({ kind: 'literal', text: value })),
  fc.array(text, { minLength: 1, maxLength: 5 }).map((options): Segment => ({ kind: 'choice', options })),
  fc
    .record({
      start: fc.integer({ min: -1200, max: 1200 }),
      step: fc.integer({ min: -40, max: 40 }).filter((step) => step !== 0),
      count: fc.integer({ min: 1, max: 30 }),
      width: fc.integer({ min: 0, max: 7 }),
    })
    .map((number): Segment => ({ kind: 'number', ...number })),
);
const lists = fc.array(segment, { minLength: 1, maxLength: 4 });

function computed(segments: readonly Segment[]): Extract<Items, { kind: 'computed' }> {
  const count = segments.reduce((product, part) => product * segmentSize(part), 1);
  return { kind: 'computed', count, segments, source: 'test' };
}

/** Numbers to try: all of a short list, else the ends and a spread of the middle. */
function numbersOf(count: number): number[] {
  if (count <= 40) return Array.from({ length: count }, (_, n) => n);
  return [
    ...new Set([0, 1, count - 1, count - 2, ...Array.from({ length: 30 }, (_, n) => Math.floor((count * n) / 31))]),
  ];
}

/** The texts that the generated functions make of the numbers, in one process. */
function inShell(
  argv: readonly string[],
  items: Extract<Items, { kind: 'computed' }>,
  numbers: readonly number[],
): string[] {
  const mounted = aRoot();
  project(
    aTask({ container: aContainer({ program: aCommand('true') }), forEach: { items, batch: 1, itemsPerPod: 1 } }),
    mounted,
  );
  const script = readFileSync(path.join(mounted.root, 'items/run'), 'utf8').replace(/podloom_run\n$/, '');
  const loop = `for podloom_i in ${numbers.join(' ')}; do podloom_load; printf '%s\\0' "$ITEM"; done`;
  const [command, ...args] = argv as [string, ...string[]];
  const ran = spawnSync(command, [...args, '-c', `${script}\n${loop}`], {
    env: { PATH: process.env['PATH'], PODLOOM_INDEX: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\0').slice(0, -1);
}

describe('computed items', () => {
  for (const shell of shells) {
    it.skipIf(shell.missing)(`are in ${shell.name} what the compiler says`, () => {
      fc.assert(
        fc.property(lists, (segments) => {
          const items = computed(segments);
          const numbers = numbersOf(items.count);
          expect(inShell(shell.argv, items, numbers)).toEqual(numbers.map((number) => itemAt(items, number)));
        }),
        { numRuns: 60, seed: 7 },
      );
    });
  }

  it('are unique where the compiler claims it without making them', () => {
    let claimed = 0;
    fc.assert(
      fc.property(lists, (segments) => {
        const items = computed(segments);
        if (items.count > 3000 || !isUnique(segments)) return;
        claimed++;
        const all = Array.from({ length: items.count }, (_, number) => itemAt(items, number));
        expect(new Set(all).size).toBe(items.count);
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(claimed).toBeGreaterThan(300);
    expect(
      isUnique([
        { kind: 'number', start: 0, step: 1, count: 5000, width: 4 },
        { kind: 'literal', text: '.tar' },
      ]),
    ).toBe(true);
    expect(
      isUnique([
        { kind: 'number', start: 0, step: 1, count: 11, width: 0 },
        { kind: 'number', start: 0, step: 1, count: 11, width: 0 },
      ]),
    ).toBe(false);
  });
});
