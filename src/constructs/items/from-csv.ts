import { captureOrigin } from '../../diagnostics/capture.ts';
import { lineOf, validated } from './from-json.ts';
import { type KnownItems, tableOf } from './known-items.ts';
import { type Callee, Problems } from './problem.ts';
import { type DataFile, dataFile, readLines } from './read-file.ts';
import type { StandardSchema } from './schema.ts';

export interface CsvOptions {
  /** One character. Default `,`; `\t` for files that end in `.tsv`. */
  readonly delimiter?: string | undefined;
  /** Names of the columns, for a file without a header row. Default: the first row. */
  readonly columns?: readonly string[] | undefined;
}

export function itemsFromCsv(
  name: string,
  schema: StandardSchema<unknown> | undefined,
  options: CsvOptions,
  below: Callee,
): KnownItems<unknown> {
  const source = `Items.csv(${JSON.stringify(name)})`;
  const problems = new Problems(captureOrigin(below, source));
  const delimiter = options.delimiter ?? (name.endsWith('.tsv') ? '\t' : ',');
  const file = dataFile(name);
  if (delimiter.length !== 1 || '"\r\n'.includes(delimiter)) {
    problems.add('PL049', { call: source, problem: 'the delimiter has to be one character, and no quote or newline' });
    return tableOf([], source, () => ({ text: '' }), problems);
  }
  const { rows, lines } = readRows(file, delimiter, options.columns, problems);
  const where = (index: number) => lineOf(file, lines[index] ?? 1);
  return tableOf(schema === undefined ? rows : validated(rows, schema, where, problems), source, where, problems);
}

type Row = { readonly [column: string]: string };

function readRows(file: DataFile, delimiter: string, given: readonly string[] | undefined, problems: Problems) {
  const rows: Row[] = [];
  const lines: number[] = [];
  let columns = given;
  const bad = (line: number, problem: string): boolean => {
    problems.add('PL045', { file: file.name, line, problem }, { file: file.absolute, line, column: 1 });
    return !problems.full;
  };
  const parser = new RowParser(
    delimiter,
    (fields, line) => {
      if (columns === undefined) {
        columns = fields;
        const wrong = headerProblem(fields);
        if (wrong !== undefined) bad(line, wrong);
        return wrong === undefined;
      }
      if (fields.length !== columns.length) {
        return bad(
          line,
          `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}, but the header has ${columns.length}`,
        );
      }
      rows.push(Object.fromEntries(columns.map((column, number) => [column, fields[number] as string])));
      lines.push(line);
      return true;
    },
    bad,
  );
  readLines(file, problems, (line, number) => parser.line(line, number));
  parser.end();
  return { rows, lines };
}

function headerProblem(columns: readonly string[]): string | undefined {
  const twice = columns.find((column, number) => columns.indexOf(column) !== number);
  if (twice !== undefined) return `two columns are called ${JSON.stringify(twice)}`;
  return columns.includes('') ? 'a column has no name' : undefined;
}

/** A quoted field that spans lines may have as many bytes as an item can. */
const MAX_FIELD = 128 * 1024;

/** RFC 4180 over lines. */
class RowParser {
  readonly #delimiter: string;
  readonly #row: (fields: readonly string[], line: number) => boolean;
  readonly #bad: (line: number, problem: string) => boolean;
  /** Lines of a row whose quoted field is still open. */
  #open: { text: string; readonly line: number } | undefined;

  constructor(
    delimiter: string,
    row: (fields: readonly string[], line: number) => boolean,
    bad: (line: number, problem: string) => boolean,
  ) {
    this.#delimiter = delimiter;
    this.#row = row;
    this.#bad = bad;
  }

  /** false: stop. */
  line(text: string, number: number): boolean {
    if (this.#open === undefined && !text.includes('"')) {
      const content = text.endsWith('\r') ? text.slice(0, -1) : text;
      return content === '' || this.#row(content.split(this.#delimiter), number);
    }
    const open = this.#open ?? { text: '', line: number };
    const joined = this.#open === undefined ? text : `${open.text}\n${text}`;
    // Without a quote in it, the line cannot end the open field.
    const fields = text.includes('"') ? this.#fields(joined) : undefined;
    this.#open = undefined;
    if (typeof fields === 'string') return this.#bad(open.line, fields);
    if (fields !== undefined) return this.#row(fields, open.line);
    if (joined.length > MAX_FIELD) {
      this.#bad(open.line, 'a quoted field does not end within 128 KiB');
      return false;
    }
    this.#open = { text: joined, line: open.line };
    return true;
  }

  end(): void {
    if (this.#open !== undefined) this.#bad(this.#open.line, 'a quoted field does not end');
  }

  /** undefined: a quoted field is still open. A string: what is wrong. */
  #fields(row: string): readonly string[] | string | undefined {
    const text = row.endsWith('\r') ? row.slice(0, -1) : row;
    const fields: string[] = [];
    for (let at = 0; ; ) {
      if (text[at] === '"') {
        const end = closingQuote(text, at + 1);
        if (end < 0) return undefined;
        fields.push(text.slice(at + 1, end).replaceAll('""', '"'));
        at = end + 1;
        if (at < text.length && text[at] !== this.#delimiter) return 'there is text after a quoted field';
      } else {
        const next = text.indexOf(this.#delimiter, at);
        const end = next < 0 ? text.length : next;
        const field = text.slice(at, end);
        if (field.includes('"')) return 'there is a quote inside a field that is not quoted';
        fields.push(field);
        at = end;
      }
      if (at >= text.length) return fields;
      at++;
    }
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
