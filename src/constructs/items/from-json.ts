import { captureOrigin } from '../../diagnostics/capture.ts';
import type { SourceLocation } from '../../diagnostics/location.ts';
import { positionOf, scanJson } from './json-scan.ts';
import { type KnownItems, tableOf } from './known-items.ts';
import type { Where } from './normalize.ts';
import { type Callee, Problems } from './problem.ts';
import { type DataFile, dataFile, readLines, readText } from './read-file.ts';
import { type StandardSchema, validate } from './schema.ts';

export function itemsFromJson(
  name: string,
  schema: StandardSchema<unknown> | undefined,
  below: Callee,
): KnownItems<unknown> {
  const source = `Items.json(${JSON.stringify(name)})`;
  const problems = new Problems(captureOrigin(below, source));
  const file = dataFile(name);
  const { values, where } = /\.(?:jsonl|ndjson)$/.test(name) ? parseLines(file, problems) : parseList(file, problems);
  return tableOf(schema === undefined ? values : validated(values, schema, where, problems), source, where, problems);
}

interface Parsed {
  readonly values: readonly unknown[];
  readonly where: Where;
}

function parseList(file: DataFile, problems: Problems): Parsed {
  const text = readText(file, problems);
  let elements: readonly number[] | undefined;
  const where: Where = (index) => {
    elements ??= scanJson(text ?? '').elements;
    const location = { file: file.absolute, ...positionOf(text ?? '', elements[index] ?? 0) };
    return { text: `item ${index} of ${file.name}`, location };
  };
  if (text === undefined) return { values: [], where };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const { offset, problem } = scanJson(text).error ?? { offset: 0, problem: String((error as Error).message) };
    reportJson(file, positionOf(text, offset), problem, problems);
    return { values: [], where };
  }
  if (Array.isArray(value)) return { values: value, where };
  reportJson(file, { line: 1, column: 1 }, 'the file is not one list', problems);
  return { values: [], where };
}

function parseLines(file: DataFile, problems: Problems): Parsed {
  const values: unknown[] = [];
  const lines: number[] = [];
  readLines(file, problems, (line, number) => {
    if (line.trim() === '') return true;
    try {
      values.push(JSON.parse(line));
      lines.push(number);
    } catch (error) {
      const { offset, problem } = scanJson(line).error ?? { offset: 0, problem: String((error as Error).message) };
      reportJson(file, { line: number, column: offset + 1 }, problem, problems);
    }
    return !problems.full;
  });
  return { values, where: (index) => lineOf(file, lines[index] ?? 1) };
}

/** A row of a file by its line. */
export function lineOf(file: DataFile, line: number): { readonly text: string; readonly location: SourceLocation } {
  return { text: `line ${line} of ${file.name}`, location: { file: file.absolute, line, column: 1 } };
}

function reportJson(
  file: DataFile,
  place: { line: number; column: number },
  problem: string,
  problems: Problems,
): void {
  problems.add('PL044', { file: file.name, ...place, problem }, { file: file.absolute, ...place });
}

/** What the schema makes of the values; nothing when one does not match, since then its problems are kept. */
export function validated(
  values: readonly unknown[],
  schema: StandardSchema<unknown>,
  where: Where,
  problems: Problems,
): readonly unknown[] {
  const good: unknown[] = [];
  for (let index = 0; index < values.length && !problems.full; index++) {
    const result = validate(schema, values[index], () => where(index), problems);
    if (result !== undefined) good.push(result.value);
  }
  return good.length === values.length ? good : [];
}
