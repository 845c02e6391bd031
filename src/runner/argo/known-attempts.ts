import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PodView } from '../cluster/pod-view.ts';
import type { AttemptLine } from '../state/run-record.ts';

/** What an earlier runner of the run has written down: attempts whose logs are here. */
export class KnownAttempts {
  /** Whether any of them succeeded. */
  hasSucceeded = false;
  readonly #lines = new Map<string, Map<number, AttemptLine>>();

  /** A line that a killed runner left half written says nothing: that log is read again. */
  static async read(file: string): Promise<KnownAttempts> {
    const known = new KnownAttempts();
    try {
      const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
      for await (const text of lines) known.#take(text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return known;
  }

  /** By unit. */
  of({ name, created }: Pick<PodView, 'name' | 'created'>): ReadonlyMap<number, AttemptLine> {
    return this.#lines.get(keyOf(name, created)) ?? new Map();
  }

  #take(text: string): void {
    let line: AttemptLine;
    try {
      line = JSON.parse(text) as AttemptLine;
    } catch {
      return;
    }
    this.hasSucceeded ||= line.failure === undefined;
    if (line.pod === undefined || line.queued === undefined) return;
    const key = keyOf(line.pod, line.queued);
    const lines = this.#lines.get(key) ?? new Map<number, AttemptLine>();
    this.#lines.set(key, lines.set(line.index, line));
  }
}

/** Argo gives the pods of two Workflows of one name the same names. */
function keyOf(pod: string, created: number): string {
  return `${pod} ${created}`;
}
