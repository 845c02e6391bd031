import { type AttemptListener, TaskProblem, type WholeSession } from '../engine.ts';
import { type Failure, failed } from '../failure.ts';
import type { OutputValue } from '../values.ts';
import { AttemptOrder } from './attempt-order.ts';
import { GateKeeper } from './gate-keeper.ts';
import { type FollowerHost, JobFollower } from './job-follower.ts';
import { JobStarter } from './job-starter.ts';
import { type Adopted, Launcher, type LaunchWork } from './launch.ts';
import type { LiveJob } from './live-job.ts';
import { PendingReasons } from './pending-reasons.ts';
import { PodExplainer } from './pod-explainer.ts';
import { removeJob } from './removal.ts';
import { TaskOutputs } from './task-outputs.ts';
import { UnitBook } from './unit-book.ts';

/**
 * One task as Indexed Jobs. The Job controller runs and retries the items; the session brings each pod's log here and tells how its
 * items ended. Jobs of an earlier runner of the run go first: what they have done is taken over, and new Jobs are made for the rest.
 */
export class JobSession implements WholeSession {
  readonly kind = 'whole';
  readonly isGated: boolean;
  readonly #work: LaunchWork;
  readonly #outputs: TaskOutputs;
  readonly #gates: GateKeeper;
  readonly #followers: JobFollower[] = [];
  readonly #done = Promise.withResolvers<void>();
  /** Aborted when nothing is started or waited for any more. */
  readonly #leaving = new AbortController();
  #book = new UnitBook([]);
  #host!: FollowerHost;
  #starter: JobStarter | undefined;
  #reason: Failure | undefined;

  constructor(work: LaunchWork) {
    this.#work = work;
    this.#outputs = new TaskOutputs(work.task, work.units, work.context.folder.outputs(work.task.name));
    this.isGated = work.context.isGated(work.task) && !work.context.follows;
    this.#gates = new GateKeeper(work.context, (error) => this.#done.reject(error));
    this.#done.promise.catch(() => {}); // it may reject before anybody waits for it
  }

  release(unit: number): void {
    this.#gates.pass(unit);
  }

  refuse(unit: number, task: string): void {
    this.#gates.refuse(unit, task);
  }

  hasOutputs(unit: number): Promise<boolean> {
    return this.#outputs.exist(unit);
  }

  outputs(): Promise<ReadonlyMap<string, OutputValue>> {
    return this.#outputs.read();
  }

  async runAll(
    units: readonly number[],
    listener: AttemptListener,
    stop: AbortSignal,
    isFresh: (unit: number) => boolean = () => false,
  ): Promise<void> {
    this.#book = new UnitBook(units);
    this.#host = this.#hostFor(listener);
    const onStop = (): void => this.#stop(stop.reason as Failure);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    try {
      const started = this.#start(units, isFresh).catch((error: unknown) => {
        if (!this.#leaving.signal.aborted) this.#done.reject(error);
      });
      await this.#done.promise;
      if (this.#reason === undefined) await started;
      // Pods at the gate of units that were done before would wait for ever.
      for (const { live, hasIdlePods } of this.#followers) if (hasIdlePods && !stop.aborted) await this.#remove(live);
    } catch (error) {
      if (this.#reason?.kind === 'interrupted') return;
      if (error instanceof TaskProblem) for (const { live } of this.#followers) await this.#remove(live);
      throw error;
    } finally {
      stop.removeEventListener('abort', onStop);
      await this.close();
    }
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    this.#host?.pending.close();
    await Promise.all(this.#followers.map((follower) => follower.leave()));
  }

  #hostFor(listener: AttemptListener): FollowerHost {
    const { task, context } = this.#work;
    return {
      ...{ task, context, listener, book: this.#book, outputs: this.#outputs, gates: this.#gates },
      isGated: this.isGated,
      pending: new PendingReasons(
        context.clock,
        (reasons) => listener.pending(reasons),
        context.stuck((failure) => this.#stop(failure)),
      ),
      order: new AttemptOrder(),
      explainer: new PodExplainer(context.client),
      stopping: () => this.#reason,
      settled: () => this.#settled(),
      error: (error) => this.#done.reject(error),
    };
  }

  async #start(units: readonly number[], isFresh: (unit: number) => boolean): Promise<void> {
    const launcher = new Launcher(this.#work);
    const { signal } = this.#leaving;
    const adopted = await launcher.adopt(signal);
    this.#assign(adopted, isFresh);
    for (const { live } of adopted) {
      if (!live.isOld) continue;
      await this.#follow(live).closed; // attempts of later Jobs come after these
    }
    for (const { live } of adopted) if (!live.isOld) this.#follow(live);
    const left = units.filter((unit) => this.#book.isOpen(unit) && !this.#hasJob(unit, adopted));
    if (left.length === 0 || this.#reason !== undefined) return this.#settled();
    const objects = launcher.objectsFor(left);
    await launcher.prepare(objects, signal);
    this.#starter = new JobStarter(
      {
        ...{ context: this.#work.context, launcher, signal, maxRunning: this.#maxRunning() },
        live: adopted.flatMap(({ live }) => (live.isOld ? [] : [live])),
        started: (live) => this.#started(live),
      },
      objects.jobs,
    );
    await this.#starter.advance();
    this.#settled();
  }

  /** The last Job that has a unit says what becomes of it. One that was done then and has to be done anew needs another Job. */
  #assign(adopted: readonly Adopted[], isFresh: (unit: number) => boolean): void {
    for (const { live, view } of adopted) {
      for (let pod = 0; pod < live.pods; pod++) {
        const isCompleted = view.isCompleted(pod);
        for (const unit of live.unitsOf(pod)) {
          this.#book.assign(unit, isFresh(unit) && (isCompleted || view.ended !== undefined) ? '' : live.name);
        }
      }
    }
  }

  #hasJob(unit: number, adopted: readonly Adopted[]): boolean {
    return adopted.some(({ live }) => !live.isOld && this.#book.isOf(unit, live.name));
  }

  #started(live: LiveJob): void {
    for (const unit of live.units()) this.#book.assign(unit, live.name);
    if (this.#reason === undefined || this.#reason.kind === 'interrupted') this.#follow(live);
    else this.#guard(() => this.#remove(live));
  }

  #follow(live: LiveJob): JobFollower {
    const follower = new JobFollower(live, this.#host);
    this.#followers.push(follower);
    this.#work.context.watch.listen(live.name, follower);
    return follower;
  }

  #maxRunning(): number {
    const { task, context } = this.#work;
    const bounds = [task.maxRunning, context.maxRunning, context.pipelineMaxRunning];
    return Math.min(...bounds.filter((bound) => bound !== undefined), Number.POSITIVE_INFINITY);
  }

  #settled(): void {
    if (this.#reason?.kind === 'interrupted') {
      if (this.#followers.every(({ live }) => live.collecting === 0)) this.#done.resolve();
      return;
    }
    if (this.#followers.some(({ live }) => live.collecting > 0)) return;
    if (this.#book.left === 0) this.#done.resolve();
    else if (this.#starter !== undefined && !this.#starter.finished) {
      if (this.#reason === undefined) this.#advance(this.#starter);
    } else if (this.#starter !== undefined && this.#followers.every(({ live }) => live.closed)) {
      this.#done.reject(new TaskProblem(`${this.#book.left} items of ${this.#work.task.name} have no Job`));
    }
  }

  #advance(starter: JobStarter): void {
    starter.advance().catch((error: unknown) => {
      if (!this.#leaving.signal.aborted) this.#done.reject(error);
    });
  }

  /** Interrupted, the Jobs go on without us; else they are ended, and what has not ended by itself until then has failed. */
  #stop(reason: Failure): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#leaving.abort();
    if (reason.kind === 'interrupted') {
      this.#work.context.logs.close();
      this.#settled();
    } else this.#guard(() => this.#stopJobs(reason));
  }

  async #stopJobs(reason: Failure): Promise<void> {
    for (const { live } of this.#followers) await this.#remove(live);
    await Promise.all(this.#followers.map(({ closed }) => closed));
    for (const unit of this.#book.openUnits()) await this.#giveUp(unit, reason);
    this.#settled();
  }

  /** A unit that has no Job, or one that says nothing of it. */
  async #giveUp(unit: number, reason: Failure): Promise<void> {
    const { listener } = this.#host;
    this.#book.close(unit);
    const before = this.#book.lastFailed(unit);
    if (before !== undefined) {
      await listener.gaveUp(unit, before.attempt, reason);
      return;
    }
    const log = await listener.openLog(unit, 1);
    await listener.ended(unit, 1, log, { outcome: failed(reason), final: true });
  }

  #remove(live: LiveJob): Promise<void> {
    const { client, clock, closing, namespace } = this.#work.context;
    return removeJob({ client, clock, signal: closing }, namespace, live.name);
  }

  #guard(work: () => Promise<void>): void {
    work().catch((error: unknown) => this.#done.reject(error));
  }
}
