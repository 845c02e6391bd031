import { isAscii, isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { currentHost } from '../host.ts';
import { projectRoot } from '../project-root.ts';
import type { Problems } from './problem.ts';

const BLOCK = 1024 * 1024;
/** Linux takes at most this for one argument: MAX_ARG_STRLEN. */
const MAX_LINE = 128 * 1024;
/** JSON has to be in memory as a whole. */
const MAX_WHOLE = 256 * 1024 * 1024;

const NEWLINE = 10;
const BYTE_ORDER_MARK = '\uFEFF';

/** A data file of the user: as it was written, and where it is. */
export interface DataFile {
  readonly name: string;
  readonly absolute: string;
}

export function dataFile(name: string): DataFile {
  return { name, absolute: path.resolve(projectRoot(), name) };
}

/** The whole file as text without a byte order mark; undefined and a problem when it cannot be read. */
export function readText(file: DataFile, problems: Problems): string | undefined {
  let text = '';
  const good = readBlocks(file, problems, { maxLine: MAX_WHOLE }, (block) => {
    text += block;
    return true;
  });
  return good ? text : undefined;
}

/**
 * Calls `take` with each line and its number from 1, in bounded memory. A carriage return stays at the end of its
 * line. Stops when `take` returns false, and at the first thing in the file that is no UTF-8 text.
 */
export function readLines(file: DataFile, problems: Problems, take: (line: string, number: number) => boolean): void {
  let number = 0;
  readBlocks(file, problems, { maxLine: MAX_LINE }, (block) => {
    const lines = block.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) if (!take(line, ++number)) return false;
    return true;
  });
}

/** Calls `take` with blocks of whole lines, checked and decoded. false: a problem was found. */
function readBlocks(
  file: DataFile,
  problems: Problems,
  limits: { maxLine: number },
  take: (block: string) => boolean,
): boolean {
  currentHost()?.readInput(file.absolute);
  let handle: number | undefined;
  try {
    handle = openSync(file.absolute, 'r');
    if (fstatSync(handle).isDirectory()) {
      problems.add('PL040', { file: file.name, reason: 'it is a folder' });
      return false;
    }
    return new BlockReader(file, problems, limits.maxLine, take).read(handle);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) throw error;
    problems.add('PL040', { file: file.name, reason: reasons[code] ?? code });
    return false;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

const reasons: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a symbolic link to itself',
  ENAMETOOLONG: 'the name is too long',
};

class BlockReader {
  readonly #file: DataFile;
  readonly #problems: Problems;
  readonly #maxLine: number;
  readonly #take: (block: string) => boolean;
  /** Lines before the block. */
  #lines = 0;
  #first = true;

  constructor(file: DataFile, problems: Problems, maxLine: number, take: (block: string) => boolean) {
    this.#file = file;
    this.#problems = problems;
    this.#maxLine = maxLine;
    this.#take = take;
  }

  read(handle: number): boolean {
    const buffer = Buffer.allocUnsafe(BLOCK);
    let rest: Buffer[] = [];
    let restLength = 0;
    for (;;) {
      const length = readSync(handle, buffer, 0, BLOCK, null);
      if (length === 0) break;
      const read = buffer.subarray(0, length);
      const end = read.lastIndexOf(NEWLINE) + 1;
      if (end > 0) {
        if (!this.#block(Buffer.concat([...rest, read.subarray(0, end)]))) return false;
        rest = [];
        restLength = 0;
      }
      rest.push(Buffer.from(read.subarray(end)));
      restLength += length - end;
      if (restLength > this.#maxLine) return this.#tooLong(this.#lines + 1);
    }
    return restLength === 0 || this.#block(Buffer.concat(rest));
  }

  #block(bytes: Buffer): boolean {
    const long = this.#longLine(bytes);
    if (long !== undefined) return this.#tooLong(long);
    if (!isUtf8(bytes)) {
      this.#reportEncoding(bytes);
      return false;
    }
    const nul = bytes.indexOf(0);
    if (nul >= 0) {
      const { line, column } = this.#position(bytes, nul);
      const what = `line ${line} of ${this.#file.name}`;
      this.#problems.add('PL042', { what, character: 'a NUL' }, { file: this.#file.absolute, line, column });
      return false;
    }
    let text = isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
    if (this.#first && text.startsWith(BYTE_ORDER_MARK)) text = text.slice(1);
    this.#first = false;
    if (!this.#take(text)) return false;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.#lines++;
    return true;
  }

  /** Number of the first line that is too long. */
  #longLine(bytes: Buffer): number | undefined {
    if (bytes.length <= this.#maxLine) return undefined;
    let line = this.#lines + 1;
    for (let start = 0; start < bytes.length; line++) {
      const newline = bytes.indexOf(NEWLINE, start);
      const end = newline < 0 ? bytes.length : newline;
      if (end - start > this.#maxLine) return line;
      start = end + 1;
    }
    return undefined;
  }

  #tooLong(line: number): false {
    const place = { file: this.#file.absolute, line, column: 1 };
    if (this.#maxLine === MAX_LINE) this.#problems.add('PL043', { file: this.#file.name, line }, place);
    else this.#problems.add('PL040', { file: this.#file.name, reason: 'it is larger than 256 MiB' });
    return false;
  }

  #reportEncoding(bytes: Buffer): void {
    const { line, column } = this.#position(bytes, firstInvalid(bytes));
    this.#problems.add('PL041', { file: this.#file.name, line, column }, { file: this.#file.absolute, line, column });
  }

  /** `column` counts bytes from 1. */
  #position(bytes: Buffer, at: number): { readonly line: number; readonly column: number } {
    let line = this.#lines + 1;
    let start = 0;
    for (let newline = bytes.indexOf(NEWLINE); newline >= 0 && newline < at; newline = bytes.indexOf(NEWLINE, start)) {
      line++;
      start = newline + 1;
    }
    return { line, column: at - start + 1 };
  }
}

/** Where the text stops being UTF-8: the longest valid prefix, found line by line and then byte by byte. */
function firstInvalid(bytes: Buffer): number {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    const line = bytes.subarray(start, end);
    if (!isUtf8(line)) return start + validLength(line);
    start = end;
  }
  return bytes.length;
}

function validLength(line: Buffer): number {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(line);
  // Each replacement character that is not in the bytes marks the place; text before it encodes to the same bytes.
  for (let at = decoded.indexOf('\uFFFD'); at >= 0; at = decoded.indexOf('\uFFFD', at + 1)) {
    const length = Buffer.byteLength(decoded.slice(0, at));
    if (line.indexOf('\uFFFD', length) !== length) return length;
  }
  return line.length;
}
