import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unitItems, unitName } from '../../src/ir/item-values.ts';
import { itemName } from '../../src/units/item-name.ts';
import { labelValueProblem } from '../../src/units/label.ts';
import { aRange, aTable } from '../rig/ir.ts';
import { hostileItems } from './hostile.ts';

describe('the name of an item', () => {
  it('is its text when that is safe', () => {
    for (const text of ['shard-0001.tar', 'A', '7', 'a_b', 'x'.repeat(63)]) expect(itemName(text)).toBe(text);
    expect(itemName(0.001)).toBe('0.001');
    expect(itemName(true)).toBe('true');
  });

  it('is readable and hashed otherwise', () => {
    expect(itemName('data/größe 1.txt')).toMatch(/^data-gro-e-1\.txt-[0-9a-f]{12}$|^data-gro.*-1\.txt-[0-9a-f]{12}$/);
    expect(itemName('')).toMatch(/^item-[0-9a-f]{12}$/);
    expect(itemName('日本')).toMatch(/^item-[0-9a-f]{12}$/);
    expect(itemName('-1')).toMatch(/^1-[0-9a-f]{12}$/);
    expect(itemName('x'.repeat(64))).toMatch(/^x{50}-[0-9a-f]{12}$/);
    for (const name of ['con', 'NUL', 'com1', 'aux.txt', '.', '..', '.git']) expect(itemName(name)).not.toBe(name);
  });

  it('of an object has its fields', () => {
    expect(itemName({ lr: 0.1, seed: 3 })).toBe('lr-0.1_seed-3');
    expect(itemName({ path: 'a.tar' })).toBe('a.tar');
    expect(itemName({ a: '1_b-2', b: '3' })).not.toBe(itemName({ a: '1', b: '2_b-3' }));
    expect(itemName({ a: '', b: 'x' })).toMatch(/^a-_b-x-[0-9a-f]{12}$/);
  });

  it('is a label value and a file name, and differs where items differ', () => {
    const names = hostileItems.map((text) => itemName(text));
    expect(new Set(names).size).toBe(names.length);
    const texts = fc.string({ unit: 'grapheme', maxLength: 80 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        for (const name of [itemName(a), itemName({ a, b })]) {
          expect([name, labelValueProblem(name)]).toEqual([name, undefined]);
          expect(name).not.toBe('');
          expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        }
        expect(itemName(a) === itemName(b)).toBe(a === b);
      }),
      { numRuns: 1000, seed: 7 },
    );
  });

  it('of a batch has its first item and its size', () => {
    const forEach = aTable(['a', 'b', 'c', 'd e', 'f'], { batch: 3 });
    expect([unitName(forEach, 0), unitName(forEach, 1)]).toEqual([
      'a-x3',
      expect.stringMatching(/^d-e-[0-9a-f]{12}-x2$/),
    ]);
    expect(unitItems(forEach, 1)).toEqual(['d e', 'f']);
    expect(unitItems(aRange(5, { batch: 2 }), 2)).toEqual(['4']);
    expect(unitName(aTable(['x'.repeat(63), 'y'], { batch: 2 }), 0)).toMatch(/^x{46,47}-[0-9a-f]{12}-x2$/);
    expect(labelValueProblem(unitName(aTable(['x'.repeat(63), 'y'], { batch: 2 }), 0))).toBeUndefined();
  });
});
