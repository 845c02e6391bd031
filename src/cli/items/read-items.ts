import { resolve } from 'node:path';
import { parseBraces } from '../../constructs/items/braces.ts';
import { positionOf, scanJson } from '../../constructs/items/json-scan.ts';
import { isPlainObject, normalizeItems, textProblem } from '../../constructs/items/normalize.ts';
import { type Callee, PROBLEM_LIMIT, Problems } from '../../constructs/items/problem.ts';
import { type DataFile, readLines, readText } from '../../constructs/items/read-file.ts';
import { captureOrigin } from '../../diagnostics/capture.ts';
import type { Code, ParamsOf } from '../../diagnostics/catalogue.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import type { SourceLocation } from '../../diagnostics/location.ts';
import { computeItem, segmentSize } from '../../ir/item-values.ts';
import type { Scalar } from '../../ir/scalar.ts';
import type { TemplateItem } from '../../runner/items/template-item.ts';
import { unreadable } from './unreadable.ts';

/** Where the items come from: a file of lines, a file of JSON, or a pattern with braces. */
export type ItemSource =
  | { readonly kind: 'lines' | 'json'; readonly file: string }
  | { readonly kind: 'braces'; readonly pattern: string };

/** Each is a pod and a log, so that more would be a mistake. */
const MAX_ITEMS = 1_000_000;

/** The items in their order. Problems are reported; then there may be none. */
export function readItems(source: ItemSource, cwd: string, diagnostics: Collector): readonly TemplateItem[] {
  if (source.kind === 'braces') return braceItems(source.pattern, diagnostics);
  const file: DataFile = { name: source.file, absolute: resolve(cwd, source.file) };
  const reason = unreadable(file.absolute);
  if (reason !== undefined) {
    diagnostics.report('PL490', { what: 'the list of items', file: file.name, reason }, { subject: file.name });
    return [];
  }
  const problems = new FileProblems(diagnostics, file.absolute);
  const items = source.kind === 'lines' ? lineItems(file, problems) : jsonItems(file, problems);
  if (items.length === 0 && problems.count === 0) {
    diagnostics.report('PL498', { source: file.name, problem: 'there is no item in it' }, { subject: file.name });
  }
  return items;
}

/** What is found in a data file, reported at its place there. */
class FileProblems extends Problems {
  count = 0;
  readonly #diagnostics: Collector;
  readonly #file: string;

  constructor(diagnostics: Collector, file: string) {
    super(captureOrigin(FileProblems as Callee, file));
    this.#diagnostics = diagnostics;
    this.#file = file;
  }

  override add<C extends Code>(code: C, params: ParamsOf<C>, data?: SourceLocation): void {
    if (this.full) return;
    this.count++;
    this.#diagnostics.report(code, params, { location: data ?? { file: this.#file, line: 1, column: 1 } });
  }

  override get full(): boolean {
    return this.count >= PROBLEM_LIMIT;
  }
}

function braceItems(pattern: string, diagnostics: Collector): readonly TemplateItem[] {
  const report = (problem: string): readonly TemplateItem[] => {
    diagnostics.report('PL498', { source: `-b ${JSON.stringify(pattern)}`, problem }, { subject: 'items' });
    return [];
  };
  const character = textProblem(pattern)?.character;
  if (character !== undefined) return report(`it has ${character}`);
  const segments = parseBraces(pattern);
  if (typeof segments === 'string') return report(segments);
  const count = segments.reduce((product, segment) => product * segmentSize(segment), 1);
  if (count > MAX_ITEMS) return report(`${count} items are too many; at most ${MAX_ITEMS} are`);
  if (count === 0) return report('there is no item in it');
  return Array.from({ length: count }, (_, index) => {
    const text = computeItem(segments, index);
    return { index, values: { item: text }, key: text, where: `item ${index} (${text})` };
  });
}

/** Lines without empty ones and line ends. */
function lineItems(file: DataFile, problems: Problems): readonly TemplateItem[] {
  const items: TemplateItem[] = [];
  readLines(file, problems, (line, number) => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '') return true;
    const location = { file: file.absolute, line: number, column: 1 };
    const wrong = textProblem(text);
    const where = `line ${number} of ${file.name}`;
    if (wrong !== undefined) problems.add('PL042', { what: where, character: wrong.character }, location);
    items.push({ index: items.length, values: { item: text }, key: text, where, location });
    return !problems.full;
  });
  return items;
}

interface Row {
  readonly value: unknown;
  readonly where: string;
  readonly location: SourceLocation;
}

/** The elements of a JSON list, or with the ending .jsonl or .ndjson one JSON value on each line. */
function jsonItems(file: DataFile, problems: FileProblems): readonly TemplateItem[] {
  const rows = /\.(?:jsonl|ndjson)$/.test(file.name) ? rowsOfLines(file, problems) : rowsOfList(file, problems);
  const values = rows.map(({ value }) => value);
  normalizeItems(
    values,
    file.name,
    (index) => ({ text: rows[index]?.where ?? '', location: rows[index]?.location }),
    problems,
  );
  if (problems.count > 0) return [];
  return rows.map(({ value, where, location }, index) => {
    // Checked to be scalars, and objects of scalars.
    const fields = isPlainObject(value) ? (value as { readonly [field: string]: Scalar }) : { item: value as Scalar };
    return { index, values: fields, key: isPlainObject(value) ? fields : (value as Scalar), where, location };
  });
}

function rowsOfList(file: DataFile, problems: Problems): readonly Row[] {
  const text = readText(file, problems);
  if (text === undefined) return [];
  const scan = scanJson(text);
  const place = (offset: number): SourceLocation => ({ file: file.absolute, ...positionOf(text, offset) });
  const report = (offset: number, problem: string): readonly Row[] => {
    problems.add('PL044', { file: file.name, ...positionOf(text, offset), problem }, place(offset));
    return [];
  };
  if (scan.error !== undefined) return report(scan.error.offset, scan.error.problem);
  const values = JSON.parse(text) as unknown;
  if (!Array.isArray(values)) return report(0, 'the file is not one list');
  const lines = new Places(text);
  return values.map((value: unknown, index) => ({
    value,
    where: `item ${index} of ${file.name}`,
    location: { file: file.absolute, ...lines.at(scan.elements[index] ?? 0) },
  }));
}

/** Places of growing offsets, in one pass. */
class Places {
  readonly #text: string;
  #line = 1;
  #start = 0;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): { readonly line: number; readonly column: number } {
    for (
      let newline = this.#text.indexOf('\n', this.#start);
      newline >= 0 && newline < offset;
      newline = this.#text.indexOf('\n', this.#start)
    ) {
      this.#line++;
      this.#start = newline + 1;
    }
    return { line: this.#line, column: offset - this.#start + 1 };
  }
}

function rowsOfLines(file: DataFile, problems: Problems): readonly Row[] {
  const rows: Row[] = [];
  readLines(file, problems, (line, number) => {
    if (line.trim() === '') return true;
    const error = scanJson(line).error;
    const place = { line: number, column: (error?.offset ?? 0) + 1 };
    const location = { file: file.absolute, ...place };
    if (error === undefined) rows.push({ value: JSON.parse(line), where: `line ${number} of ${file.name}`, location });
    else problems.add('PL044', { file: file.name, ...place, problem: error.problem }, location);
    return !problems.full;
  });
  return rows;
}
