import type { PodView } from '../cluster/pod-view.ts';
import { attemptLines } from '../state/attempt-lines.ts';
import type { AttemptLine } from '../state/run-record.ts';

/** What an earlier runner of the run has written down: attempts whose logs are here. */
export class KnownAttempts {
  /** Whether any of them succeeded. */
  hasSucceeded = false;
  readonly #lines = new Map<string, Map<number, AttemptLine>>();

  static async read(file: string): Promise<KnownAttempts> {
    const known = new KnownAttempts();
    for await (const line of attemptLines(file)) known.#take(line as AttemptLine);
    return known;
  }

  /** By unit. */
  of({ name, created }: Pick<PodView, 'name' | 'created'>): ReadonlyMap<number, AttemptLine> {
    return this.#lines.get(keyOf(name, created)) ?? new Map();
  }

  #take(line: AttemptLine): void {
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
