import { attemptLines } from './attempt-lines.ts';
import type { AttemptLine } from './run-record.ts';

/** By which version of its task each item was made that has succeeded in a run: one short text an item. */
export class MadeItems {
  readonly #tasks = new Map<string, Map<string, string>>();

  /** Reads attempts.jsonl. Lines of older podlooms say nothing. */
  static async read(file: string): Promise<MadeItems> {
    const made = new MadeItems();
    for await (const line of attemptLines(file)) made.#take(line);
    return made;
  }

  /** undefined: nobody knows. */
  fingerprint(task: string, item: string): string | undefined {
    return this.#tasks.get(task)?.get(item);
  }

  #take({ task, item, failure, fingerprint }: Partial<AttemptLine>): void {
    if (typeof task !== 'string' || typeof item !== 'string' || failure !== undefined) return;
    const items = this.#tasks.get(task) ?? new Map<string, string>();
    if (typeof fingerprint === 'string') items.set(item, fingerprint);
    else items.delete(item);
    this.#tasks.set(task, items);
  }
}
