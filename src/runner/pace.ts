import type { Clock } from './clock.ts';

/** So many starts in a second and no more; what was not used up in the last second is lost. */
export class Pace {
  readonly #clock: Clock;
  readonly #perSecond: number;
  readonly #wake: () => void;
  #left: number;
  #since: number;
  #cancel: (() => void) | undefined;

  /** `wake`: called when, after a refusal, the next start is due. */
  constructor(clock: Clock, perSecond: number, wake: () => void) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#wake = wake;
    this.#left = 1;
    this.#since = clock.now();
  }

  /** Whether one may start now. */
  take(): boolean {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return true;
    const now = this.#clock.now();
    // A clock that was set back gives nothing and takes nothing.
    const earned = (Math.max(0, now - this.#since) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#left + earned, Math.max(1, this.#perSecond));
    this.#since = now;
    if (this.#left >= 1) {
      this.#left--;
      return true;
    }
    this.#cancel ??= this.#clock.after(Math.ceil(((1 - this.#left) / this.#perSecond) * 1000), () => {
      this.#cancel = undefined;
      this.#wake();
    });
    return false;
  }

  close(): void {
    this.#cancel?.();
  }
}
