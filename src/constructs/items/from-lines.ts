import { captureOrigin } from '../../diagnostics/capture.ts';
import { lineOf } from './from-json.ts';
import { type KnownItems, tableOf } from './known-items.ts';
import { type Callee, Problems } from './problem.ts';
import { dataFile, readLines } from './read-file.ts';

export interface LinesOptions {
  /** Lines that start with this text are left out, for example `#`. Default: all lines are items. */
  readonly comments?: string | undefined;
}

export function itemsFromLines(name: string, options: LinesOptions, below: Callee): KnownItems<string> {
  const source = `Items.lines(${JSON.stringify(name)})`;
  const problems = new Problems(captureOrigin(below, source));
  const file = dataFile(name);
  const { comments } = options;
  const values: string[] = [];
  // Only what is left out makes the numbers of lines and items differ.
  const skipped: number[] = [];
  readLines(file, problems, (line, number) => {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text === '' || (comments !== undefined && comments !== '' && text.startsWith(comments))) skipped.push(number);
    else values.push(text);
    return true;
  });
  return tableOf(values, source, (index) => lineOf(file, lineNumber(index, skipped)), problems);
}

/** The line of an item, given the numbers of the lines that are none, in order. */
function lineNumber(index: number, skipped: readonly number[]): number {
  let line = index + 1;
  for (const number of skipped) if (number <= line) line++;
  return line;
}
