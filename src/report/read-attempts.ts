import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AttemptLine } from '../runner/state/run-record.ts';
import type { RunningAttempts } from '../runner/state/running-file.ts';

/** Longest line that is looked at, in characters; what podloom writes has a few hundred. */
const LONGEST_LINE = 1_000_000;

/** What could not be read of attempts.jsonl. */
export interface AttemptsProblem {
  /** Code of the system: the file could not be read. */
  readonly code?: string | undefined;
  readonly damagedLines: number;
  /** Number of the first of them, from 1. */
  readonly firstDamaged: number;
}

/** Hands each attempt to `take`, one line in memory at a time. Lines that are damaged are counted and left out. */
export async function readAttempts(path: string, take: (line: AttemptLine) => void): Promise<AttemptsProblem> {
  let [number, damagedLines, firstDamaged] = [0, 0, 0];
  const read = (text: string): void => {
    number++;
    const line = parse(text);
    if (line !== undefined) take(line);
    else if (damagedLines++ === 0) firstDamaged = number;
  };
  try {
    let rest = '';
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
      const lines = (rest + (chunk as string)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) read(line);
      if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE);
    }
    if (rest !== '') read(rest);
  } catch (error) {
    return { code: (error as NodeJS.ErrnoException).code ?? 'unknown', damagedLines, firstDamaged };
  }
  return { damagedLines, firstDamaged };
}

/** What running.json says; undefined: there is none, or it is just being written. */
export async function readRunning(path: string): Promise<RunningAttempts | undefined> {
  let found: Partial<RunningAttempts> | null;
  try {
    found = JSON.parse(await readFile(path, 'utf8')) as typeof found;
  } catch {
    return undefined;
  }
  const { time, attempts } = found ?? {};
  if (!isCount(time) || !Array.isArray(attempts)) return undefined;
  return { time: time!, attempts: attempts.filter((each) => isAttempt({ ...each, ended: time })) };
}

function parse(text: string): AttemptLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isAttempt(line) ? line : undefined;
}

function isAttempt(line: unknown): line is AttemptLine {
  if (typeof line !== 'object' || line === null) return false;
  const { task, item, index, attempt, queued, started, ended, node, gpus, failure } = line as Partial<AttemptLine>;
  return (
    typeof task === 'string' &&
    typeof item === 'string' &&
    [index, attempt, started, ended].every(isCount) &&
    [queued, gpus].every((value) => value === undefined || isCount(value)) &&
    (node === undefined || typeof node === 'string') &&
    (failure === undefined || typeof (failure as { kind?: unknown } | null)?.kind === 'string')
  );
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < 8e15;
}
