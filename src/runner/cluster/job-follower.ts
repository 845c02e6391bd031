import type { Task } from '../../ir/task.ts';
import type { AttemptListener } from '../engine.ts';
import type { AttemptPlace } from '../event.ts';
import { type AttemptOutcome, type Failure, failed } from '../failure.ts';
import type { ItemLog, LogWriter } from '../state/item-log.ts';
import type { AttemptOrder } from './attempt-order.ts';
import type { ClusterContext } from './context.ts';
import { type GateKeeper, UPSTREAM_FAILED } from './gate-keeper.ts';
import type { JobView } from './job-view.ts';
import type { LiveJob } from './live-job.ts';
import { MissingPods } from './missing-pods.ts';
import { LOOK_MILLIS, MOST_LOOKS, patiently, pause } from './patience.ts';
import type { PendingReasons } from './pending-reasons.ts';
import type { PodExplainer } from './pod-explainer.ts';
import { type OpenOutput, PodOutput } from './pod-output.ts';
import { isSurplus, type PodView } from './pod-view.ts';
import { mayComeAgain } from './retries.ts';
import type { JobListener } from './run-watch.ts';
import type { TaskOutputs } from './task-outputs.ts';
import type { UnitBook } from './unit-book.ts';

/** What the followers of one task share. */
export interface FollowerHost {
  readonly task: Task;
  readonly context: ClusterContext;
  readonly listener: AttemptListener;
  readonly book: UnitBook;
  readonly outputs: TaskOutputs;
  readonly gates: GateKeeper;
  readonly isGated: boolean;
  readonly pending: PendingReasons;
  /** One line for each unit: its attempts are told one after the other. */
  readonly order: AttemptOrder;
  readonly explainer: PodExplainer;
  /** Why the task is being stopped, if it is: what ends badly from then on, ends for this reason. */
  stopping(): Failure | undefined;
  /** Something of the Job has changed for good. */
  settled(): void;
  error(error: unknown): void;
}

type Stage = 'gated' | 'through' | 'started' | 'ended';

/** Pods of a Job that was deleted are waited for so long, to see how they end: longer than they are given to end. */
const LAST_PODS_MILLIS = 90_000;

/**
 * Follows one Job to its end. What it knows the cluster could tell again, so a runner that dies loses nothing.
 *
 *   pod ended ─▶ its log is read ─▶ each of its units ended
 *   Job ended ─▶ its pods are listed once more ─▶ units that are still open have failed
 */
export class JobFollower implements JobListener {
  readonly live: LiveJob;
  readonly #host: FollowerHost;
  readonly #stages = new Map<string, Stage>();
  /** By uid of the pod. */
  readonly #outputs = new Map<string, OpenOutput>();
  readonly #closed = Promise.withResolvers<void>();
  /** Attempts at units that were made by Jobs before this one. */
  readonly #attemptsBefore = new Map<number, number>();
  readonly #missing: MissingPods;
  #running = 0;
  #cancelWait: (() => void) | undefined;
  #waited = false;
  #looks = 0;
  #settling = false;

  constructor(live: LiveJob, host: FollowerHost) {
    this.live = live;
    this.#host = host;
    this.#missing = new MissingPods(host.context.client, host.context.clock, host.pending);
    for (const [unit, { attempt }] of host.book.failedUnits()) this.#attemptsBefore.set(unit, attempt);
  }

  /** Resolves when all that can be known of the Job is known. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Nothing is told any more. */
  async leave(): Promise<void> {
    this.#cancelWait?.();
    this.#missing.close();
    this.#host.context.watch.ignore(this.live.name);
    await Promise.all([...this.#outputs.values()].map(({ output }) => output.discard()));
    this.#outputs.clear();
  }

  pod(pod: PodView): void {
    const before = this.#stages.get(pod.uid);
    if (before === 'ended') return;
    if (before === undefined) {
      this.#running++;
      this.#countMissing();
    }
    const waits = pod.outcome === undefined && pod.gates.length === 0;
    this.#host.pending.set(pod.uid, waits ? pod.waiting : undefined);
    if (pod.outcome !== undefined) this.#end(pod, before);
    else if (pod.gates.length > 0) this.#arrive(pod, before);
    else this.#goOn(pod, before);
  }

  job(view: JobView): void {
    this.live.view = view;
    this.#countMissing();
    this.#guard(() => this.#settle());
    this.#host.settled();
  }

  gone(): void {
    this.live.gone = true;
    this.#guard(() => this.#settle());
  }

  /** Pods that the Job could have and that are not there. */
  #countMissing(): void {
    const { view, left } = this.live;
    if (view === undefined) return;
    this.#missing.update(view.uid, view.ending ? 0 : Math.min(view.parallelism, left) - this.#running);
  }

  /** Pods that are at a gate which nobody will open: all of their units had ended before. */
  get hasIdlePods(): boolean {
    return [...this.#stages.values()].includes('gated');
  }

  #arrive(pod: PodView, before: Stage | undefined): void {
    if (before !== undefined) return;
    this.#stages.set(pod.uid, 'gated');
    const units = this.#unitsFor(pod);
    if (units.length === 0) return;
    const { gates, isGated, listener } = this.#host;
    gates.seen(pod, units);
    if (isGated) listener.atGate(units);
    else for (const unit of units) gates.pass(unit);
  }

  #goOn(pod: PodView, before: Stage | undefined): void {
    const { context, isGated, listener } = this.#host;
    if (before === undefined && isGated) listener.through(this.#unitsFor(pod));
    if (before !== 'started') this.#stages.set(pod.uid, pod.started === undefined ? 'through' : 'started');
    if (pod.started === undefined) return;
    if (before !== 'started' && this.#tellStarted(pod)) this.#mayFollow(pod);
    if (pod.deleting) context.logs.hurry(pod);
  }

  /** Whether anybody cares for the pod. */
  #tellStarted(pod: PodView): boolean {
    const { listener, pending } = this.#host;
    pending.started();
    const units = this.#unitsFor(pod);
    for (const unit of units) listener.started(unit, this.#attemptOf(pod, unit), placeOf(pod));
    return units.length > 0;
  }

  /** A log that is followed begins when those of earlier attempts are complete. */
  #mayFollow(pod: PodView): void {
    const { context, order } = this.#host;
    const open = (): Promise<LogWriter> => this.#outputOf(pod).writer();
    context.logs.running(pod, () => order.run(this.#lineOf(pod), this.live.attemptOf(pod), open));
  }

  #end(pod: PodView, before: Stage | undefined): void {
    this.#stages.set(pod.uid, 'ended');
    this.#running--;
    const { context } = this.#host;
    if (this.#isNoAttempt(pod)) context.logs.forget(pod);
    else if (pod.outcome?.kind === 'failed' && context.wasCollected(pod.name))
      this.#remember(pod, this.#failureOf(pod.outcome.failure));
    else {
      if (pod.started !== undefined && before !== 'started') this.#tellStarted(pod);
      this.#guard(() => this.#collect(pod));
    }
    this.#guard(() => this.#settle());
  }

  /** Pods that are deleted because the task is stopped, or the unit refused, say so. */
  #isNoAttempt(pod: PodView): boolean {
    const { gates, stopping } = this.#host;
    const isRefused = (unit: number): boolean => gates.refusedBy(unit) !== undefined;
    return isSurplus(pod) && stopping() === undefined && !this.live.unitsOf(pod.index).some(isRefused);
  }

  /** The log of this pod is here since an earlier runner: what it says of its units still counts. */
  #remember(pod: PodView, failure: Failure): void {
    for (const unit of this.#unitsFor(pod)) this.#host.book.fail(unit, this.#attemptOf(pod, unit), failure);
    this.#host.context.logs.forget(pod);
  }

  async #collect(pod: PodView): Promise<void> {
    const { context, order } = this.#host;
    const output = this.#outputOf(pod);
    this.#outputs.get(pod.uid)!.pod = pod;
    context.logs.ended(pod);
    if (output.isEmpty) {
      this.#outputs.delete(pod.uid);
      context.logs.forget(pod);
      return;
    }
    this.live.collecting++;
    try {
      const collect = (): Promise<boolean> =>
        context.logs.collect(
          pod,
          () => output.writer(),
          () => output.finish(),
        );
      await order.run(this.#lineOf(pod), this.live.attemptOf(pod), collect);
    } finally {
      await output.discard();
      this.#outputs.delete(pod.uid);
      this.live.collecting--;
      this.#host.settled();
    }
    await this.#settle();
  }

  #outputOf(pod: PodView): PodOutput {
    const known = this.#outputs.get(pod.uid);
    if (known !== undefined) return known.output;
    const { book, listener, task } = this.#host;
    const several = (task.forEach?.itemsPerPod ?? 1) > 1;
    const attempts = new Map<number, number>();
    const open = (unit: number): Promise<ItemLog> => {
      // Of two pods for one attempt the second one is an attempt, too: it must not write into the log of the first.
      const attempt = Math.max(this.#attemptOf(pod, unit), (book.lastFailed(unit)?.attempt ?? 0) + 1);
      attempts.set(unit, attempt);
      return listener.openLog(unit, attempt);
    };
    const output = new PodOutput(this.#unitsFor(pod), {
      several,
      open,
      ended: (unit, log, outcome) => this.#ended(entry, unit, log, outcome),
    });
    const entry: OpenOutput = { output, attempts, pod };
    this.#outputs.set(pod.uid, entry);
    return output;
  }

  /** Pods that may work at the same units are in one line. */
  #lineOf(pod: PodView): number {
    return this.live.unitsOf(pod.index)[0] ?? -1;
  }

  /**
   * Units that this pod has something to say of: those that are open, unless it succeeded in a Job that does not answer for
   * them any more.
   */
  #unitsFor(pod: PodView): number[] {
    const { book } = this.#host;
    const isFailed = pod.outcome?.kind === 'failed';
    return this.live
      .unitsOf(pod.index)
      .filter((unit) => book.isOpen(unit) && (isFailed || book.isOf(unit, this.live.name)));
  }

  #attemptOf(pod: PodView, unit: number): number {
    return (this.#attemptsBefore.get(unit) ?? 0) + this.live.attemptOf(pod);
  }

  /** A unit has ended with this pod. `known` undefined: as the pod did. */
  async #ended(
    { pod, attempts }: OpenOutput,
    unit: number,
    log: ItemLog,
    known: AttemptOutcome | undefined,
  ): Promise<void> {
    const { book, listener } = this.#host;
    const outcome = await this.#outcomeOf(pod, unit, known);
    const attempt = attempts.get(unit)!;
    // An attempt that is found after a later one has ended the unit is history.
    const final = book.isOpen(unit) && (outcome.kind === 'succeeded' || !this.#comesAgain(pod, outcome.failure));
    if (outcome.kind === 'failed') book.fail(unit, attempt, outcome.failure);
    if (final) book.close(unit);
    if (outcome.kind === 'failed' && outcome.failure.kind === 'notStarted')
      await this.#host.explainer.explain(pod.uid, log);
    await listener.ended(unit, attempt, log, { outcome, final, place: placeOf(pod) });
  }

  async #outcomeOf(pod: PodView, unit: number, known: AttemptOutcome | undefined): Promise<AttemptOutcome> {
    const { gates, outputs, stopping } = this.#host;
    const refusedBy = gates.refusedBy(unit);
    if (refusedBy !== undefined && pod.started === undefined) return failed({ kind: 'upstream', task: refusedBy });
    const outcome = known ?? pod.outcome!;
    if (outcome.kind === 'succeeded') return outputs.take(unit, pod.message);
    return failed(stopping() ?? this.#failureOf(outcome.failure));
  }

  /** A pod that an earlier runner refused says so. */
  #failureOf(failure: Failure): Failure {
    if (failure.kind !== 'notStarted' || failure.reason !== UPSTREAM_FAILED) return failure;
    const edge = this.#host.task.after.find(({ on }) => on === 'itemwise');
    return edge === undefined ? failure : { kind: 'upstream', task: edge.task };
  }

  /**
   * By the rules alone. That the Job has ended since says nothing of this attempt: another one may have followed that is not known yet. When
   * none did, `#settle` gives the unit up.
   */
  #comesAgain(pod: PodView, failure: Failure): boolean {
    const { live } = this;
    if (live.isOld) return true;
    if (this.#host.stopping() !== undefined || failure.kind === 'output' || failure.kind === 'upstream') return false;
    return mayComeAgain(this.#host.task, failure, live.failuresBefore(pod));
  }

  /** When a Job is over and the logs of its known pods are here: whoever was not seen is looked up, and the rest has failed. */
  async #settle(): Promise<void> {
    if (this.#settling || this.live.closed || !this.#isOver()) return;
    this.#settling = true;
    try {
      while (this.#isOver() && this.#looks < this.#looksNeeded()) await this.#lookAgain();
      if (!this.#isOver()) return; // who reads the last log comes back here
      this.live.closed = true;
      this.#cancelWait?.();
      for (let pod = 0; pod < this.live.pods; pod++) {
        for (const unit of this.live.unitsOf(pod)) await this.#giveUp(pod, unit);
      }
    } finally {
      this.#settling = false;
    }
    this.#closed.resolve();
    this.#host.settled();
  }

  #isOver(): boolean {
    if (this.live.collecting > 0) return false;
    if (this.live.view?.ended !== undefined && !this.live.gone) return true;
    if (!this.live.gone) return false;
    if (this.#running === 0 || this.#waited) return true;
    this.#cancelWait ??= this.#host.context.clock.after(LAST_PODS_MILLIS, () => {
      this.#waited = true;
      this.#guard(() => this.#settle());
    });
    return false;
  }

  /** None when all units have ended; some patience for one that has succeeded, as the Job says, in a pod that has not been seen. */
  #looksNeeded(): number {
    const { book } = this.#host;
    let looks = 0;
    for (let pod = 0; pod < this.live.pods; pod++) {
      const open = this.live.unitsOf(pod).filter((unit) => book.isOpen(unit));
      if (open.length > 0) looks = 1;
      const isCompleted = this.live.view?.isCompleted(pod) === true;
      if (isCompleted && open.some((unit) => book.isOf(unit, this.live.name))) return MOST_LOOKS;
    }
    return looks;
  }

  /** Pods that ended and that the watch has not told of yet: it and that of the Jobs are two, and an overloaded server may be behind. */
  async #lookAgain(): Promise<void> {
    const { watch, clock, closing } = this.#host.context;
    if (this.#looks++ > 0) await pause(clock, LOOK_MILLIS, closing);
    await patiently(clock, closing, async () => {
      for await (const pod of watch.podsOf(this.live.name)) if (pod.outcome !== undefined) this.pod(pod);
    });
  }

  async #giveUp(pod: number, unit: number): Promise<void> {
    const { book, listener, outputs, stopping } = this.#host;
    if (!book.isOpen(unit) || !book.isOf(unit, this.live.name)) return;
    const isDone = this.live.view?.isCompleted(pod) === true;
    if (this.live.isOld && !isDone) return; // a new Job tries it again
    book.close(unit);
    const before = book.lastFailed(unit);
    const attempt = (before?.attempt ?? 0) + 1;
    if (isDone) {
      const log = await listener.openLog(unit, attempt);
      await log.write(Buffer.from('podloom: the log is lost: the pod was removed before it could be read\n'));
      const outcome = await outputs.take(unit, '');
      await listener.ended(unit, attempt, log, { outcome, final: true });
    } else if (before !== undefined) {
      await listener.gaveUp(unit, before.attempt, before.failure);
    } else {
      const log = await listener.openLog(unit, attempt);
      await listener.ended(unit, attempt, log, { outcome: failed(stopping() ?? this.#whyNever()), final: true });
    }
  }

  #whyNever(): Failure {
    if (this.live.gone) return { kind: 'notStarted', reason: 'the Job was deleted' };
    const { reason = 'ended', message } = this.live.view?.ended ?? {};
    return { kind: 'notStarted', reason: `the Job ended: ${reason}`, message };
  }

  /** A bug or a full disk ends the run; nothing is swallowed. */
  #guard(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#host.error(error));
  }
}

function placeOf({ name, node, created, started }: PodView): AttemptPlace {
  return { pod: name, node, queued: created, started };
}
