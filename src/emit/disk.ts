import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { HEADER_START } from './header.ts';

/** What stands at a path now. `ours`: a file that starts with podloom's header. */
export type Standing = { readonly kind: 'nothing' } | { readonly kind: 'ours' } | { readonly kind: 'foreign' };

/** Reads no more than the first bytes, however large the file is. Throws what the system says when it cannot look. */
export function look(path: string): Standing {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: 'nothing' };
  if (!stat.isFile()) return { kind: 'foreign' };
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(HEADER_START.length);
    readSync(file, start, 0, start.length, 0);
    return start.toString('latin1') === HEADER_START ? { kind: 'ours' } : { kind: 'foreign' };
  } finally {
    closeSync(file);
  }
}

/** Names in a folder, sorted; none when there is no such folder. */
export function list(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(path).sort();
}

export function readText(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Whether a file is exactly these pieces, without reading all of it at once. */
export function holds(path: string, chunks: Iterable<string>): boolean {
  const file = openSync(path, 'r');
  const encode = encoder();
  let found = Buffer.alloc(0);
  try {
    let position = 0;
    for (const chunk of chunks) {
      const wanted = encode(chunk);
      if (found.length < wanted.length) found = Buffer.allocUnsafeSlow(wanted.length);
      const length = readSync(file, found, 0, wanted.length, position);
      if (length < wanted.length || !wanted.equals(found.subarray(0, length))) return false;
      position += length;
    }
    return fstatSync(file).size === position;
  } finally {
    closeSync(file);
  }
}

export function writeChunks(path: string, chunks: Iterable<string>): void {
  const file = openSync(path, 'w');
  const encode = encoder();
  try {
    for (const chunk of chunks) {
      const bytes = encode(chunk);
      for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    }
  } finally {
    closeSync(file);
  }
}

/** Texts as UTF-8, in memory that is used again: each result holds until the next call. A new megabyte for each would pile up. */
function encoder(): (text: string) => Buffer {
  let bytes = Buffer.alloc(0);
  return (text) => {
    const length = Buffer.byteLength(text);
    if (bytes.length < length) bytes = Buffer.allocUnsafeSlow(length);
    return bytes.subarray(0, bytes.write(text));
  };
}
