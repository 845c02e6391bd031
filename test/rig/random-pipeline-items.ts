import fc from 'fast-check';
import { Items, type ItemsOf } from '../../src/index.ts';
import { hostileText, type Pick } from './random-pipeline-values.ts';

const DATA = 'test/rig/random-pipeline-data';

/** How a list of items is made, as plain data. */
export type ListRecipe = { readonly change?: 'map' | 'filter' | 'take' | 'batch' | undefined } & (
  | {
      readonly from: 'of';
      readonly values: readonly (string | number | boolean | { [field: string]: string | number })[];
    }
  | { readonly from: 'product'; readonly values: readonly string[] }
  | { readonly from: 'range'; readonly range: readonly [number, number, number] }
  | { readonly from: 'braces' | 'files' | 'lines'; readonly text: string }
  | { readonly from: 'csv'; readonly text: string; readonly columns?: readonly string[] }
  | { readonly from: 'json'; readonly text: string; readonly schema?: boolean }
);

/** A schema as zod and others make them. */
const anything = {
  '~standard': { version: 1, vendor: 'podloom', validate: (value: unknown) => ({ value: value as { name: string } }) },
} as const;

export function listRecipes(pick: Pick): fc.Arbitrary<ListRecipe> {
  const text = hostileText.filter((each) => each.length < 200);
  const sources: fc.Arbitrary<ListRecipe>[] = [
    pick<ListRecipe>(
      fc.uniqueArray(text, { minLength: 1, maxLength: 6 }).map((values) => ({ from: 'of', values })),
      { from: 'of', values: [] },
      { from: 'of', values: ['a', 'a'] },
      { from: 'braces', text: '{0..9}{0..9}x{a,a}' },
    ),
    fc.constantFrom<ListRecipe>(
      {
        from: 'of',
        values: [
          { lr: 0.1, 'weird field': 'x' },
          { lr: 0.2, 'weird field': '' },
        ],
      },
      { from: 'of', values: [1, 2.5, true] },
      { from: 'braces', text: 'a-{0..9}' },
      { from: 'braces', text: '{a,b}{x,y}' },
      { from: 'braces', text: 'shard-{0000..4999}.tar' },
      { from: 'braces', text: 'none' },
      { from: 'lines', text: `${DATA}/lines.txt` },
      { from: 'csv', text: `${DATA}/rows.csv` },
      { from: 'csv', text: `${DATA}/columns.txt`, columns: ['lr', 'name'] },
      { from: 'json', text: `${DATA}/objects.json` },
      { from: 'json', text: `${DATA}/values.jsonl`, schema: true },
      { from: 'files', text: `${DATA}/*.txt` },
    ),
    fc
      .tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 3 }))
      .map(([start, count, step]): ListRecipe => ({ from: 'range', range: [start, start + count * step, step] })),
    fc.uniqueArray(text, { minLength: 1, maxLength: 4 }).map((values): ListRecipe => ({ from: 'product', values })),
  ];
  const change = fc.constantFrom(undefined, undefined, undefined, 'map', 'filter', 'take', 'batch');
  return fc.tuple(fc.oneof(...sources), change).map(([recipe, next]) => ({ ...recipe, change: next }) as ListRecipe);
}

type AnyTable = ReturnType<typeof Items.braces>;

/** The items, and the words of the surface that they use: `items.braces`. */
export function makeItems(recipe: ListRecipe, used: Set<string>): ItemsOf<unknown> {
  used.add(`items.${recipe.from}`);
  const table = source(recipe) as AnyTable;
  if (recipe.change === undefined) return table as ItemsOf<unknown>;
  used.add(`items.${recipe.change}`);
  switch (recipe.change) {
    case 'map':
      return table.map((item) => item) as ItemsOf<unknown>;
    case 'filter':
      return table.filter((_, index) => index < 3) as ItemsOf<unknown>;
    case 'take':
      return table.take(2) as ItemsOf<unknown>;
    case 'batch':
      return table.batch(3) as ItemsOf<unknown>;
  }
}

function source(recipe: ListRecipe): unknown {
  switch (recipe.from) {
    case 'of':
      return Items.of(recipe.values as readonly string[]);
    case 'product':
      return Items.product({ a: recipe.values, b: [1, 2], c: Items.range(2) });
    case 'range':
      return Items.range(...recipe.range);
    case 'braces':
      return Items.braces(recipe.text);
    case 'files':
      return Items.files(recipe.text);
    case 'lines':
      return Items.lines(recipe.text);
    case 'csv':
      return recipe.columns === undefined
        ? Items.csv(recipe.text)
        : Items.csv(recipe.text, undefined, { delimiter: ';', columns: recipe.columns });
    case 'json':
      return recipe.schema === true ? Items.json(recipe.text, anything) : Items.json(recipe.text);
  }
}

/** A field of the items, when they are objects. */
export function fieldOf(recipe: ListRecipe): string | undefined {
  switch (recipe.from) {
    case 'of': {
      const [first] = recipe.values;
      return typeof first === 'object' ? Object.keys(first)[0] : undefined;
    }
    case 'product':
      return 'c';
    case 'csv':
      return 'lr';
    case 'json':
      return recipe.schema === true ? undefined : 'name';
    case 'range':
    case 'braces':
    case 'files':
    case 'lines':
      return undefined;
  }
}
