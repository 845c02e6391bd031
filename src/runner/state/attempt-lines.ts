import { createReadStream } from 'node:fs';
import { appendFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { stored } from './item-log.ts';
import type { AttemptLine } from './run-record.ts';
import { endsInLine } from './tail.ts';

/**
 * What earlier runners of a run have written down, one line in memory at a time; nothing when there is no file yet. A line that is
 * damaged says nothing: what it told of is looked at again. Lines of older podlooms may lack members.
 */
export async function* attemptLines(file: string): AsyncGenerator<Partial<AttemptLine>> {
  try {
    if (!(await stat(file)).isFile()) return; // a device may have no end
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      const line = parse(text);
      if (line !== undefined) yield line;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Ends the line that a runner which was killed, or whose disk was full, has left half written: it must not swallow the next one. */
export async function mendAttempts(file: string): Promise<void> {
  if (await endsInLine(file)) await stored(file, appendFile(file, '\n'));
}

function parse(text: string): Partial<AttemptLine> | undefined {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null ? line : undefined;
  } catch {
    return undefined;
  }
}
