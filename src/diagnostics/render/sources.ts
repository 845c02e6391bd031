import { readFileSync, statSync } from 'node:fs';

/** Larger files are shown without a code frame, in bytes. */
const LARGEST = 64 * 1024 * 1024;
/** Characters of a line that are looked at: a line can be a whole file. */
const LONGEST_LINE = 100_000;

export type ReadFile = (file: string) => string | undefined;

/** Reads a source for a code frame; undefined when that is not possible. */
export function readSource(file: string): string | undefined {
  try {
    return statSync(file).size > LARGEST ? undefined : readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Lines of source files, each file read once. */
export class Sources {
  readonly #read: ReadFile;
  readonly #files = new Map<string, { readonly text: string; readonly starts: readonly number[] }>();

  constructor(read: ReadFile) {
    this.#read = read;
  }

  /** The line with this number, from 1, without its end. */
  line(file: string, number: number): string | undefined {
    const { text, starts } = this.#source(file);
    const start = starts[number - 1];
    // What follows the last newline is a line only when there is something.
    if (start === undefined || (start === text.length && number > 1)) return undefined;
    const end = starts[number] === undefined ? text.length : (starts[number] as number) - 1;
    return text.slice(start, Math.min(end, start + LONGEST_LINE)).replace(/\r$/, '');
  }

  #source(file: string) {
    let source = this.#files.get(file);
    if (source === undefined) {
      const text = this.#read(file);
      source = text === undefined ? { text: '', starts: [] } : { text, starts: lineStarts(text) };
      this.#files.set(file, source);
    }
    return source;
  }
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}
