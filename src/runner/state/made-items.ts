import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { AttemptLine } from './run-record.ts';

/** By which version of its task each item was made that has succeeded in a run: one short text an item. */
export class MadeItems {
  readonly #tasks = new Map<string, Map<string, string>>();

  /** Reads attempts.jsonl. Lines that are damaged, and those of older podlooms, say nothing. */
  static async read(file: string): Promise<MadeItems> {
    const made = new MadeItems();
    try {
      if (!(await stat(file)).isFile()) return made; // a device may have no end
      const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
      for await (const line of lines) made.#take(line);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return made;
  }

  /** undefined: nobody knows. */
  fingerprint(task: string, item: string): string | undefined {
    return this.#tasks.get(task)?.get(item);
  }

  #take(text: string): void {
    let line: Partial<AttemptLine> | null;
    try {
      line = JSON.parse(text) as Partial<AttemptLine> | null;
    } catch {
      return;
    }
    const { task, item, failure, fingerprint } = line ?? {};
    if (typeof task !== 'string' || typeof item !== 'string' || failure !== undefined) return;
    const items = this.#tasks.get(task) ?? new Map<string, string>();
    if (typeof fingerprint === 'string') items.set(item, fingerprint);
    else items.delete(item);
    this.#tasks.set(task, items);
  }
}
