import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes from the end of a log that are looked at: logs grow to hundreds of megabytes. */
const WINDOW = 64 * 1024;

/** The last lines of a file, of what stands after byte `since`. */
export function tailOf(file: string, lines: number, since = 0): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(since, size - WINDOW);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    closeSync(descriptor);
  }
}
