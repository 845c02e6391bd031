import type { JobView } from './job-view.ts';
import { isDeletion, type PodView } from './pod-view.ts';

export interface LiveJobOptions {
  readonly name: string;
  /** Pods that it makes: its indexes, from 0. */
  readonly pods: number;
  readonly unitsOf: (pod: number) => readonly number[];
  /** Whether it had ended before this runner came: its failed units are tried again by a new Job. */
  readonly isOld: boolean;
  /** Pods that it may run at once. */
  readonly parallelism: number;
}

/** A Job that a session follows. */
export class LiveJob {
  readonly name: string;
  readonly pods: number;
  readonly unitsOf: (pod: number) => readonly number[];
  readonly isOld: boolean;
  parallelism: number;
  view: JobView | undefined;
  /** Pods whose logs are being read. */
  collecting = 0;
  /** Deleted by someone. */
  gone = false;
  /** All that can be known of it is known. */
  closed = false;
  /** For Jobs that do not count by index: the pods that were seen, in that order, and whether each used up a retry. */
  readonly #seen = new Map<string, boolean>();

  constructor({ name, pods, unitsOf, isOld, parallelism }: LiveJobOptions) {
    this.name = name;
    this.pods = pods;
    this.unitsOf = unitsOf;
    this.isOld = isOld;
    this.parallelism = parallelism;
  }

  units(): number[] {
    return Array.from({ length: this.pods }, (_, pod) => this.unitsOf(pod)).flat();
  }

  /** Indexes that have not ended for good, as the Job controller counts them (late rather than early). */
  get left(): number {
    if (this.gone || this.closed || this.view?.ended !== undefined) return 0;
    return Math.max(0, this.pods - (this.view?.endedIndexes ?? 0));
  }

  /** Which attempt at its units a pod is, from 1. */
  attemptOf(pod: PodView): number {
    if (pod.earlier !== undefined) return pod.earlier + 1;
    this.#note(pod);
    return [...this.#seen.keys()].indexOf(pod.uid) + 1;
  }

  /** Retries that were used up before this pod. */
  failuresBefore(pod: PodView): number {
    if (pod.earlier !== undefined) return pod.failures;
    this.#note(pod);
    let failures = 0;
    for (const [uid, counts] of this.#seen) {
      if (uid === pod.uid) break;
      if (counts) failures++;
    }
    return failures;
  }

  #note({ uid, outcome }: PodView): void {
    const failure = outcome?.kind === 'failed' ? outcome.failure : undefined;
    const counts = failure !== undefined && (failure.kind !== 'disrupted' || isDeletion(failure));
    this.#seen.set(uid, counts);
  }
}
