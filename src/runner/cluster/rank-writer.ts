import type { Failure } from '../failure.ts';
import { LinePrefix } from '../line-prefix.ts';
import type { ItemLog, LogWriter } from '../state/item-log.ts';

/** The log of a task with replicas, as one of its ranks writes to it: each line begins with the rank. */
export class RankWriter implements LogWriter {
  readonly #prefix: LinePrefix;
  readonly #log: () => Promise<ItemLog>;

  constructor(rank: number, log: () => Promise<ItemLog>) {
    this.#prefix = new LinePrefix(`[${rank}] `);
    this.#log = log;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#pass(this.#prefix.push(bytes));
  }

  finish(): Promise<void> {
    return this.#pass(this.#prefix.flush());
  }

  async #pass(bytes: Uint8Array): Promise<void> {
    if (bytes.length > 0) await (await this.#log()).write(bytes);
  }
}

/** The failure of a program says of which rank it is. */
export function withRank(failure: Failure, rank: number): Failure {
  return failure.kind === 'exit' || failure.kind === 'signal' ? { ...failure, rank } : failure;
}
