import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suggest } from '../units/suggest.ts';

/** Names of tasks, which are folders of a run. */
const TASK = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** A log that is being written, that is whole, that ends with a failure. */
const ENDINGS = ['part', 'log', 'err'] as const;

/** The log of an item as it is now. */
export interface LogFile {
  readonly task: string;
  readonly item: string;
  readonly ending: (typeof ENDINGS)[number];
  /** Absolute. */
  readonly path: string;
}

/** What `podloom logs` was asked for. */
export interface LogWish {
  /** undefined: all tasks. */
  readonly task: string | undefined;
  /** undefined: all items of the task. */
  readonly item: string | undefined;
}

export function parseWish(word: string | undefined): LogWish {
  if (word === undefined) return { task: undefined, item: undefined };
  const slash = word.indexOf('/');
  return slash < 0 ? { task: word, item: undefined } : { task: word.slice(0, slash), item: word.slice(slash + 1) };
}

/** The logs of a run that are wished for, by task and item. The wish is only compared: no path is made of it. */
export async function logFiles(folder: string, wish: LogWish): Promise<LogFile[]> {
  const tasks = (await tasksIn(folder)).filter((task) => wish.task === undefined || wish.task === task);
  const found = await Promise.all(tasks.map((task) => logsOf(folder, task)));
  return found.flat().filter(({ item }) => wish.item === undefined || wish.item === item);
}

/** Why there is nothing. */
export async function whyNone(folder: string, { task, item }: LogWish): Promise<string> {
  const tasks = await tasksIn(folder);
  if (task === undefined) return 'nothing has run yet';
  if (!tasks.includes(task)) {
    const near = suggest(task, tasks);
    return near === undefined ? 'no task of that name has run' : `did you mean ${JSON.stringify(near)}?`;
  }
  if (item === undefined) return 'nothing of the task has run yet';
  const near = suggest(item, [...new Set((await logsOf(folder, task)).map((log) => log.item))]);
  return near === undefined ? 'no item of that name has run' : `did you mean ${JSON.stringify(`${task}/${near}`)}?`;
}

async function tasksIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && TASK.test(entry.name))
    .map(({ name }) => name)
    .sort();
}

/** One for each item: the newest, which is the one that is being written, if any. */
async function logsOf(folder: string, task: string): Promise<LogFile[]> {
  const names = new Set(await readdir(join(folder, task)).catch(() => []));
  const items = new Map<string, LogFile>();
  for (const name of [...names].sort()) {
    const dot = name.lastIndexOf('.');
    const ending = ENDINGS.find((each) => each === name.slice(dot + 1));
    const item = name.slice(0, dot);
    const known = items.get(item);
    if (dot < 1 || ending === undefined || (known !== undefined && rank(known.ending) <= rank(ending))) continue;
    items.set(item, { task, item, ending, path: join(folder, task, name) });
  }
  return [...items.values()];
}

function rank(ending: LogFile['ending']): number {
  return ENDINGS.indexOf(ending);
}

const CHUNK_BYTES = 65_536;

/** A log that is read on as it grows, also after it got its final name. */
export class GrowingLog {
  readonly #handle: FileHandle;
  #offset = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** undefined: it has just got another name. */
  static async open(path: string): Promise<GrowingLog | undefined> {
    try {
      return new GrowingLog(await open(path, 'r'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Tells one attempt's log from the next one's, which has the same name. */
  async id(): Promise<bigint> {
    return (await this.#handle.stat({ bigint: true })).ino;
  }

  /** What has come since the last time, in pieces. */
  async *news(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const { bytesRead, buffer } = await this.#handle.read(new Uint8Array(CHUNK_BYTES), 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
