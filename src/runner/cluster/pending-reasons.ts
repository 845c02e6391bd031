import type { Clock } from '../clock.ts';
import type { Failure } from '../failure.ts';
import type { PodView } from './pod-view.ts';

/** Longest that what is told is behind. */
const TELL_MILLISECONDS = 2000;

/** What happens when pods wait while none of the task starts. */
export interface Stuck {
  /** For so long. */
  readonly afterMillis: number;
  readonly tell: (failure: Failure) => void;
}

/** Why pods of a task do not run yet, counted by reason, told now and then. */
export class PendingReasons {
  readonly #clock: Clock;
  readonly #tell: (reasons: ReadonlyMap<string, number>) => void;
  readonly #stuck: Stuck | undefined;
  readonly #pods = new Map<string, { readonly reason: string; readonly count: number }>();
  readonly #counts = new Map<string, number>();
  #cancel: (() => void) | undefined;
  #cancelStuck: (() => void) | undefined;
  /** When a pod started last, or the first of those that wait began to. */
  #progress = 0;

  constructor(clock: Clock, tell: (reasons: ReadonlyMap<string, number>) => void, stuck?: Stuck) {
    this.#clock = clock;
    this.#tell = tell;
    this.#stuck = stuck;
  }

  /** `waiting` undefined: the pod waits no more. `count`: pods that this stands for. */
  set(pod: string, waiting: PodView['waiting'], count = 1): void {
    const reason = waiting && reasonText(waiting);
    const before = this.#pods.get(pod);
    if (before?.reason === reason && (before === undefined || before.count === count)) return;
    if (before !== undefined) this.#count(before.reason, -before.count);
    if (reason === undefined) this.#pods.delete(pod);
    else {
      this.#pods.set(pod, { reason, count });
      this.#count(reason, count);
    }
    this.#watchStuck();
    this.#cancel ??= this.#clock.after(TELL_MILLISECONDS, () => {
      this.#cancel = undefined;
      this.#tell(new Map(this.#counts));
    });
  }

  /** A pod of the task has started. */
  started(): void {
    this.#progress = this.#clock.now();
  }

  close(): void {
    this.#cancel?.();
    this.#cancelStuck?.();
  }

  #watchStuck(): void {
    if (this.#stuck === undefined) return;
    if (this.#pods.size === 0) {
      this.#cancelStuck?.();
      this.#cancelStuck = undefined;
    } else if (this.#cancelStuck === undefined) {
      this.#progress = this.#clock.now();
      this.#waitStuck(this.#stuck.afterMillis, this.#stuck);
    }
  }

  #waitStuck(millis: number, stuck: Stuck): void {
    this.#cancelStuck = this.#clock.after(millis, () => {
      const left = this.#progress + stuck.afterMillis - this.#clock.now();
      if (left > 0) this.#waitStuck(Math.min(left, stuck.afterMillis), stuck);
      else stuck.tell(this.#failure(stuck.afterMillis));
    });
  }

  #failure(millis: number): Failure {
    const [message] = [...this.#counts].sort(([, one], [, other]) => other - one).map(([text]) => text);
    return { kind: 'notStarted', reason: `no pod of the task started for ${Math.round(millis / 1000)} s`, message };
  }

  #count(reason: string, change: number): void {
    const count = (this.#counts.get(reason) ?? 0) + change;
    if (count === 0) this.#counts.delete(reason);
    else this.#counts.set(reason, count);
  }
}

/**
 * Numbers of nodes change all the time and say nothing that counts: `0/200 nodes are available: 200 Insufficient cpu.` Nor does what
 * kube-scheduler 1.36 tried afterwards: ` no new claims to deallocate, preemption: 0/200 nodes are available: …`
 */
function reasonText({ reason, message }: NonNullable<PodView['waiting']>): string {
  const short = message
    .replace(/^\d+\/\d+ nodes are available: /, '')
    .replace(/ (?:[a-z ]+, )*preemption: .*$/s, '')
    .replace(/\b\d+ (?=[A-Z]|node)/g, '');
  return short === '' ? reason : `${reason}: ${short}`;
}
