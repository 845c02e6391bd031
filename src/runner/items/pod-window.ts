import type { Clock } from '../clock.ts';

export interface WindowLimits {
  /** Pods that are made but do not run yet, at most. */
  readonly maxPending: number;
  /** Pods that are pending or run, at most. */
  readonly maxRunning: number;
  /** Between one pod and the next, at least, in milliseconds. */
  readonly paceMillis: number;
}

/** How many pods there are, and whether there may be one more: the scheduler only ever sees a few new ones. */
export class PodWindow {
  readonly #limits: WindowLimits;
  readonly #clock: Clock;
  readonly #onFree: () => void;
  #pending = 0;
  #running = 0;
  #next = 0;
  #cancel: (() => void) | undefined;

  /** `onFree`: time has made room, that of `paceMillis`. */
  constructor(limits: WindowLimits, clock: Clock, onFree: () => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onFree = onFree;
  }

  get running(): number {
    return this.#running;
  }

  /** Takes room for a new pod, if there is any. */
  tryTake(): boolean {
    const { maxPending, maxRunning, paceMillis } = this.#limits;
    if (this.#pending >= maxPending || this.#pending + this.#running >= maxRunning) return false;
    const now = this.#clock.now();
    const wait = Math.min(this.#next - now, paceMillis); // whatever the clock does
    if (wait > 0) {
      this.#cancel ??= this.#clock.after(wait, () => {
        this.#cancel = undefined;
        this.#onFree();
      });
      return false;
    }
    this.#next = now + paceMillis;
    this.#pending++;
    return true;
  }

  /** A pod is there already. */
  add(): void {
    this.#pending++;
  }

  started(): void {
    this.#pending--;
    this.#running++;
  }

  ended(hadStarted: boolean): void {
    if (hadStarted) this.#running--;
    else this.#pending--;
  }

  close(): void {
    this.#cancel?.();
  }
}
