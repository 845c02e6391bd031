import { PendingReasons } from '../cluster/pending-reasons.ts';
import { RankWriter, withRank } from '../cluster/rank-writer.ts';
import { type Failure, failed, SUCCEEDED } from '../failure.ts';
import type { ItemLog } from '../state/item-log.ts';
import type { ArgoPod } from './argo-pod.ts';
import { GOES_ON, type PodFollower, type PodFollowerHost, placeOf, type UnitEnd } from './pod-follower.ts';

/** The only unit of a task with replicas. */
const UNIT = 0;

/** Ranks that run together: the pods of one Job. */
interface Attempt {
  readonly job: string;
  readonly number: number;
  /** The rank that was seen first. */
  readonly first: ArgoPod;
  readonly live: Map<string, ArgoPod>;
  readonly handled: Set<string>;
  readonly writers: Map<number, RankWriter>;
  reading: number;
  /** Why the first rank that failed did; others fail because of it. */
  failure: Failure | undefined;
  /** Uid of the first rank that never ran its program. */
  unstarted: string | undefined;
  log: Promise<ItemLog> | undefined;
  /** Told of, now or by an earlier runner. */
  isTold: boolean;
  /** Resolves when it has been told of. */
  readonly told: PromiseWithResolvers<void>;
}

/**
 * Follows a task with replicas. They fail together, so that an attempt is a Job, and Argo makes the next one. All ranks print into one
 * log, each line with its rank.
 */
export class RankFollower implements PodFollower {
  readonly #host: PodFollowerHost;
  readonly #pending: PendingReasons;
  readonly #attempts = new Map<string, Attempt>();
  #work: Promise<void> = Promise.resolve();
  #working = 0;
  #left = 1;
  #last: { readonly attempt: number; readonly failure: Failure; readonly before: boolean } | undefined;

  constructor(host: PodFollowerHost) {
    this.#host = host;
    this.#pending = new PendingReasons(host.clock, (reasons) => host.listener.pending(reasons));
  }

  get hasLive(): boolean {
    return [...this.#attempts.values()].some(({ live }) => live.size > 0);
  }

  get isReading(): boolean {
    return this.#working > 0 || [...this.#attempts.values()].some(({ reading }) => reading > 0);
  }

  get left(): number {
    return this.#left;
  }

  pod(pod: ArgoPod): void {
    const { uid, outcome, waiting, started } = pod.view;
    const attempt = this.#attemptOf(pod);
    if (attempt.handled.has(uid) || this.#host.leaving.aborted) return;
    this.#pending.set(uid, outcome === undefined ? waiting : undefined);
    if (this.#host.known.of(pod.view).size > 0) {
      attempt.isTold = true;
      attempt.told.resolve();
    }
    if (outcome !== undefined) {
      attempt.handled.add(uid);
      attempt.live.delete(uid);
      if (outcome.kind === 'failed') {
        attempt.failure ??= withRank(outcome.failure, pod.view.index);
        if (outcome.failure.kind === 'notStarted') attempt.unstarted ??= uid;
      }
      this.#collect(attempt, pod);
      return;
    }
    const isFirst = attempt.live.size === 0 && attempt.handled.size === 0;
    attempt.live.set(uid, pod);
    if (started === undefined) return;
    this.#pending.started();
    if (isFirst && !attempt.isTold) this.#host.listener.started(UNIT, attempt.number, placeOf(pod));
    if (!attempt.writers.has(pod.view.index)) {
      const writer = this.#writerOf(attempt, pod.view.index);
      this.#host.logs.running(pod.view, async () => writer);
    }
  }

  changed(): void {
    for (const attempt of this.#attempts.values()) this.#settle(attempt);
  }

  abandon(): void {
    for (const { live } of this.#attempts.values()) {
      for (const pod of [...live.values()]) this.pod({ ...pod, view: { ...pod.view, outcome: failed(GOES_ON) } });
    }
  }

  async giveUp(endOf: (unit: number) => UnitEnd): Promise<void> {
    this.#pending.close();
    if (this.#left === 0) return;
    this.#left = 0;
    const { listener } = this.#host;
    if (this.#last !== undefined) {
      const { attempt, failure, before } = this.#last;
      if (before) await this.#host.keptFailed(UNIT, attempt, failure);
      else await listener.gaveUp(UNIT, attempt, failure);
      return;
    }
    const { succeeded, message } = endOf(UNIT);
    const log = await listener.openLog(UNIT, 1);
    if (succeeded)
      await log.write(Buffer.from('podloom: the log is lost: the pods were removed before it could be read\n'));
    const reason = message === '' ? 'Argo ended the task before it' : message;
    const outcome = succeeded ? SUCCEEDED : failed({ kind: 'notStarted', reason });
    await listener.ended(UNIT, 1, log, { outcome, final: true });
  }

  async leave(): Promise<void> {
    this.#pending.close();
    await this.#work.catch(() => {});
  }

  #attemptOf(pod: ArgoPod): Attempt {
    const known = this.#attempts.get(pod.view.job);
    if (known !== undefined) return known;
    const attempt: Attempt = {
      ...{ job: pod.view.job, number: this.#attempts.size + 1, first: pod },
      ...{ live: new Map(), handled: new Set(), writers: new Map() },
      ...{ reading: 0, failure: undefined, unstarted: undefined, log: undefined, isTold: false },
      told: Promise.withResolvers<void>(),
    };
    const before = [...this.#attempts.values()].at(-1);
    this.#attempts.set(pod.view.job, attempt);
    if (before !== undefined) this.#settle(before); // another follows it
    return attempt;
  }

  #collect(attempt: Attempt, pod: ArgoPod): void {
    const { logs, leaving, error } = this.#host;
    attempt.reading++;
    const collect = async (): Promise<void> => {
      await Promise.resolve(); // until all ranks that are there were seen
      if (attempt.isTold) {
        this.#recall(attempt, pod);
        logs.forget(pod.view);
        return;
      }
      const writer = this.#writerOf(attempt, pod.view.index);
      await logs.collect(
        pod.view,
        async () => writer,
        () => writer.finish(),
      );
    };
    collect()
      .catch((problem: unknown) => {
        if (!leaving.aborted) error(problem);
      })
      .finally(() => {
        attempt.reading--;
        this.#settle(attempt);
        this.#host.settled();
      });
  }

  /** What an earlier runner has told of these ranks still counts. */
  #recall(attempt: Attempt, pod: ArgoPod): void {
    const line = this.#host.known.of(pod.view).get(UNIT);
    if (line === undefined || this.#left === 0) return;
    if (line.failure !== undefined) this.#last = { attempt: attempt.number, failure: line.failure, before: true };
    else {
      this.#left = 0;
      this.#host.kept(UNIT);
    }
  }

  /** All ranks have ended and Argo has decided what comes next. */
  #settle(attempt: Attempt): void {
    const { leaving, error, isOver } = this.#host;
    if (attempt.isTold || attempt.live.size > 0 || attempt.reading > 0 || leaving.aborted) return;
    const job = this.#host.job(attempt.job);
    if (job !== undefined && job.ended === undefined && !isOver()) return;
    const comesAgain = this.#attempts.size > attempt.number;
    const succeeded = job?.ended?.succeeded === true;
    if (!succeeded && !comesAgain && !isOver()) return;
    attempt.isTold = true;
    this.#working++;
    this.#work = this.#work
      .then(() => this.#tell(attempt, succeeded, succeeded || !comesAgain))
      .catch((problem: unknown) => error(problem))
      .finally(() => {
        this.#working--;
        this.#host.settled();
      });
  }

  async #tell(attempt: Attempt, succeeded: boolean, final: boolean): Promise<void> {
    const failure = attempt.failure ?? { kind: 'disrupted', reason: 'the Job was deleted' };
    const outcome = succeeded ? SUCCEEDED : failed(failure);
    if (!succeeded) this.#last = { attempt: attempt.number, failure, before: false };
    if (final) this.#left = 0;
    const log = await this.#logOf(attempt);
    if (attempt.unstarted !== undefined) await this.#host.explainer.explain(attempt.unstarted, log);
    await this.#host.listener.ended(UNIT, attempt.number, log, { outcome, final, place: placeOf(attempt.first) });
    attempt.told.resolve();
  }

  /** Opens it when that of the attempt before is closed. */
  #logOf(attempt: Attempt): Promise<ItemLog> {
    const before = [...this.#attempts.values()].find(({ number }) => number === attempt.number - 1);
    const turn = before?.told.promise ?? Promise.resolve();
    attempt.log ??= turn.then(() => this.#host.listener.openLog(UNIT, attempt.number));
    return attempt.log;
  }

  #writerOf(attempt: Attempt, rank: number): RankWriter {
    const writer = attempt.writers.get(rank) ?? new RankWriter(rank, () => this.#logOf(attempt));
    attempt.writers.set(rank, writer);
    return writer;
  }
}
