import { Fifo } from './fifo.ts';

/** Where a unit is. `kept`: done before and not run again. */
export type UnitState = 'waiting' | 'running' | 'succeeded' | 'kept' | 'failed';

const STATES: readonly UnitState[] = ['waiting', 'running', 'succeeded', 'kept', 'failed'];
const [WAITING, RUNNING, SUCCEEDED, KEPT, FAILED] = [0, 1, 2, 3, 4] as const;

/** A unit that may start now. `refusedBy`: the upstream task whose item did not succeed, so that this one cannot run. */
export interface Startable {
  readonly unit: number;
  /** From 1. */
  readonly attempt: number;
  readonly refusedBy?: string | undefined;
}

export interface UnitQueueOptions {
  readonly total: number;
  /** Whether a unit is done already and need not run again. */
  readonly isDone: (unit: number) => boolean;
  /** Itemwise upstream tasks, each of which opens one gate of each unit. 0: all units may start. */
  readonly gates: number;
  /** Gets units that may start, instead of `take` giving them. With no gates they all may from the start, and it is not told. */
  readonly onReady?: ((startable: Startable) => void) | undefined;
}

/**
 * The units of one task: which may start next, and how many are where. One byte a unit (two with gates); every
 * operation takes constant time.
 *
 *   waiting ──take──▶ running ──▶ succeeded | failed
 *      │                 ▲  │
 *      └──▶ kept         └──┘ retry
 */
export class UnitQueue {
  readonly total: number;
  readonly #isDone: (unit: number) => boolean;
  readonly #states: Uint8Array;
  readonly #gates: Uint8Array | undefined;
  readonly #fresh: Uint8Array | undefined;
  readonly #ready = new Fifo<Startable>();
  readonly #onReady: ((startable: Startable) => void) | undefined;
  readonly #counts = new Uint32Array(STATES.length);
  #cursor = 0;

  constructor({ total, isDone, gates, onReady }: UnitQueueOptions) {
    this.total = total;
    this.#onReady = onReady;
    this.#isDone = isDone;
    this.#states = new Uint8Array(total);
    this.#counts[WAITING] = total;
    if (gates > 0) {
      this.#gates = new Uint8Array(total).fill(gates);
      this.#fresh = new Uint8Array(total);
    } else {
      for (let unit = 0; unit < total; unit++) if (isDone(unit)) this.#move(unit, KEPT);
    }
  }

  count(state: UnitState): number {
    return this.#counts[STATES.indexOf(state)]!;
  }

  state(unit: number): UnitState {
    return STATES[this.#states[unit]!]!;
  }

  /** No unit waits or runs. */
  get finished(): boolean {
    return this.#counts[WAITING] === 0 && this.#counts[RUNNING] === 0;
  }

  get startable(): boolean {
    if (this.#onReady !== undefined) return false;
    if (this.#ready.size > 0) return true;
    if (this.#gates !== undefined) return false;
    while (this.#cursor < this.total && this.#states[this.#cursor] !== WAITING) this.#cursor++;
    return this.#cursor < this.total;
  }

  take(): Startable | undefined {
    if (!this.startable) return undefined;
    const next = this.#ready.shift() ?? { unit: this.#cursor++, attempt: 1 };
    this.#move(next.unit, RUNNING);
    return next;
  }

  /** A unit whose attempt failed may start again, as this attempt. It has been running (waiting for it) since. */
  retry(unit: number, attempt: number): void {
    this.#ready.push({ unit, attempt });
  }

  /** A unit that was given to `onReady` runs. */
  begin(unit: number): void {
    this.#move(unit, RUNNING);
  }

  succeed(unit: number): void {
    this.#move(unit, SUCCEEDED);
  }

  fail(unit: number): void {
    this.#move(unit, FAILED);
  }

  /** Back to waiting: stopped by the user, to be run next time. */
  giveBack(unit: number): void {
    this.#move(unit, WAITING);
  }

  /**
   * One upstream task has done this unit; `fresh`: in this run, so that what was done before is done anew.
   * Returns whether the unit was kept: done before, with nothing new upstream.
   */
  openGate(unit: number, fresh: boolean): boolean {
    const gates = this.#gates!;
    if (this.#states[unit] !== WAITING || gates[unit] === 0) return false;
    if (fresh) this.#fresh![unit] = 1;
    if (--gates[unit]! > 0) return false;
    if (this.#fresh![unit] === 0 && this.#isDone(unit)) {
      this.#move(unit, KEPT);
      return true;
    }
    this.#push({ unit, attempt: 1 });
    return false;
  }

  /** The upstream task has not done this unit and never will. */
  refuse(unit: number, task: string): void {
    const gates = this.#gates!;
    if (this.#states[unit] !== WAITING || gates[unit] === 0) return;
    gates[unit] = 0;
    this.#push({ unit, attempt: 1, refusedBy: task });
  }

  #push(startable: Startable): void {
    if (this.#onReady === undefined) this.#ready.push(startable);
    else this.#onReady(startable);
  }

  #move(unit: number, state: number): void {
    this.#counts[this.#states[unit]!]!--;
    this.#counts[state]!++;
    this.#states[unit] = state;
  }
}
