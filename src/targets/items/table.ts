import { countUnits, itemText, itemVariables, unitItems } from '../../ir/item-values.ts';
import type { ForEach, Items } from '../../ir/items.ts';
import { perObject } from '../../units/per-object.ts';
import { shellQuote } from '../../units/shell-quote.ts';

/** Units in one table; fewer when their items are large. */
export const UNITS_PER_KEY = 64;
/** Below the 1,048,576 bytes that a ConfigMap may have, with room for its metadata. */
export const CONFIG_MAP_LIMIT = 900 * 1024;

/** The tables of a list of items before they are cut: one entry of a shell `case` for each unit, made when it is asked for. */
export interface Table {
  readonly entryOf: (unit: number) => string;
  /** Bytes of each entry, with its newline. */
  readonly sizes: Uint32Array;
  readonly bytes: number;
  readonly unitsPerKey: number;
  /** Texts of whole keys that were made: both targets, and all tasks with these items, hold the same ones. */
  readonly texts: Map<number, string>;
}

/** By size of a batch. */
const made = perObject((_items: Items) => new Map<number, Table>());

/** undefined: the items are computed or made at run time. Made once for the same items in the same batches. */
export function tableOf(forEach: ForEach): Table | undefined {
  if (forEach.items.kind !== 'table') return undefined;
  const tables = made(forEach.items);
  let table = tables.get(forEach.batch);
  if (table === undefined) {
    table = makeTable(forEach);
    tables.set(forEach.batch, table);
  }
  return table;
}

function makeTable(forEach: ForEach): Table {
  const entryOf = entryWriter(forEach);
  const sizes = new Uint32Array(countUnits(forEach) ?? 0);
  let bytes = 0;
  for (let unit = 0; unit < sizes.length; unit++) {
    const size = Buffer.byteLength(entryOf(unit)) + 1;
    sizes[unit] = size;
    bytes += size;
  }
  return { entryOf, sizes, bytes, unitsPerKey: unitsPerKey(sizes), texts: new Map() };
}

/** `17) ITEM='…';;`, or for batches `17) podloom_list0() { "$@" a b c; };;` with a function for each field. */
function entryWriter(forEach: ForEach): (unit: number) => string {
  const { items, batch } = forEach;
  if (items.kind !== 'table') throw new TypeError('only listed items have tables');
  const variables = itemVariables(items.shape);
  return (unit) => {
    const values = unitItems(forEach, unit);
    const body =
      batch === 1
        ? variables.map(({ name, field }) => `${name}=${shellQuote(itemText(values[0] ?? '', field))}`).join(' ')
        : variables
            .map(({ field }, number) => {
              const words = values.map((value) => shellQuote(itemText(value, field))).join(' ');
              return `podloom_list${number}() { "$@" ${words}; }`;
            })
            .join('; ');
    return `${unit}) ${body};;`;
  };
}

/** The largest power of two up to 64 with which every table fits a ConfigMap. */
function unitsPerKey(sizes: Uint32Array): number {
  for (let count = UNITS_PER_KEY; count > 1; count /= 2) {
    if (largestKey(sizes, count) <= CONFIG_MAP_LIMIT / 2) return count;
  }
  return 1;
}

function largestKey(sizes: Uint32Array, count: number): number {
  let largest = 0;
  for (let start = 0; start < sizes.length; start += count) {
    let sum = 0;
    for (let unit = start; unit < start + count; unit++) sum += sizes[unit] ?? 0;
    largest = Math.max(largest, sum);
  }
  return largest;
}

/** The tables of the units from `first` to before `end`, by key. */
export function tableKeys(table: Table, first: number, end: number): [key: string, text: string][] {
  const keys: [string, string][] = [];
  const { unitsPerKey } = table;
  for (let key = Math.floor(first / unitsPerKey); key * unitsPerKey < end; key++) {
    const from = Math.max(first, key * unitsPerKey);
    const to = Math.min(end, (key + 1) * unitsPerKey);
    keys.push([String(key), to - from === unitsPerKey ? wholeKey(table, key) : keyText(table, from, to)]);
  }
  return keys;
}

function wholeKey(table: Table, key: number): string {
  const known = table.texts.get(key);
  if (known !== undefined) return known;
  const text = keyText(table, key * table.unitsPerKey, (key + 1) * table.unitsPerKey);
  table.texts.set(key, text);
  return text;
}

function keyText({ entryOf }: Table, first: number, end: number): string {
  const lines = ['case $podloom_i in'];
  for (let unit = first; unit < end; unit++) lines.push(entryOf(unit));
  lines.push('*) podloom_missing;;', 'esac', '');
  return lines.join('\n');
}
