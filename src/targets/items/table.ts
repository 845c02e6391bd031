import { countUnits, itemText, itemVariables, unitItems } from '../../ir/item-values.ts';
import type { ForEach } from '../../ir/items.ts';
import { shellQuote } from '../../units/shell-quote.ts';

/** Units in one table; fewer when their items are large. */
export const UNITS_PER_KEY = 64;
/** Below the 1,048,576 bytes that a ConfigMap may have, with room for its metadata. */
export const CONFIG_MAP_LIMIT = 900 * 1024;

/** The tables of a task before they are cut: one entry of a shell `case` for each unit. */
export interface Table {
  readonly entries: readonly string[];
  /** Bytes of each entry, with its newline. */
  readonly sizes: readonly number[];
  readonly bytes: number;
  readonly unitsPerKey: number;
}

const made = new WeakMap<ForEach, Table | undefined>();

/** undefined: the items are computed or made at run time. Made once for each ForEach. */
export function tableOf(forEach: ForEach): Table | undefined {
  if (forEach.items.kind !== 'table') return undefined;
  let table = made.get(forEach);
  if (table === undefined) {
    table = makeTable(forEach);
    made.set(forEach, table);
  }
  return table;
}

function makeTable(forEach: ForEach): Table {
  const entryOf = entryWriter(forEach);
  const units = countUnits(forEach) ?? 0;
  const entries: string[] = [];
  const sizes: number[] = [];
  let bytes = 0;
  for (let unit = 0; unit < units; unit++) {
    const entry = entryOf(unit);
    const size = Buffer.byteLength(entry) + 1;
    entries.push(entry);
    sizes.push(size);
    bytes += size;
  }
  return { entries, sizes, bytes, unitsPerKey: unitsPerKey(sizes) };
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
function unitsPerKey(sizes: readonly number[]): number {
  for (let count = UNITS_PER_KEY; count > 1; count /= 2) {
    if (largestKey(sizes, count) <= CONFIG_MAP_LIMIT / 2) return count;
  }
  return 1;
}

function largestKey(sizes: readonly number[], count: number): number {
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
    const entries = table.entries.slice(Math.max(first, key * unitsPerKey), Math.min(end, (key + 1) * unitsPerKey));
    keys.push([String(key), `case $podloom_i in\n${entries.join('\n')}\n*) podloom_missing;;\nesac\n`]);
  }
  return keys;
}
