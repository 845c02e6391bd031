import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/diagnostics/collector.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import type { Task } from '../../src/ir/task.ts';
import type { Argument, Text } from '../../src/ir/text.ts';
import { checkItems } from '../../src/passes/items.ts';
import { aCommand, aContainer, aPipeline, aRange, aTable, aTask } from '../rig/ir.ts';

function problemsOf(overrides: Partial<Task>, ...argv: (string | Text | Argument)[]): string[] {
  const container = aContainer({ program: aCommand('echo', ...argv) });
  const diagnostics = new Collector();
  checkItems(aPipeline({ tasks: [aTask({ container, ...overrides })] }), defaultProfile, diagnostics);
  return diagnostics.sorted().map(({ code, message, help }) => `${code} ${message} | ${help.split('. ')[0]}`);
}

const item: Text = [{ kind: 'item' }];
const field = (name: string): Text => [{ kind: 'item', field: name }];
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('checkItems', () => {
  it('has nothing to say about good lists', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ forEach: aTable(['a', 'b']) }, item, [{ kind: 'index' }])).toEqual([]);
    expect(problemsOf({ forEach: aTable([{ path: 'a' }]) }, field('path'))).toEqual([]);
    expect(problemsOf({ forEach: aTable(['a', 'b', 'c'], { batch: 2 }) }, { kind: 'spread' })).toEqual([]);
  });

  it('reports empty lists and duplicates with both items', () => {
    expect(problemsOf({ forEach: aTable([]) })[0]).toMatch(/^PL050 `forEach` has no items: Items.of is empty/);
    expect(problemsOf({ forEach: aRange(0) })[0]).toMatch(/^PL050/);
    expect(problemsOf({ forEach: aTable(['x', 'a', 'b', 'a']) })).toEqual([
      expect.stringMatching(/^PL051 Items.of has two items with the name a: item 1 \("a"\) and item 3 \("a"\) /),
    ]);
    expect(problemsOf({ forEach: aTable(['1', 1]) })[0]).toMatch(/item 0 \("1"\) and item 1 \(1\)/);
    const twice = { kind: 'choice', options: ['a', 'b', 'a'] } as const;
    const items = { kind: 'computed', count: 3, segments: [twice], source: 'Items.braces("{a,b,a}")' } as const;
    expect(problemsOf({ forEach: { items, batch: 1, itemsPerPod: 1 } })).toHaveLength(1);
    expect(problemsOf({ forEach: aTable(numbers(5000).map(() => 'same')) })).toHaveLength(1);
  });

  it('compares names, not only their hashes', () => {
    // These two have the same FNV-1a of 32 bits.
    expect(problemsOf({ forEach: aTable(['costarring', 'liquid']) })).toEqual([]);
    expect(problemsOf({ forEach: aTable(['costarring', 'liquid', 'liquid']) })).toEqual([
      expect.stringMatching(/item 1 \("liquid"\) and item 2 \("liquid"\) /),
    ]);
  });

  it('reports a list at each task that has it', () => {
    const forEach = aTable(['a', 'a', 'x'.repeat(200_000)]);
    const tasks = ['one', 'two'].map((name) => aTask({ name, forEach, origin: { ...aTask().origin, path: name } }));
    const diagnostics = new Collector();
    checkItems(aPipeline({ tasks }), defaultProfile, diagnostics);
    expect(
      diagnostics
        .sorted()
        .map(({ code, subject }) => `${code} ${subject}`)
        .sort(),
    ).toEqual(['PL051 one', 'PL051 two', 'PL055 one', 'PL055 two']);
  });

  it('reports unknown fields with the nearest one', () => {
    const forEach = aTable([{ path: 'a', size: 1 }]);
    expect(problemsOf({ forEach }, field('pth'))).toEqual([
      'PL052 items have no field "pth"; they have path, size | Did you mean "path"?',
    ]);
    expect(problemsOf({ forEach }, item)[0]).toMatch(/^PL052 items have no field without a name/);
    expect(problemsOf({ forEach: aTable(['a']) }, field('path'))[0]).toMatch(/^PL052 .* none: they are plain values/);
  });

  it('reports items where there are none, and single ones where there is a batch', () => {
    expect(problemsOf({}, item)[0]).toMatch(/^PL053 `command` uses an item/);
    expect(problemsOf({}, [{ kind: 'index' }], { kind: 'spread' })).toHaveLength(1);
    const known = new Collector();
    known.report('PL040', { file: 'a.txt', reason: 'it is a folder' });
    const pipeline = aPipeline({ tasks: [aTask({ container: aContainer({ program: aCommand('echo', item) }) })] });
    checkItems(pipeline, defaultProfile, known);
    expect(known.sorted().map(({ code }) => code)).toEqual(['PL040']);
    const variables = [{ kind: 'text' as const, name: 'X', text: item }];
    const container = aContainer({ environment: { variables, from: [] } });
    expect(problemsOf({ container })[0]).toMatch(/^PL053 `env.X` uses/);
    expect(problemsOf({ forEach: aTable(['a', 'b'], { batch: 2 }) }, item)[0]).toMatch(/^PL054 .* batches of 2/);
  });

  it('reports values too large, bad numbers and environment that a shell drops', () => {
    expect(problemsOf({ forEach: aTable(['a', 'x'.repeat(131_067)]) })[0]).toMatch(
      /^PL055 item 1 of Items.of has 128 KiB/,
    );
    expect(problemsOf({ forEach: aTable(['x'.repeat(131_066)]) })).toEqual([]);
    expect(problemsOf({ forEach: aTable(['a'], { itemsPerPod: 0.5 }) })[0]).toMatch(/^PL056 `itemsPerPod` is 0.5/);
    expect(problemsOf({ forEach: aTable(['a'], { batch: 0 }) })[0]).toMatch(/^PL056 `batch` is 0/);
    const variables = ['ITEM', 'my.var', 'FINE'].map((name) => ({ kind: 'text' as const, name, text: ['x'] }));
    const container = aContainer({ environment: { variables, from: [] } });
    expect(problemsOf({ forEach: aTable(['a']), container })).toEqual([
      expect.stringMatching(/^PL058 the environment variable ITEM is the item itself/),
      expect.stringMatching(/^PL058 the environment variable my.var has a name that a shell/),
    ]);
    expect(problemsOf({ container })).toEqual([]);
  });

  it('takes a million items in a few seconds, and a computed billion at once', () => {
    const start = performance.now();
    expect(problemsOf({ forEach: aTable(numbers(1_000_000)) })).toEqual([]);
    expect(performance.now() - start).toBeLessThan(8_000);
    const computed = performance.now();
    expect(problemsOf({ forEach: aRange(999_999_999) })).toEqual([]);
    expect(performance.now() - computed).toBeLessThan(200);
  });
});
