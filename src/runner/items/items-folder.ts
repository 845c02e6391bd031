import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stored } from '../state/item-log.ts';
import { takeLock } from '../state/lock.ts';

/**
 * The folder of the logs of an items run:
 *
 *   <pod>.log        done; <pod>.err: failed; attempts/<pod>.<n>.err: pods that the cluster took away
 *   items.json       which pods of the cluster are this folder's
 */
export class ItemsFolder {
  /** Absolute. */
  readonly path: string;
  /** Value of the label that the folder's pods have. */
  readonly id: string;
  /** Names of the logs that were there at the start, `.log` and `.err`. */
  readonly earlier: ReadonlySet<string>;
  readonly #unlock: () => Promise<void>;

  private constructor(path: string, id: string, earlier: ReadonlySet<string>, unlock: () => Promise<void>) {
    this.path = path;
    this.id = id;
    this.earlier = earlier;
    this.#unlock = unlock;
  }

  /** Makes the folder if need be and takes it; or gives the number of the process that has it. */
  static async open(path: string): Promise<ItemsFolder | number> {
    await stored(path, mkdir(path, { recursive: true }));
    const lock = lockOf(path);
    const unlock = await takeLock(lock);
    if (typeof unlock === 'number') return unlock;
    try {
      const files = await stored(path, readdir(path));
      const logs = new Set(files.filter((file) => file.endsWith('.log') || file.endsWith('.err')));
      return new ItemsFolder(path, await idOf(path), logs, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  isDone(pod: string): boolean {
    return this.earlier.has(`${pod}.log`);
  }

  hasFailed(pod: string): boolean {
    return this.earlier.has(`${pod}.err`);
  }

  close(): Promise<void> {
    return this.#unlock();
  }
}

function lockOf(path: string): string {
  return join(path, 'items.lock');
}

/** The same for all runs with this folder, and of no other folder. */
async function idOf(folder: string): Promise<string> {
  const file = join(folder, 'items.json');
  try {
    const { id } = JSON.parse(await readFile(file, 'utf8')) as { readonly id?: unknown };
    if (typeof id === 'string' && /^[a-z0-9]{12}$/.test(id)) return id;
  } catch (error) {
    const isBroken = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isBroken) return stored(file, Promise.reject(error));
  }
  const id = randomBytes(6).toString('hex');
  const part = `${file}.part`;
  await stored(file, writeFile(part, `${JSON.stringify({ version: 1, id })}\n`));
  await stored(file, rename(part, file));
  return id;
}
