import { expectTypeOf, it } from 'vitest';
import * as z from 'zod';
import { Items } from '../../src/constructs/items/index.ts';
import type { Ref, RefList } from '../../src/constructs/reference.ts';

it('items carry the shape of their references', () => {
  expectTypeOf(Items.range(3).item).toEqualTypeOf<Ref<number>>();
  expectTypeOf(Items.braces('{a,b}').item).toEqualTypeOf<Ref<string>>();
  expectTypeOf(Items.range(3).map((n) => String(n)).item).toEqualTypeOf<Ref<string>>();
  expectTypeOf(Items.braces('{a,b}').batch(2).item).toEqualTypeOf<RefList<string>>();
  const objects = Items.of({ path: 'a', size: 1 });
  expectTypeOf(objects.item.path).toEqualTypeOf<Ref<string>>();
  expectTypeOf(objects.batch(2).item.size).toEqualTypeOf<RefList<number>>();
  // @ts-expect-error: there is no such field
  void objects.item.pth;
  // @ts-expect-error: an item is flat
  Items.of({ a: { b: 1 } });
  const parsed = Items.json('missing.json', z.object({ path: z.string(), size: z.coerce.number().optional() }));
  expectTypeOf(parsed.item.size).toEqualTypeOf<Ref<number>>();
  // @ts-expect-error: the schema has no such field
  void parsed.item.sizes;
  // @ts-expect-error: a schema whose values are no items
  Items.json('missing.json', z.array(z.string()));
  const sweep = Items.product({ lr: [0.1, 0.01], seed: Items.range(3), kind: ['a', 'b'] });
  expectTypeOf(sweep.item.seed).toEqualTypeOf<Ref<number>>();
  expectTypeOf(sweep.item.kind).toEqualTypeOf<Ref<'a' | 'b'>>();
  // @ts-expect-error: no such axis
  void sweep.item.wd;
});
