import { constants, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endsInLine } from './tail.ts';

/** Takes what a program prints, in order. */
export interface LogWriter {
  write(bytes: Uint8Array): Promise<void>;
}

/** A log, or another file of the run, that cannot be written: the run stops, because nothing could be trusted. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly path: string;
  readonly code: string;

  constructor(path: string, cause: unknown) {
    const { code = 'unknown', message } = cause as NodeJS.ErrnoException;
    super(message, { cause });
    this.path = path;
    this.code = code;
  }
}

/** Runs a file operation; its error becomes a StorageError about `path`. */
export async function stored<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new StorageError(path, error);
  }
}

/** Files of one item in the folder of its task. Names of items are file-system safe and unique. */
export interface LogPaths {
  readonly part: string;
  readonly log: string;
  readonly err: string;
}

export function logPaths(folder: string, item: string): LogPaths {
  return { part: join(folder, `${item}.part`), log: join(folder, `${item}.log`), err: join(folder, `${item}.err`) };
}

/**
 * The log of one attempt of one item.
 *
 *   <item>.part ──succeeded──▶ <item>.log      (an earlier .err is removed)
 *        │
 *        └───────failed─────▶ <item>.err      (kept as attempts/<item>.<attempt>.err when a retry starts)
 */
export class ItemLog implements LogWriter {
  readonly #paths: LogPaths;
  readonly #file: FileHandle;
  /** Whether an `.err` of an earlier run is there. */
  readonly #failedBefore: boolean;
  /** It is being brought to its end. */
  #isOver = false;

  private constructor(paths: LogPaths, file: FileHandle, failedBefore: boolean) {
    this.#paths = paths;
    this.#file = file;
    this.#failedBefore = failedBefore;
  }

  /**
   * `attempt` from 1. `earlier`: names of the logs that were in the folder when the run began. A `.log` among them is
   * removed: from here on the item is not done.
   */
  static async open(folder: string, item: string, attempt: number, earlier: ReadonlySet<string>): Promise<ItemLog> {
    const paths = logPaths(folder, item);
    const { part, log, err } = paths;
    const failedBefore = attempt === 1 && earlier.has(`${item}.err`);
    if (attempt > 1) {
      const attempts = join(folder, 'attempts');
      await stored(attempts, mkdir(attempts, { recursive: true }));
      const kept = join(attempts, `${item}.${attempt - 1}.err`);
      await stored(kept, rename(err, kept).catch(unlessMissing)); // another runner may have had the earlier attempt
    } else if (earlier.has(`${item}.log`)) await stored(log, rm(log, { force: true }));
    const { O_CREAT, O_WRONLY, O_TRUNC, O_APPEND } = constants;
    const file = await stored(part, open(part, O_CREAT | O_WRONLY | O_TRUNC | O_APPEND, 0o666));
    return new ItemLog(paths, file, failedBefore);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await stored(this.#paths.part, this.#file.appendFile(bytes));
  }

  /** Returns the path of the finished log. */
  async succeed(): Promise<string> {
    this.#isOver = true;
    const { part, log, err } = this.#paths;
    await stored(part, this.#file.close());
    await stored(log, rename(part, log));
    if (this.#failedBefore) await stored(err, rm(err, { force: true }));
    return log;
  }

  /** Ends the log with a line that says why, after a line break if the program printed none. */
  async fail(reason: string): Promise<string> {
    this.#isOver = true;
    const { part, err } = this.#paths;
    const start = (await endsInLine(part)) ? '\n' : '';
    try {
      await this.write(Buffer.from(`${start}podloom: ${reason}\n`));
    } finally {
      await stored(part, this.#file.close());
    }
    await stored(err, rename(part, err));
    return err;
  }

  /** Leaves nothing: for a log that could not be written, or that nobody brings to its end here. One that is at its end stays. */
  async discard(): Promise<void> {
    if (this.#isOver) return;
    await this.#file.close().catch(() => {});
    await rm(this.#paths.part, { force: true }).catch(() => {});
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
