import { captureOrigin } from '../../diagnostics/capture.ts';
import type { Item, ItemObject, ItemTable } from '../item-types.ts';
import { itemsFromBraces, itemsFromRange } from './computed.ts';
import { type CsvOptions, itemsFromCsv } from './from-csv.ts';
import { itemsFromFiles } from './from-files.ts';
import { itemsFromJson } from './from-json.ts';
import { itemsFromLines, type LinesOptions } from './from-lines.ts';
import { tableOf } from './known-items.ts';
import { itemNumber } from './normalize.ts';
import { Problems } from './problem.ts';
import { itemsFromProduct } from './product.ts';
import type { StandardSchema } from './schema.ts';

export { itemsOf, type KnownItemsData } from './known-items.ts';
export type { CsvOptions, LinesOptions, StandardSchema };

/** What `Items.product` makes of its axes. */
export type ProductOf<Axes> = {
  readonly [K in keyof Axes]: Axes[K] extends ItemTable<infer T> ? T : Axes[K] extends readonly (infer T)[] ? T : never;
};

type Row = { readonly [column: string]: string };

/**
 * Where items come from. All of it happens while the pipeline is built. Paths are relative to the project root (the nearest
 * folder with a package.json). Whatever is wrong with a source becomes a diagnostic of the tasks that use it.
 */
export const Items = {
  /** These items, or those of one array. */
  of: itemsOfValues,

  /** The lines of a text file, without empty ones and line ends (LF or CRLF). */
  lines(file: string, options: LinesOptions = {}): ItemTable<string> {
    checkText('Items.lines', file);
    return itemsFromLines(file, options, Items.lines);
  },

  /** The elements of a JSON list, or with the ending `.jsonl` or `.ndjson` one JSON value on each line. */
  json<T extends Item = ItemObject>(file: string, schema?: StandardSchema<T>): ItemTable<T> {
    checkText('Items.json', file);
    return itemsFromJson(file, schema, Items.json) as unknown as ItemTable<T>;
  },

  /** The rows of a CSV file with a header row, as objects of text; a schema can make numbers of it. RFC 4180. */
  csv<T extends Item = Row>(file: string, schema?: StandardSchema<T>, options: CsvOptions = {}): ItemTable<T> {
    checkText('Items.csv', file);
    return itemsFromCsv(file, schema, options, Items.csv) as unknown as ItemTable<T>;
  },

  /** As braces in bash: `shard-{0000..4999}.tar`, `{train,val}/{a..e}`. The pods compute their items. */
  braces(pattern: string): ItemTable<string> {
    checkText('Items.braces', pattern);
    return itemsFromBraces(pattern, Items.braces);
  },

  range,

  /** The files that match a glob pattern, as paths from the project root, sorted by code units. */
  files(pattern: string): ItemTable<string> {
    checkText('Items.files', pattern);
    return itemsFromFiles(pattern, Items.files);
  },

  /** All combinations as objects, the last field turning fastest: `Items.product({ lr: [0.1, 0.01], seed: Items.range(3) })`. */
  product<
    const Axes extends {
      readonly [field: string]: readonly Item[] | ItemTable<string> | ItemTable<number> | ItemTable<boolean>;
    },
  >(axes: Axes): ItemTable<ProductOf<Axes>> {
    if (typeof axes !== 'object' || axes === null) throw new TypeError('Items.product takes an object of lists');
    return itemsFromProduct(axes, Items.product) as unknown as ItemTable<ProductOf<Axes>>;
  },
};

function itemsOfValues<T extends Item>(values: readonly T[]): ItemTable<T>;
function itemsOfValues<T extends Item>(...values: readonly T[]): ItemTable<T>;
function itemsOfValues(...values: readonly unknown[]): unknown {
  const list = values.length === 1 && Array.isArray(values[0]) ? (values[0] as readonly unknown[]) : values;
  const source = 'Items.of(…)';
  return tableOf(list, source, itemNumber, new Problems(captureOrigin(itemsOfValues, source)));
}

/** `range(3)`: 0, 1, 2. */
function range(end: number): ItemTable<number>;
/** `range(1, 4)`: 1, 2, 3. `range(10, 0, -5)`: 10, 5. `end` is not an item, as in Python. */
function range(start: number, end: number, step?: number): ItemTable<number>;
function range(start: number, end?: number, step = 1): ItemTable<number> {
  return itemsFromRange(start, end, step, range);
}

/** What TypeScript checks and JavaScript does not. */
function checkText(caller: string, value: unknown): void {
  if (typeof value !== 'string')
    throw new TypeError(`${caller} takes text, not ${value === null ? 'null' : typeof value}`);
}
