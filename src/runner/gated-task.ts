import type { WholeSession } from './engine.ts';
import { type GatedGroup, GatedUnits } from './gated-units.ts';
import type { TaskHost } from './task-run.ts';
import type { Startable, UnitQueue } from './unit-queue.ts';

type GatedHost = Pick<TaskHost, 'freed' | 'taken' | 'pending'>;

/** The part of a task's run that lets pods of a gated session through, as the conductor's window says. */
export class GatedTask {
  readonly #units: GatedUnits;
  readonly #session: WholeSession;
  readonly #host: GatedHost;
  readonly #ready: () => void;
  #queue!: UnitQueue;
  /** Groups that run: each has a place in the window. */
  active = 0;

  /** `free`: units wait for the window only. `ready`: something may start. */
  constructor(session: WholeSession, host: GatedHost, free: boolean, ready: () => void) {
    this.#units = new GatedUnits(free);
    this.#session = session;
    this.#host = host;
    this.#ready = ready;
  }

  get startable(): boolean {
    return this.#units.startable;
  }

  set queue(queue: UnitQueue) {
    this.#queue = queue;
  }

  allow(startable: Startable): void {
    this.#units.allow(startable);
  }

  /** Call only when `startable`. */
  start(): void {
    const group = this.#units.take();
    this.active++;
    this.#setPending(group, true);
    for (const unit of group.units) {
      this.#begin(unit);
      const refusedBy = this.#units.refusedBy(unit);
      if (refusedBy === undefined) this.#session.release(unit);
      else this.#session.refuse(unit, refusedBy);
    }
  }

  atGate(units: readonly number[]): void {
    const again = this.#units.arrive(units);
    if (again === undefined) this.#ready();
    else this.#setPending(again, true);
  }

  through(units: readonly number[]): void {
    const group = this.#units.through(units);
    if (group === undefined) return;
    for (const unit of group.units) this.#begin(unit);
    this.active++;
    this.#host.taken();
  }

  started(unit: number): void {
    const group = this.#units.groupOf(unit);
    if (group !== undefined) this.#setPending(group, false);
  }

  /** A unit has ended for good. */
  ended(unit: number): void {
    const group = this.#units.end(unit);
    if (group !== undefined) this.#free(group);
  }

  /** Nothing of the session runs any more, or nobody looks any more. */
  close(): void {
    for (const group of this.#units.running()) this.#free(group);
  }

  #begin(unit: number): void {
    if (this.#queue.state(unit) === 'waiting') this.#queue.begin(unit);
  }

  #free(group: GatedGroup): void {
    group.state = 'ended';
    this.#setPending(group, false);
    this.active--;
    this.#ready();
    this.#host.freed();
  }

  #setPending(group: GatedGroup, isPending: boolean): void {
    if (group.isPending === isPending) return;
    group.isPending = isPending;
    this.#host.pending(isPending ? 1 : -1);
  }
}
