import { setMaxListeners } from 'node:events';
import type { Task } from '../ir/task.ts';
import type { Clock } from './clock.ts';
import type { TaskStatus } from './edges.ts';
import {
  type Engine,
  type StepSession,
  TaskProblem,
  type TaskSession,
  taskProblemOf,
  type WholeSession,
} from './engine.ts';
import type { Emit, TaskSummary } from './event.ts';
import { type AttemptOutcome, describeFailure, type Failure, failed } from './failure.ts';
import { fingerprints } from './fingerprint.ts';
import { GatedTask } from './gated-task.ts';
import { missingInput, runTimeList, taskReferences } from './inputs.ts';
import { countUnits, doneUnits, firstDuplicate } from './kept-units.ts';
import type { Rerun } from './rerun.ts';
import { retryDelay } from './retry.ts';
import { ItemLog } from './state/item-log.ts';
import type { RunFolder } from './state/run-folder.ts';
import { TAIL_LINES, tailLines } from './state/tail.ts';
import { type Startable, UnitQueue } from './unit-queue.ts';
import { type Units, unitsOf } from './units.ts';
import type { RunValues } from './values.ts';
import { WholeTask } from './whole-task.ts';

/** What a task asks of the conductor that runs it. */
export interface TaskHost {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly folder: RunFolder;
  readonly values: RunValues;
  readonly emit: Emit;
  /** Which done items run again. */
  readonly rerun: Rerun;
  /** So many items that stay done were made by another version of the task. */
  readonly outdated: (task: Task, count: number) => void;
  /** The task's items are known; itemwise tasks downstream may open. */
  opened(run: TaskRun): void;
  /** The task has items that may start. */
  ready(run: TaskRun): void;
  /** An attempt has ended: its place in the window is free. */
  freed(): void;
  /** Something runs that was started before: it takes a place, whether there is one or not. */
  taken(): void;
  /** So many more (or, negative, fewer) have been let through and do not run yet. */
  pending(change: number): void;
  /** An item has failed for good, and with it the task. */
  failed(run: TaskRun, item: string): void;
  ended(run: TaskRun): void;
  /** Work that goes on; when it rejects (storage that fails, or a bug) the run is over. */
  background(work: Promise<void>): void;
}

/**
 * One task of a run.
 *
 *   waiting ──open──▶ opening ──▶ running ──▶ ended
 *      └───────────────end─────────────────────▲
 */
export class TaskRun {
  readonly task: Task;
  /** Tasks with an itemwise edge to this one. */
  readonly followers: TaskRun[] = [];
  summary: TaskSummary | undefined;
  units: Units | undefined;
  queue: UnitQueue | undefined;
  readonly #host: TaskHost;
  readonly #stop = new AbortController();
  readonly #backoffs = new Map<number, () => void>();
  #session: TaskSession | undefined;
  /** Logs that an earlier run has left. */
  #files: ReadonlySet<string> = new Set();
  /** What a unit is made by now. */
  #fingerprint!: (unit: number) => string;
  /** Attempts that run now. */
  #active = 0;
  /** A whole session is at work. */
  #isWhole = false;
  #gated: GatedTask | undefined;
  /** No item is started any more. */
  #closed = false;
  #ending = false;
  #started: number | undefined;
  #cancelDeadline: () => void = () => {};

  constructor(task: Task, host: TaskHost) {
    this.task = task;
    this.#host = host;
    setMaxListeners(0, this.#stop.signal);
  }

  get startable(): boolean {
    if (this.#closed || this.queue === undefined) return false;
    const { startable, active } = this.#gated ?? { startable: this.queue.startable, active: this.#active };
    return startable && active < (this.task.maxRunning ?? Number.POSITIVE_INFINITY);
  }

  /** Starts the task. `stale`: something upstream is new in this run, so nothing that was done before counts. */
  async open(stale: boolean, itemwise: readonly TaskRun[]): Promise<void> {
    this.#started = this.#host.clock.now();
    const problem = await this.#prepare(stale, itemwise);
    if (problem !== undefined) {
      this.end('failed', problem);
      return;
    }
    const session = this.#session!;
    if (session.kind === 'steps') this.#watchDeadline();
    this.#host.opened(this);
    if (session.kind === 'whole') this.#host.background(this.#runWhole(session));
    this.#host.ready(this);
    this.#settle();
  }

  /** Runs the next item. Call only when `startable`. */
  start(): void {
    if (this.#gated !== undefined) {
      this.#gated.start();
      return;
    }
    this.#active++;
    this.#host.background(this.#attempt(this.queue!.take()!));
  }

  /** Ends what runs and starts nothing more. */
  stop(failure: Failure): void {
    if (this.#stop.signal.aborted || this.summary !== undefined) return;
    this.#closed = true;
    this.#stop.abort(failure);
    this.#dropBackoffs();
    this.#settle();
  }

  /** Ends a task; one that never opened has no items. */
  end(status: TaskStatus, reason?: string): void {
    if (this.summary !== undefined) return;
    const { queue, task } = this;
    const count = (state: 'succeeded' | 'kept' | 'failed'): number => queue?.count(state) ?? 0;
    const total = queue?.total ?? 0;
    this.summary = {
      name: task.name,
      status,
      total,
      succeeded: count('succeeded'),
      kept: count('kept'),
      failed: count('failed'),
      open: total - count('succeeded') - count('kept') - count('failed'),
      reason,
      started: this.#started,
      ended: this.#host.clock.now(),
    };
    this.#cancelDeadline();
    this.#refuseFollowers();
    this.#host.emit({ kind: 'task-ended', time: this.summary.ended, task: task.name, summary: this.summary });
    this.#host.ended(this);
  }

  async #prepare(stale: boolean, itemwise: readonly TaskRun[]): Promise<string | undefined> {
    const { task } = this;
    const { values, engine, clock, emit, rerun } = this.#host;
    const missing = missingInput(taskReferences(task), values);
    if (missing !== undefined) return `there is no output "${missing}" to use: that task has not run to its end`;
    const list = runTimeList(task, values);
    if (typeof list === 'string') return list;
    const units = unitsOf(task, list);
    const twice = list && firstDuplicate(units);
    if (twice !== undefined) return `its list has the item "${twice}" twice`;
    let session: TaskSession;
    try {
      session = await engine.open({ task, units, values });
    } catch (error) {
      if (error instanceof TaskProblem) return error.message;
      throw error;
    }
    const files = await this.#host.folder.openTask(task.name);
    const fingerprint = fingerprints(task, units, values);
    this.#fingerprint = fingerprint;
    const counts = (unit: number, item: string): boolean =>
      !stale && files.has(`${item}.log`) && !rerun.includes(task.name, item, fingerprint(unit));
    const isDone = await doneUnits(units, session, counts);
    this.#files = files;
    this.#session = session;
    this.units = units;
    const ready = (): void => this.#host.ready(this);
    const gated =
      session.kind === 'whole' && session.isGated
        ? new GatedTask(session, this.#host, itemwise.length === 0, ready)
        : undefined;
    const onReady = gated && ((startable: Startable) => gated.allow(startable));
    this.queue = new UnitQueue({ total: units.count, isDone, gates: itemwise.length, onReady });
    if (gated !== undefined) gated.queue = this.queue;
    this.#gated = gated;
    emit({ kind: 'task-started', time: clock.now(), task: task.name, total: units.count });
    for (const upstream of itemwise) this.#followSoFar(this.queue, upstream);
    const count = this.queue.count('kept');
    if (count > 0) emit({ kind: 'items-kept', time: clock.now(), task: task.name, count });
    const isOutdated = (unit: number, item: string): boolean => rerun.isOutdated(task.name, item, fingerprint(unit));
    const outdated = countUnits(units, (unit, item) => isDone(unit) && isOutdated(unit, item));
    if (outdated > 0) this.#host.outdated(task, outdated);
    return undefined;
  }

  #watchDeadline(): void {
    const { deadlineSeconds } = this.task;
    if (deadlineSeconds === undefined) return;
    const failure: Failure = { kind: 'deadline', of: 'task', seconds: deadlineSeconds };
    this.#cancelDeadline = this.#host.clock.after(deadlineSeconds * 1000, () => this.stop(failure));
  }

  async #attempt(next: Startable): Promise<void> {
    const { unit, attempt } = next;
    const { clock, emit, folder } = this.#host;
    const id = { task: this.task.name, item: this.units!.name(unit), index: unit };
    const started = clock.now();
    emit({ kind: 'item-started', time: started, ...id, attempt });
    const log = await ItemLog.open(folder.task(this.task.name), id.item, attempt, this.#files);
    let outcome: AttemptOutcome;
    let path: string;
    try {
      outcome = await this.#run(next, log);
      path = outcome.kind === 'succeeded' ? await log.succeed() : await log.fail(describeFailure(outcome.failure));
    } catch (error) {
      await log.discard();
      throw error;
    }
    const event = { ...id, started, attempt, log: path };
    if (outcome.kind === 'succeeded') {
      this.#active--;
      this.queue!.succeed(unit);
      emit({ kind: 'item-succeeded', time: clock.now(), ...event, fingerprint: this.#fingerprint(unit) });
      for (const follower of this.followers) follower.#openGate(unit, true);
    } else {
      const { failure } = outcome;
      const lines = await tailLines(path, TAIL_LINES);
      this.#active--;
      const retryMilliseconds = this.#closed ? undefined : retryDelay(this.task.retries, attempt, failure);
      const tail = retryMilliseconds === undefined ? lines : [];
      emit({ kind: 'item-failed', time: clock.now(), ...event, failure, retryMilliseconds, tail });
      this.#failed(unit, attempt, failure, retryMilliseconds);
    }
    this.#host.ready(this);
    this.#host.freed();
    this.#settle();
  }

  async #run({ unit, attempt, refusedBy }: Startable, log: ItemLog): Promise<AttemptOutcome> {
    const { signal } = this.#stop;
    if (signal.aborted) return failed(signal.reason as Failure);
    if (refusedBy !== undefined) return failed({ kind: 'upstream', task: refusedBy });
    return (this.#session as StepSession).run(unit, attempt, log, signal);
  }

  /** The session runs the units by itself; what it tells becomes events, logs and the state of the queue. */
  async #runWhole(session: WholeSession): Promise<void> {
    const queue = this.queue!;
    const units: number[] = [];
    for (let unit = 0; unit < queue.total; unit++) if (queue.state(unit) === 'waiting') units.push(unit);
    if (!session.isGated) for (const unit of units) queue.begin(unit);
    if (units.length > 0) {
      // What is done and yet has to run is new upstream, or the user wants it.
      const isFresh = (unit: number): boolean => this.#files.has(`${this.units!.name(unit)}.log`);
      this.#isWhole = true;
      const problem = await taskProblemOf(session.runAll(units, this.#whole(queue), this.#stop.signal, isFresh));
      this.#isWhole = false;
      this.#gated?.close();
      if (problem !== undefined) {
        await session.close();
        this.end('failed', problem);
        return;
      }
      for (const unit of units) if (queue.state(unit) === 'running') queue.giveBack(unit);
    }
    this.#settle();
  }

  #whole(queue: UnitQueue): WholeTask {
    return new WholeTask({
      ...{ name: this.task.name, host: this.#host, units: this.units!, earlierLogs: this.#files },
      fingerprint: this.#fingerprint,
      started: (unit) => this.#gated?.started(unit),
      atGate: (units) => this.#gated?.atGate(units),
      through: (units) => this.#gated?.through(units),
      succeeded: (unit) => {
        queue.succeed(unit);
        for (const follower of this.followers) follower.#openGate(unit, true);
        this.#gated?.ended(unit);
      },
      failed: (unit) => {
        this.#failForGood(unit);
        this.#gated?.ended(unit);
      },
    });
  }

  #failed(unit: number, attempt: number, failure: Failure, retryMilliseconds: number | undefined): void {
    if (failure.kind === 'interrupted') this.queue!.giveBack(unit);
    else if (retryMilliseconds === undefined) this.#failForGood(unit);
    else this.#retryAfter(retryMilliseconds, unit, attempt + 1);
  }

  #retryAfter(milliseconds: number, unit: number, attempt: number): void {
    const again = (): void => {
      this.#backoffs.delete(unit);
      this.queue!.retry(unit, attempt);
      this.#host.ready(this);
    };
    if (milliseconds === 0) again();
    else this.#backoffs.set(unit, this.#host.clock.after(milliseconds, again));
  }

  #failForGood(unit: number): void {
    this.queue!.fail(unit);
    for (const follower of this.followers) follower.#refuse(unit, this.task.name);
    if (this.queue!.count('failed') <= this.#allowedFailures()) return;
    this.#host.failed(this, this.units!.name(unit));
    if (this.task.maxFailed === undefined) return;
    this.#closed = true;
    this.#dropBackoffs();
  }

  /** Items that wait for another attempt get none: they have failed, or wait for the next run. */
  #dropBackoffs(): void {
    const interrupted = (this.#stop.signal.reason as Failure | undefined)?.kind === 'interrupted';
    for (const [unit, cancel] of this.#backoffs) {
      cancel();
      this.#backoffs.delete(unit);
      if (interrupted) this.queue!.giveBack(unit);
      else this.#failForGood(unit);
    }
  }

  #allowedFailures(): number {
    const { maxFailed } = this.task;
    if (maxFailed === undefined) return 0;
    if (maxFailed.kind === 'count') return maxFailed.count;
    return Math.floor((this.queue!.total * maxFailed.percent) / 100);
  }

  #settle(): void {
    const { queue } = this;
    if (queue === undefined || this.#ending || this.summary !== undefined) return;
    if (this.#active > 0 || this.#isWhole) return;
    if (!queue.finished && !this.#closed) return;
    this.#ending = true;
    this.#host.background(this.#finish(queue));
  }

  async #finish(queue: UnitQueue): Promise<void> {
    const reason = this.#stop.signal.reason as Failure | undefined;
    let status: TaskStatus = queue.count('failed') > this.#allowedFailures() ? 'failed' : 'succeeded';
    if (!queue.finished) status = reason?.kind === 'interrupted' ? 'interrupted' : 'failed';
    if (status === 'succeeded') this.#host.values.addOutputs(this.task.name, await this.#session!.outputs());
    await this.#session!.close();
    this.end(status, status === 'succeeded' || reason === undefined ? undefined : describeFailure(reason));
  }

  /** What the upstream task has done by now; the rest comes as it happens. */
  #followSoFar(own: UnitQueue, upstream: TaskRun): void {
    const { queue, summary, task } = upstream;
    for (let unit = 0; unit < own.total; unit++) {
      if (summary?.status === 'skipped') own.openGate(unit, false);
      else if (queue === undefined || unit >= queue.total) own.refuse(unit, task.name);
      else {
        const state = queue.state(unit);
        if (state === 'succeeded' || state === 'kept') own.openGate(unit, state === 'succeeded');
        else if (state === 'failed' || summary !== undefined) own.refuse(unit, task.name);
      }
    }
  }

  #openGate(unit: number, fresh: boolean): void {
    if (this.queue === undefined || unit >= this.queue.total) return;
    const kept = this.queue.openGate(unit, fresh);
    if (!kept) {
      this.#host.ready(this);
      return;
    }
    this.#host.emit({ kind: 'items-kept', time: this.#host.clock.now(), task: this.task.name, count: 1 });
    for (const follower of this.followers) follower.#openGate(unit, false);
    this.#settle();
  }

  #refuse(unit: number, upstream: string): void {
    if (this.queue === undefined || unit >= this.queue.total) return;
    this.queue.refuse(unit, upstream);
    this.#host.ready(this);
  }

  /** Items that this task leaves open will never be done in this run. */
  #refuseFollowers(): void {
    if (this.summary!.status === 'interrupted' || this.summary!.open === 0) return;
    for (const follower of this.followers) {
      for (let unit = 0; unit < this.queue!.total; unit++) {
        if (this.queue!.state(unit) === 'waiting') follower.#refuse(unit, this.task.name);
      }
    }
  }
}
