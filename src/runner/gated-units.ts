import { Fifo } from './fifo.ts';
import type { Startable } from './unit-queue.ts';

/** Units that one pod works through: they start together and hold one place in the window until all of them have ended. */
export interface GatedGroup {
  readonly units: readonly number[];
  state: 'waiting' | 'running' | 'ended';
  /** It was let through and its program does not run yet. */
  isPending: boolean;
  /** Units that may not start yet. */
  missing: number;
  /** Units that have not ended. */
  left: number;
}

/**
 * Groups of units that wait at gates, and which of them may be let through next. A group may when it is there and all of its units
 * may; so a place in the window is never held by what does not exist yet.
 */
export class GatedUnits {
  readonly #groups = new Map<number, GatedGroup>();
  readonly #ready = new Fifo<GatedGroup>();
  /** What may start, as it was said; undefined: everything may. */
  readonly #allowed: Map<number, Startable> | undefined;

  /** `free`: all units may start. Else each waits for `allow`. */
  constructor(free: boolean) {
    this.#allowed = free ? undefined : new Map();
  }

  get startable(): boolean {
    for (let next = this.#ready.peek(); next !== undefined; next = this.#ready.peek()) {
      if (next.state === 'waiting') return true;
      this.#ready.shift();
    }
    return false;
  }

  /** Upstream task of a unit that may only fail. */
  refusedBy(unit: number): string | undefined {
    return this.#allowed?.get(unit)?.refusedBy;
  }

  allow(startable: Startable): void {
    const { unit } = startable;
    if (this.#allowed === undefined || this.#allowed.has(unit)) return;
    this.#allowed.set(unit, startable);
    const group = this.#groups.get(unit);
    if (group !== undefined && --group.missing === 0) this.#offer(group);
  }

  /** A pod with these units is at the gate. Returns the group if it was let through before: the pod is another attempt. */
  arrive(units: readonly number[]): GatedGroup | undefined {
    const known = units.map((unit) => this.#groups.get(unit)).find((group) => group !== undefined);
    if (known !== undefined) return known.state === 'running' ? known : undefined;
    const group = this.#make(units);
    if (group.missing === 0) this.#offer(group);
    return undefined;
  }

  /** A pod with these units is through already. Returns the group unless it was known to be. */
  through(units: readonly number[]): GatedGroup | undefined {
    const known = units.map((unit) => this.#groups.get(unit)).find((group) => group !== undefined);
    if (units.length === 0 || (known !== undefined && known.state !== 'waiting')) return undefined;
    const group = known ?? this.#make(units);
    group.state = 'running';
    return group;
  }

  /** The next group, which runs from now on. Call only when `startable`. */
  take(): GatedGroup {
    const group = this.#ready.shift()!;
    group.state = 'running';
    return group;
  }

  groupOf(unit: number): GatedGroup | undefined {
    return this.#groups.get(unit);
  }

  /** A unit has ended for good. Returns its group when it was running and this was the last of its units. */
  end(unit: number): GatedGroup | undefined {
    const group = this.#groups.get(unit);
    this.#groups.delete(unit);
    if (group === undefined || --group.left > 0) return undefined;
    const ran = group.state === 'running';
    group.state = 'ended';
    return ran ? group : undefined;
  }

  /** Groups that run. */
  running(): GatedGroup[] {
    return [...new Set(this.#groups.values())].filter(({ state }) => state === 'running');
  }

  #make(units: readonly number[]): GatedGroup {
    const missing = this.#allowed === undefined ? 0 : units.filter((unit) => !this.#allowed!.has(unit)).length;
    const group: GatedGroup = { units, state: 'waiting', isPending: false, missing, left: units.length };
    for (const unit of units) this.#groups.set(unit, group);
    return group;
  }

  #offer(group: GatedGroup): void {
    if (group.state === 'waiting') this.#ready.push(group);
  }
}
