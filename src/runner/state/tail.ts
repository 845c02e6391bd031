import { open } from 'node:fs/promises';

/** Lines of the log that a failure shows. */
export const TAIL_LINES = 10;

/** Longest line that is shown, in characters. */
const LONGEST_LINE = 400;

/** The last bytes of a file, at most `limit`. A file that cannot be read has none. */
export async function readTail(path: string, limit: number): Promise<{ bytes: Uint8Array; whole: boolean }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const length = Math.min(size, limit);
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, size - length);
      return { bytes: bytes.subarray(0, bytesRead), whole: length === size };
    } finally {
      await file.close();
    }
  } catch {
    return { bytes: new Uint8Array(), whole: true };
  }
}

/** Whether its last line was left half written, as by a runner that was killed or a program that prints no line break. */
export async function endsInLine(path: string): Promise<boolean> {
  const { bytes } = await readTail(path, 1);
  return bytes.length > 0 && bytes[0] !== 0x0a;
}

/** The last lines of a file, in constant memory; long lines are cut. */
export async function tailLines(path: string, count: number): Promise<string[]> {
  const { bytes, whole } = await readTail(path, 8192);
  const lines = new TextDecoder().decode(bytes).split('\n');
  if (!whole && lines.length > 1) lines.shift();
  if (lines.at(-1) === '') lines.pop();
  return lines.slice(-count).map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line));
}
