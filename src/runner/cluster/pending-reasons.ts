import type { Clock } from '../clock.ts';
import type { PodView } from './pod-view.ts';

/** Longest that what is told is behind. */
const TELL_MILLISECONDS = 2000;

/** Why pods of a task do not run yet, counted by reason, told now and then. */
export class PendingReasons {
  readonly #clock: Clock;
  readonly #tell: (reasons: ReadonlyMap<string, number>) => void;
  readonly #pods = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, tell: (reasons: ReadonlyMap<string, number>) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** `waiting` undefined: the pod waits no more. */
  set(pod: string, waiting: PodView['waiting']): void {
    const reason = waiting && reasonText(waiting);
    const before = this.#pods.get(pod);
    if (before === reason) return;
    if (before !== undefined) this.#count(before, -1);
    if (reason === undefined) this.#pods.delete(pod);
    else {
      this.#pods.set(pod, reason);
      this.#count(reason, 1);
    }
    this.#cancel ??= this.#clock.after(TELL_MILLISECONDS, () => {
      this.#cancel = undefined;
      this.#tell(new Map(this.#counts));
    });
  }

  close(): void {
    this.#cancel?.();
  }

  #count(reason: string, change: number): void {
    const count = (this.#counts.get(reason) ?? 0) + change;
    if (count === 0) this.#counts.delete(reason);
    else this.#counts.set(reason, count);
  }
}

/** Numbers of nodes change all the time and say nothing that counts: `0/200 nodes are available: 200 Insufficient cpu.` */
function reasonText({ reason, message }: NonNullable<PodView['waiting']>): string {
  const short = message
    .replace(/^\d+\/\d+ nodes are available: /, '')
    .replace(/ preemption: .*$/s, '')
    .replace(/\b\d+ (?=[A-Z]|node)/g, '');
  return short === '' ? reason : `${reason}: ${short}`;
}
