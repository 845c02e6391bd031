import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogKind } from './model.ts';

/** What lies in the folder of a task. */
export class TaskFiles {
  readonly #files: ReadonlySet<string>;
  readonly #kept: ReadonlySet<string>;

  private constructor(files: ReadonlySet<string>, kept: ReadonlySet<string>) {
    this.#files = files;
    this.#kept = kept;
  }

  /** `run`: folder of the run. A name that is none of a task's has no files: no name leads out of the folder. */
  static async read(run: string, task: string): Promise<TaskFiles> {
    if (!/^[a-z0-9][-a-z0-9]*$/.test(task)) return new TaskFiles(new Set(), new Set());
    const files = await names(join(run, task));
    return new TaskFiles(files, files.has('attempts') ? await names(join(run, task, 'attempts')) : new Set());
  }

  /** The log of an attempt. `last`: no attempt of the item came after it. */
  logOf(item: string, number: number, succeeded: boolean, last: boolean): LogKind {
    if (last) {
      if (succeeded) return this.#files.has(`${item}.log`) ? 'log' : 'none';
      if (this.#files.has(`${item}.err`)) return 'err';
    }
    return !succeeded && this.#kept.has(`${item}.${number}.err`) ? 'kept' : 'none';
  }

  /** Items whose file has this ending, `.log` or `.part`, in order. */
  itemsWith(ending: string): string[] {
    const found = [...this.#files].filter((file) => file.endsWith(ending));
    return found.map((file) => file.slice(0, -ending.length)).sort();
  }
}

async function names(folder: string): Promise<ReadonlySet<string>> {
  return new Set(await readdir(folder).catch(() => []));
}
