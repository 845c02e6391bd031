import { itemVariables } from '../../ir/item-values.ts';
import type { ItemShape, ItemValue } from '../../ir/items.ts';

/** A table that podloom did not write, or that was damaged. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

/**
 * Reads back the tables of a task, as `tableKeys` wrote them: the items in their order. All values come back as text, which is what the
 * pods get too. `tables`: texts of the keys, in any order.
 */
export function readTables(tables: readonly string[], shape: ItemShape, count: number): readonly ItemValue[] {
  const fields = itemVariables(shape).map(({ field }) => field);
  const units = new Map<number, readonly (readonly string[])[]>();
  for (const text of tables) for (const [unit, columns] of new TableReader(text).read()) units.set(unit, columns);
  const items: ItemValue[] = [];
  for (let unit = 0; unit < units.size; unit++) {
    const columns = units.get(unit);
    if (columns?.length !== fields.length) throw new TableError(`unit ${unit} is not there, or not as it should be`);
    for (let place = 0; place < columns[0]!.length; place++) items.push(itemOf(fields, columns, place));
  }
  if (items.length !== count) throw new TableError(`there are ${items.length} items, not ${count}`);
  return items;
}

function itemOf(
  fields: readonly (string | undefined)[],
  columns: readonly (readonly string[])[],
  place: number,
): ItemValue {
  if (fields.length === 1 && fields[0] === undefined) return columns[0]![place]!;
  return Object.fromEntries(fields.map((field, number) => [field!, columns[number]![place]!]));
}

/** One `case` of the shell, of the form that table.ts writes and no other. */
class TableReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** For each unit the values of each variable: one, or those of a batch. */
  *read(): Generator<readonly [unit: number, columns: readonly (readonly string[])[]]> {
    this.#expect('case $podloom_i in\n');
    while (!this.#skip('*) podloom_missing;;\nesac\n')) {
      const unit = Number(this.#match(/\d+/y));
      this.#expect(') ');
      const columns: string[][] = [];
      do columns.push(this.#skip('podloom_list') ? this.#list() : this.#assignment());
      while (this.#skip('; ') || this.#skip(' '));
      this.#expect(';;\n');
      yield [unit, columns];
    }
  }

  /** `ITEM_X='…'` */
  #assignment(): string[] {
    this.#match(/[A-Za-z_]\w*=/y);
    return [this.#word()];
  }

  /** `0() { "$@" a b c; }` */
  #list(): string[] {
    this.#match(/\d+/y);
    this.#expect('() { "$@"');
    const words: string[] = [];
    while (this.#skip(' ')) words.push(this.#word());
    this.#expect('; }');
    return words;
  }

  /** What `shellQuote` writes. */
  #word(): string {
    let word = '';
    for (;;) {
      if (this.#skip("\\'")) word += "'";
      else if (this.#skip("'")) {
        const end = this.#text.indexOf("'", this.#at);
        if (end < 0) throw this.#error();
        word += this.#text.slice(this.#at, end);
        this.#at = end + 1;
      } else {
        const plain = /[A-Za-z0-9_./:=@%+,-]+/y;
        plain.lastIndex = this.#at;
        const found = plain.exec(this.#text)?.[0];
        if (found === undefined) return word;
        word += found;
        this.#at += found.length;
      }
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.#error();
    this.#at += found.length;
    return found;
  }

  #expect(text: string): void {
    if (!this.#skip(text)) throw this.#error();
  }

  #skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #error(): TableError {
    return new TableError(`this is no table of podloom's, from character ${this.#at} on`);
  }
}
