import type { AttemptListener, WholeSession } from '../engine.ts';
import type { AttemptPlace } from '../event.ts';
import { type AttemptOutcome, type Failure, failed } from '../failure.ts';
import { retryDelay } from '../retry.ts';
import type { ItemLog } from '../state/item-log.ts';
import type { OutputValue } from '../values.ts';
import type { ClusterContext } from './context.ts';
import type { JobView } from './job-view.ts';
import { Launcher, type LaunchWork } from './launch.ts';
import type { LiveJob } from './live-job.ts';
import { MissingPods } from './missing-pods.ts';
import { patiently, pause } from './patience.ts';
import { PendingReasons } from './pending-reasons.ts';
import { PodExplainer } from './pod-explainer.ts';
import type { PodView } from './pod-view.ts';
import { RankWriter, withRank } from './rank-writer.ts';
import { removeJob } from './removal.ts';
import { TaskOutputs } from './task-outputs.ts';

/** The only unit of a task with replicas. */
const UNIT = 0;

/**
 * A task with replicas: an Indexed Job whose pods are the ranks. They fail together, so that an attempt is a Job, and the next one is
 * made here. All ranks print into one log, each line with its rank.
 */
export class RankSession implements WholeSession {
  readonly kind = 'whole';
  readonly isGated = false;
  readonly #work: LaunchWork;
  readonly #outputs: TaskOutputs;

  constructor(work: LaunchWork) {
    this.#work = work;
    this.#outputs = new TaskOutputs(work.task, work.units, work.context.folder.outputs(work.task.name));
  }

  release(): void {}

  refuse(): void {}

  hasOutputs(unit: number): Promise<boolean> {
    return this.#outputs.exist(unit);
  }

  outputs(): Promise<ReadonlyMap<string, OutputValue>> {
    return this.#outputs.read();
  }

  async close(): Promise<void> {}

  /**
   * The last Job of an earlier runner, if it has not failed; else a new one. Where failures stay, the Job of this attempt (from 1).
   * undefined: stopped meanwhile.
   */
  async #launch(attempt: number, isNew: boolean, stop: AbortSignal): Promise<LiveJob | undefined> {
    const launcher = new Launcher(this.#work);
    try {
      const known = await launcher.adopt(stop);
      const before = known[attempt - 1];
      if (this.#work.context.failuresStay && before !== undefined) return before.live;
      const last = known.at(-1);
      const isDone = last?.view.ended?.succeeded === true;
      if (last !== undefined && (isDone ? !isNew : last.view.ended === undefined)) return last.live;
      const objects = launcher.objectsFor([UNIT]);
      await launcher.prepare(objects, stop);
      return await launcher.create(objects.jobs[0]!, Number.POSITIVE_INFINITY, stop);
    } catch (error) {
      if (stop.aborted) return undefined;
      throw error;
    }
  }

  async runAll(
    _units: readonly number[],
    listener: AttemptListener,
    stop: AbortSignal,
    isFresh: (unit: number) => boolean = () => false,
  ): Promise<void> {
    const { task, context } = this.#work;
    let counted = 0;
    let isNew = isFresh(UNIT);
    for (let attempt = 1; ; attempt++) {
      const job = await this.#launch(attempt, isNew, stop);
      if (job === undefined) return; // stopped before it began
      isNew = false;
      const ranks = new Ranks(job, context, listener, attempt);
      const take = (message: string): Promise<AttemptOutcome> => this.#outputs.take(UNIT, message);
      const outcome = await ranks.follow(stop, take).catch(async (error: unknown) => {
        await ranks.discard();
        throw error;
      });
      if (outcome === undefined) return ranks.discard(); // detached
      const { failure } = outcome.kind === 'failed' ? outcome : { failure: undefined };
      const free = failure?.kind === 'disrupted' && task.retries.on.includes('infrastructure');
      if (failure !== undefined && !free) counted++;
      if (failure?.kind === 'notStarted') await ranks.explain();
      const delay =
        failure === undefined || stop.aborted ? undefined : free ? 0 : retryDelay(task.retries, counted, failure);
      await listener.ended(UNIT, attempt, await ranks.log(), {
        outcome,
        final: delay === undefined,
        place: ranks.place,
      });
      if (delay === undefined) return;
      await pause(context.clock, delay, stop);
    }
  }
}

/** One attempt: a Job and its ranks. */
class Ranks {
  place: AttemptPlace | undefined;
  readonly #job: LiveJob;
  readonly #context: ClusterContext;
  readonly #listener: AttemptListener;
  readonly #attempt: number;
  readonly #pending: PendingReasons;
  readonly #missing: MissingPods;
  /** Pods that were seen, and whether their program has started. */
  readonly #pods = new Map<string, boolean>();
  readonly #prefixes = new Map<number, RankWriter>();
  readonly #handled = new Set<string>();
  readonly #collected: Promise<boolean>[] = [];
  readonly #done = Promise.withResolvers<JobView | 'gone' | Failure>();
  #log: Promise<ItemLog> | undefined;
  /** Why the first rank that failed did; others fail because of it. */
  #failure: Failure | undefined;
  #message = '';

  constructor(job: LiveJob, context: ClusterContext, listener: AttemptListener, attempt: number) {
    this.#job = job;
    this.#context = context;
    this.#listener = listener;
    this.#attempt = attempt;
    this.#pending = new PendingReasons(
      context.clock,
      (reasons) => listener.pending(reasons),
      context.stuck((failure) => this.#done.resolve(failure)),
    );
    this.#missing = new MissingPods(context.client, context.clock, this.#pending);
  }

  log(): Promise<ItemLog> {
    this.#log ??= this.#listener.openLog(UNIT, this.#attempt);
    return this.#log;
  }

  /** Writes into the log what the cluster says of a rank that never ran its program; others have the same to say. */
  async explain(): Promise<void> {
    const [uid] = [...this.#pods].find(([, hasStarted]) => !hasStarted) ?? [];
    if (uid !== undefined) await new PodExplainer(this.#context.client).explain(uid, await this.log());
  }

  /** Leaves nothing of a log that is not complete: the next runner reads it again. */
  async discard(): Promise<void> {
    await (await this.#log?.catch(() => undefined))?.discard();
  }

  /** undefined: the runner was told to leave while the ranks go on. */
  async follow(
    stop: AbortSignal,
    take: (message: string) => Promise<AttemptOutcome>,
  ): Promise<AttemptOutcome | undefined> {
    const { watch, clock, closing } = this.#context;
    const onStop = (): void => this.#done.resolve(stop.reason as Failure);
    stop.addEventListener('abort', onStop, { once: true });
    if (stop.aborted) onStop();
    watch.listen(this.#job.name, {
      pod: (pod) => this.#pod(pod),
      job: (view) => this.#see(view),
      gone: () => this.#done.resolve('gone'),
    });
    try {
      const end = await this.#done.promise;
      const stopped = end !== 'gone' && 'kind' in end ? end : undefined;
      if (stopped?.kind === 'interrupted') return undefined;
      if (stopped !== undefined) await this.#remove();
      await patiently(clock, closing, () => this.#lookAgain());
      await Promise.all(this.#collected);
      return stopped === undefined ? await this.#outcomeOf(end as JobView | 'gone', take) : failed(stopped);
    } finally {
      stop.removeEventListener('abort', onStop);
      watch.ignore(this.#job.name);
      this.#missing.close();
      this.#pending.close();
    }
  }

  async #lookAgain(): Promise<void> {
    for await (const pod of this.#context.watch.podsOf(this.#job.name)) this.#pod(pod);
  }

  #remove(): Promise<void> {
    const { client, clock, closing, namespace } = this.#context;
    return removeJob({ client, clock, signal: closing }, namespace, this.#job.name);
  }

  async #outcomeOf(end: JobView | 'gone', take: (message: string) => Promise<AttemptOutcome>): Promise<AttemptOutcome> {
    if (end === 'gone') return failed({ kind: 'disrupted', reason: 'the Job was deleted' });
    if (end.ended!.succeeded) return take(this.#message);
    const { reason, message } = end.ended!;
    return failed(this.#failure ?? { kind: 'notStarted', reason: `the Job ended: ${reason}`, message });
  }

  #see(view: JobView): void {
    this.#job.view = view;
    this.#countMissing();
    if (view.ended !== undefined) this.#done.resolve(view);
  }

  #countMissing(): void {
    const { view } = this.#job;
    if (view !== undefined) this.#missing.update(view.uid, view.ending ? 0 : view.parallelism - this.#pods.size);
  }

  #pod(pod: PodView): void {
    this.#pods.set(pod.uid, this.#pods.get(pod.uid) === true || pod.started !== undefined);
    this.#countMissing();
    this.#pending.set(pod.uid, pod.outcome === undefined ? pod.waiting : undefined);
    if (pod.started !== undefined && pod.outcome === undefined) this.#running(pod);
    if (pod.deleting && pod.outcome === undefined) this.#context.logs.hurry(pod);
    if (pod.outcome === undefined || this.#handled.has(pod.uid)) return;
    this.#handled.add(pod.uid);
    if (pod.outcome.kind === 'failed') this.#failure ??= withRank(pod.outcome.failure, pod.index);
    else if (pod.index === 0) this.#message = pod.message;
    const writer = this.#writerOf(pod.index);
    this.#collected.push(
      this.#context.logs.collect(
        pod,
        async () => writer,
        () => writer.finish(),
      ),
    );
    this.#collected.at(-1)!.catch((error: unknown) => this.#done.reject(error));
  }

  #running(pod: PodView): void {
    if (this.place === undefined) {
      this.place = { pod: pod.name, node: pod.node, queued: pod.created, started: pod.started };
      this.#pending.started();
      this.#listener.started(UNIT, this.#attempt, this.place);
    }
    if (this.#prefixes.has(pod.index)) return;
    const writer = this.#writerOf(pod.index);
    this.#context.logs.running(pod, async () => writer);
  }

  #writerOf(rank: number): RankWriter {
    const writer = this.#prefixes.get(rank) ?? new RankWriter(rank, () => this.log());
    this.#prefixes.set(rank, writer);
    return writer;
  }
}
