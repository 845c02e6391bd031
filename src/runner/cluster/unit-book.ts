import type { Failure } from '../failure.ts';

export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly failure: Failure;
}

/** Which units of a task have not ended for good, which Job answers for each, and how the last attempt at each failed. */
export class UnitBook {
  readonly #open: Set<number>;
  readonly #failed = new Map<number, FailedAttempt>();
  readonly #jobs = new Map<number, string>();

  constructor(units: readonly number[]) {
    this.#open = new Set(units);
  }

  get left(): number {
    return this.#open.size;
  }

  openUnits(): number[] {
    return [...this.#open];
  }

  isOpen(unit: number): boolean {
    return this.#open.has(unit);
  }

  close(unit: number): void {
    this.#open.delete(unit);
  }

  /** From now on this Job says whether the unit succeeds. */
  assign(unit: number, job: string): void {
    this.#jobs.set(unit, job);
  }

  isOf(unit: number, job: string): boolean {
    return this.#jobs.get(unit) === job;
  }

  fail(unit: number, attempt: number, failure: Failure): void {
    if (attempt >= (this.#failed.get(unit)?.attempt ?? 0)) this.#failed.set(unit, { attempt, failure });
  }

  lastFailed(unit: number): FailedAttempt | undefined {
    return this.#failed.get(unit);
  }

  /** Open units with a failed attempt. */
  *failedUnits(): Generator<[number, FailedAttempt]> {
    for (const entry of this.#failed) if (this.#open.has(entry[0])) yield entry;
  }
}
