import { AttemptOrder } from '../cluster/attempt-order.ts';
import { PendingReasons } from '../cluster/pending-reasons.ts';
import { PodOutput } from '../cluster/pod-output.ts';
import { isSurplus } from '../cluster/pod-view.ts';
import { mayComeAgain } from '../cluster/retries.ts';
import { UnitBook } from '../cluster/unit-book.ts';
import { type AttemptOutcome, type Failure, failed } from '../failure.ts';
import type { ItemLog, LogWriter } from '../state/item-log.ts';
import { type ArgoPod, attemptOfPod, unitsOfPod } from './argo-pod.ts';
import { ExecutorLines } from './executor-lines.ts';
import { attemptOfNode } from './node-index.ts';
import { GOES_ON, type PodFollower, type PodFollowerHost, placeOf, type UnitEnd } from './pod-follower.ts';
import { hasEnded } from './workflow-view.ts';

/** An attempt that failed, until it is known whether another follows. */
interface FailedUnit {
  readonly unit: number;
  readonly log: ItemLog;
  readonly outcome: AttemptOutcome;
}

/** The log of one pod on its way to the logs of its units. */
interface PodPrint {
  pod: ArgoPod;
  readonly writer: () => Promise<LogWriter>;
  readonly finish: () => Promise<void>;
  /** Units that failed; those that succeeded have been told of. */
  readonly failed: FailedUnit[];
  /** Logs that are open. */
  readonly open: Map<number, ItemLog>;
  readonly isEmpty: boolean;
}

/**
 * Follows the pods that run the units of one task. Argo (or the Job that it made) says whether a failed one comes again:
 *
 *   pod ended ─▶ its log is read ─▶ units that succeeded have ended ─▶ Argo has decided ─▶ those that failed have, too
 */
export class UnitFollower implements PodFollower {
  readonly #host: PodFollowerHost;
  readonly #book: UnitBook;
  readonly #order = new AttemptOrder();
  readonly #pending: PendingReasons;
  readonly #live = new Map<string, ArgoPod>();
  readonly #handled = new Set<string>();
  readonly #started = new Set<string>();
  readonly #prints = new Map<string, PodPrint>();
  readonly #undecided = new Set<() => void>();
  readonly #work = new Set<Promise<void>>();
  /** Units whose last failed attempt an earlier runner has told of. */
  readonly #toldBefore = new Set<number>();

  constructor(host: PodFollowerHost) {
    this.#host = host;
    this.#book = new UnitBook(Array.from({ length: host.units.count }, (_, unit) => unit));
    this.#pending = new PendingReasons(host.clock, (reasons) => host.listener.pending(reasons));
  }

  get hasLive(): boolean {
    return this.#live.size > 0;
  }

  get isReading(): boolean {
    return this.#work.size > 0;
  }

  get left(): number {
    return this.#book.left;
  }

  pod(pod: ArgoPod): void {
    const { uid, outcome, waiting, started, deleting } = pod.view;
    if (this.#handled.has(uid) || this.#host.leaving.aborted) return;
    this.#pending.set(uid, outcome === undefined ? waiting : undefined);
    if (outcome !== undefined) {
      this.#end(pod);
      return;
    }
    this.#live.set(uid, pod);
    if (started === undefined) return;
    if (!this.#started.has(uid)) this.#start(pod);
    if (deleting) this.#host.logs.hurry(pod.view);
  }

  changed(): void {
    for (const decide of [...this.#undecided]) decide();
  }

  abandon(): void {
    for (const pod of [...this.#live.values()]) this.#end({ ...pod, view: { ...pod.view, outcome: failed(GOES_ON) } });
  }

  async giveUp(endOf: (unit: number) => UnitEnd): Promise<void> {
    for (const unit of this.#book.openUnits()) await this.#giveUp(unit, endOf(unit));
    this.#pending.close();
  }

  async leave(): Promise<void> {
    this.#pending.close();
    this.changed();
    await Promise.allSettled([...this.#work]);
    // What was read of pods that go on is read again by the next runner.
    for (const { open } of this.#prints.values()) for (const log of open.values()) await log.discard();
  }

  #start(pod: ArgoPod): void {
    const { logs, listener } = this.#host;
    this.#started.add(pod.view.uid);
    this.#pending.started();
    const units = this.#unitsFor(pod);
    for (const unit of units) listener.started(unit, attemptOfPod(pod), placeOf(pod));
    if (units.length === 0) return;
    const { writer } = this.#printOf(pod);
    // Following begins when the logs of earlier attempts are complete.
    logs.running(pod.view, () => this.#inTurn(pod, async () => writer()));
  }

  #end(pod: ArgoPod): void {
    const { uid } = pod.view;
    this.#handled.add(uid);
    this.#live.delete(uid);
    if (pod.node === undefined && isSurplus(pod.view)) {
      this.#host.logs.forget(pod.view);
      this.#host.settled();
      return;
    }
    this.#remember(pod);
    const work = this.#collect(pod)
      .catch((error: unknown) => {
        if (!this.#host.leaving.aborted) this.#host.error(error);
      })
      .finally(() => {
        this.#work.delete(work);
        this.#host.settled();
      });
    this.#work.add(work);
  }

  /** What an earlier runner has told of this pod's units still counts. */
  #remember(pod: ArgoPod): void {
    for (const [unit, { failure, attempt }] of this.#host.known.of(pod.view)) {
      if (!this.#book.isOpen(unit)) continue;
      if (failure === undefined) {
        this.#book.close(unit);
        this.#host.kept(unit);
      } else {
        this.#book.fail(unit, attempt, failure);
        this.#toldBefore.add(unit);
      }
    }
  }

  async #collect(pod: ArgoPod): Promise<void> {
    const { logs } = this.#host;
    logs.ended(pod.view);
    const print = this.#printOf(pod);
    if (print.isEmpty) {
      logs.forget(pod.view);
      this.#prints.delete(pod.view.uid);
      return;
    }
    print.pod = pod;
    const isWhole = await this.#inTurn(pod, async () => {
      if (!(await logs.collect(pod.view, print.writer, print.finish))) return false;
      for (const { unit, log, outcome } of print.failed) {
        if (outcome.kind === 'failed') await this.#failed(print, unit, log, outcome.failure);
      }
      return true;
    });
    if (isWhole) this.#prints.delete(pod.view.uid);
  }

  /** Attempts at the same units come one after the other. */
  #inTurn<T>(pod: ArgoPod, work: () => Promise<T>): Promise<T> {
    return this.#order.run(pod.firstUnit + pod.number, attemptOfPod(pod), work);
  }

  #printOf(pod: ArgoPod): PodPrint {
    const known = this.#prints.get(pod.view.uid);
    if (known !== undefined) return known;
    const { listener, task } = this.#host;
    const attempt = attemptOfPod(pod);
    const output = new PodOutput(this.#unitsFor(pod), {
      several: (task.forEach?.itemsPerPod ?? 1) > 1,
      open: async (unit) => {
        const log = await listener.openLog(unit, attempt);
        print.open.set(unit, log);
        return log;
      },
      ended: async (unit, log, outcome) => this.#ended(print, unit, log, outcome),
    });
    let lines: Promise<ExecutorLines> | undefined;
    // Pods of Jobs are not run by Argo's executor.
    const open = (): Promise<LogWriter> => {
      if (pod.node === undefined) return output.writer();
      lines ??= output.writer().then((writer) => new ExecutorLines(writer));
      return lines;
    };
    const finish = async (): Promise<void> => {
      await (await lines)?.finish();
      await output.finish();
    };
    const print: PodPrint = { pod, writer: open, finish, failed: [], open: new Map(), isEmpty: output.isEmpty };
    this.#prints.set(pod.view.uid, print);
    return print;
  }

  /** Units of this pod that are open, and whose attempt nobody has told of. */
  #unitsFor(pod: ArgoPod): number[] {
    const known = this.#host.known.of(pod.view);
    return unitsOfPod(this.#host.task, pod, this.#host.units.count).filter(
      (unit) => this.#book.isOpen(unit) && !known.has(unit),
    );
  }

  /** `known` undefined: as the pod did. */
  async #ended(print: PodPrint, unit: number, log: ItemLog, known: AttemptOutcome | undefined): Promise<void> {
    const { pod } = print;
    const outcome = known ?? pod.view.outcome!;
    if (outcome.kind === 'failed') {
      print.failed.push({ unit, log, outcome });
      return;
    }
    print.open.delete(unit);
    const final = this.#book.isOpen(unit);
    this.#book.close(unit);
    await this.#host.listener.ended(unit, attemptOfPod(pod), log, { outcome, final, place: placeOf(pod) });
  }

  async #failed({ pod, open }: PodPrint, unit: number, log: ItemLog, failure: Failure): Promise<void> {
    const comesAgain = await this.#decided(pod, failure);
    if (this.#host.leaving.aborted) return;
    if (failure.kind === 'notStarted') await this.#host.explainer.explain(pod.view.uid, log);
    open.delete(unit);
    const attempt = attemptOfPod(pod);
    const final = this.#book.isOpen(unit) && !comesAgain;
    this.#book.fail(unit, attempt, failure);
    this.#toldBefore.delete(unit);
    if (final) this.#book.close(unit);
    await this.#host.listener.ended(unit, attempt, log, { outcome: failed(failure), final, place: placeOf(pod) });
  }

  /** Resolves when Argo or the Job controller has said whether another attempt follows this one. */
  async #decided(pod: ArgoPod, failure: Failure): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const decide = (): void => {
      const word = this.#host.leaving.aborted ? false : this.#comesAgain(pod, failure);
      if (word === undefined) return;
      this.#undecided.delete(decide);
      resolve(word);
    };
    this.#undecided.add(decide);
    decide();
    return promise;
  }

  /** undefined: that is not known yet. */
  #comesAgain({ node, view }: ArgoPod, failure: Failure): boolean | undefined {
    // That the Job has ended since says nothing: another pod may have followed that is not known yet. Else the unit is given up in the end.
    if (node === undefined) return mayComeAgain(this.#host.task, failure, view.failures);
    const attempt = attemptOfNode(node);
    if (attempt === undefined) return false;
    const index = this.#host.index();
    if (index.get(`${attempt.parent}(${attempt.number + 1})`) !== undefined) return true;
    return hasEnded(index.get(attempt.parent)?.phase ?? '') || this.#host.isOver() ? false : undefined;
  }

  async #giveUp(unit: number, { succeeded, message }: UnitEnd): Promise<void> {
    const { listener } = this.#host;
    const before = this.#book.lastFailed(unit);
    this.#book.close(unit);
    const attempt = (before?.attempt ?? 0) + 1;
    if (succeeded) {
      const log = await listener.openLog(unit, attempt);
      await log.write(Buffer.from('podloom: the log is lost: the pod was removed before it could be read\n'));
      await listener.ended(unit, attempt, log, { outcome: { kind: 'succeeded' }, final: true });
    } else if (before === undefined) {
      const reason = message === '' ? 'Argo ended the task before it' : message;
      const log = await listener.openLog(unit, attempt);
      await listener.ended(unit, attempt, log, { outcome: failed({ kind: 'notStarted', reason }), final: true });
    } else if (this.#toldBefore.has(unit)) await this.#host.keptFailed(unit, before.attempt, before.failure);
    else await listener.gaveUp(unit, before.attempt, before.failure);
  }
}
