import type { Clock } from '../../runner/clock.ts';
import type { RunEvent } from '../../runner/event.ts';
import { Tally } from '../../runner/reporters/tally.ts';
import { visible } from '../../runner/reporters/words.ts';

/**
 * `--pending-timeout`: gives up when for so long items have waited for a place to run, nothing has run, and nothing has started or
 * ended. Most often no node has what they ask for, or their image cannot be pulled.
 */
export class PendingLimit {
  readonly #clock: Clock;
  readonly #seconds: number | undefined;
  readonly #giveUp: (reason: string) => void;
  readonly #tally = new Tally();
  #cancel: (() => void) | undefined;

  /** `seconds` undefined: never. */
  constructor(clock: Clock, seconds: number | undefined, giveUp: (reason: string) => void) {
    this.#clock = clock;
    this.#seconds = seconds;
    this.#giveUp = giveUp;
  }

  handle(event: RunEvent): void {
    if (this.#seconds === undefined) return;
    this.#tally.handle(event);
    if (event.kind !== 'items-pending') this.close();
    const tasks = [...this.#tally.tasks];
    const waits = tasks.some(({ pending }) => pending.size > 0) && tasks.every(({ running }) => running === 0);
    if (!waits) this.close();
    else this.#cancel ??= this.#clock.after(this.#seconds * 1000, () => this.#expired());
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #expired(): void {
    const reasons = [...this.#tally.tasks].flatMap(({ name, pending }) =>
      [...pending].map(([reason, count]) => `${count} of ${name}: ${visible(reason)}`),
    );
    this.#giveUp(`nothing has started for ${this.#seconds} s (--pending-timeout): ${reasons.join('; ')}`);
  }
}
