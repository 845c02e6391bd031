import { type AttemptListener, TaskProblem, type TaskWork, type WholeSession } from '../engine.ts';
import type { AttemptPlace } from '../event.ts';
import { type AttemptOutcome, describeFailure, type Failure, failed } from '../failure.ts';
import type { ItemLog } from '../state/item-log.ts';
import type { OutputValue } from '../values.ts';
import type { ClusterContext } from './context.ts';
import { GateKeeper } from './gate-keeper.ts';
import type { JobView } from './job-view.ts';
import { deleteJob, type Launch, launchTask } from './launch.ts';
import type { LiveJob } from './live-job.ts';
import { PendingReasons } from './pending-reasons.ts';
import { PodOutput } from './pod-output.ts';
import type { PodView } from './pod-view.ts';
import { isRetriedByJob } from './retries.ts';
import { TaskOutputs } from './task-outputs.ts';

export interface JobSessionOptions extends TaskWork {
  readonly context: ClusterContext;
}

/**
 * One task as Indexed Jobs. The Job controller runs and retries the items; the session brings each pod's log here and tells how its
 * items ended. All that it knows can be found again in the cluster, so a runner that dies loses nothing.
 *
 *   pod ended ─▶ its log is read ─▶ each of its units ended
 *   Job ended ─▶ its pods are listed once more ─▶ units that are still open have failed
 */
export class JobSession implements WholeSession {
  readonly kind = 'whole';
  readonly isGated: boolean;
  readonly #options: JobSessionOptions;
  readonly #outputs: TaskOutputs;
  readonly #jobs: LiveJob[] = [];
  readonly #handled = new Set<string>();
  readonly #started = new Set<string>();
  /** Pods that wait at the gate. */
  readonly #gated = new Set<string>();
  /** Outputs of pods, each with the pod as it was seen last. */
  readonly #logs = new Map<string, { readonly output: PodOutput; pod: PodView }>();
  /** Attempts of units that failed and may come again. */
  readonly #attempts = new Map<number, { attempt: number; failure: Failure }>();
  readonly #pending: PendingReasons;
  readonly #gates: GateKeeper;
  readonly #done = Promise.withResolvers<void>();
  #open = new Set<number>();
  #listener!: AttemptListener;

  constructor(options: JobSessionOptions) {
    this.#options = options;
    this.#outputs = new TaskOutputs(options.task, options.units, options.context.folder.outputs(options.task.name));
    this.isGated = options.context.isGated(options.task);
    this.#gates = new GateKeeper(options.context, (error) => this.#done.reject(error));
    this.#pending = new PendingReasons(options.context.clock, (reasons) => this.#listener.pending(reasons));
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

  async runAll(units: readonly number[], attempts: AttemptListener, stop: AbortSignal): Promise<void> {
    this.#open = new Set(units);
    this.#listener = attempts;
    const onStop = (): void => this.#stopped(stop.reason as Failure);
    try {
      const launch = await launchTask(this.#options, units, stop);
      this.#follow(launch);
      if (stop.aborted) onStop();
      else stop.addEventListener('abort', onStop, { once: true });
      this.#settle();
      await this.#done.promise;
      // Pods at the gate of units that were done before would wait for ever.
      if (this.#gated.size > 0 && !stop.aborted) {
        for (const { name } of this.#jobs) await deleteJob(this.#options.context, name);
      }
    } finally {
      stop.removeEventListener('abort', onStop);
      await this.close();
    }
  }

  async close(): Promise<void> {
    for (const { name } of this.#jobs) this.#options.context.watch.ignore(name);
    this.#pending.close();
  }

  #follow({ jobs }: Launch): void {
    this.#jobs.push(...jobs);
    for (const job of jobs) {
      this.#options.context.watch.listen(job.name, {
        pod: (pod) => this.#guard(() => this.#pod(job, pod)),
        job: (view) => this.#guard(() => this.#job(job, view)),
        gone: () => this.#guard(() => this.#gone(job)),
      });
    }
  }

  /** A bug or a full disk ends the run; nothing is swallowed. */
  #guard(work: () => void | Promise<void>): void {
    Promise.resolve()
      .then(work)
      .catch((error: unknown) => this.#done.reject(error));
  }

  #pod(job: LiveJob, pod: PodView): void | Promise<void> {
    if (this.#handled.has(pod.uid)) return;
    const waits = pod.outcome === undefined && pod.gates.length === 0;
    this.#pending.set(pod.uid, waits ? pod.waiting : undefined);
    if (pod.gates.length > 0 && pod.outcome === undefined) {
      if (!this.#gated.has(pod.uid)) this.#gates.seen(pod, this.#openUnits(job, pod));
      this.#gated.add(pod.uid);
      return;
    }
    this.#gated.delete(pod.uid);
    if (pod.outcome === undefined) {
      if (pod.started !== undefined && !this.#started.has(pod.uid)) this.#running(job, pod);
      return;
    }
    this.#handled.add(pod.uid);
    this.#started.delete(pod.uid);
    if (this.#options.context.wasCollected(pod.name)) return this.#remember(job, pod);
    return this.#collect(job, pod);
  }

  #running(job: LiveJob, pod: PodView): void {
    this.#started.add(pod.uid);
    const units = this.#openUnits(job, pod);
    for (const unit of units) this.#listener.started(unit, job.attemptOf(pod), placeOf(pod));
    const [only] = units;
    if (only === undefined) return;
    this.#options.context.logs.running(pod, () => this.#outputOf(job, pod).writer());
  }

  /** The log of this pod is here since an earlier runner: what it says of its units still counts. */
  #remember(job: LiveJob, pod: PodView): void {
    if (pod.outcome?.kind !== 'failed') return;
    for (const unit of job.unitsOf(pod.index)) {
      if (this.#open.has(unit)) this.#attempts.set(unit, { attempt: job.attemptOf(pod), failure: pod.outcome.failure });
    }
  }

  async #collect(job: LiveJob, pod: PodView): Promise<void> {
    const { logs } = this.#options.context;
    const output = this.#outputOf(job, pod);
    this.#logs.delete(pod.uid);
    if (output.isEmpty) {
      logs.forget(pod);
      return;
    }
    job.collecting++;
    await logs.collect(
      pod,
      () => output.writer(),
      () => output.finish(),
    );
    job.collecting--;
    await this.#settleJob(job);
    this.#settle();
  }

  #outputOf(job: LiveJob, pod: PodView): PodOutput {
    const known = this.#logs.get(pod.uid);
    if (known !== undefined) {
      known.pod = pod;
      return known.output;
    }
    const units = this.#openUnits(job, pod);
    const output = new PodOutput(units, {
      several: (this.#options.task.forEach?.itemsPerPod ?? 1) > 1,
      open: (unit) => this.#listener.openLog(unit, job.attemptOf(pod)),
      ended: (unit, log, outcome) => this.#ended(job, entry.pod, unit, log, outcome),
    });
    const entry = { output, pod };
    this.#logs.set(pod.uid, entry);
    return output;
  }

  /** A unit has ended with this pod. `outcome` undefined: as the pod did. */
  async #ended(
    job: LiveJob,
    pod: PodView,
    unit: number,
    log: ItemLog,
    known: AttemptOutcome | undefined,
  ): Promise<void> {
    const refusedBy = this.#gates.refusedBy(unit);
    const ownOutcome: AttemptOutcome =
      refusedBy === undefined || pod.started !== undefined
        ? (known ?? pod.outcome!)
        : failed({ kind: 'upstream', task: refusedBy });
    const outcome = await this.#checked(pod, unit, ownOutcome);
    const attempt = job.attemptOf(pod);
    const final = outcome.kind === 'succeeded' || !this.#comesAgain(job, pod, outcome.failure);
    if (outcome.kind === 'failed') this.#attempts.set(unit, { attempt, failure: outcome.failure });
    if (final) this.#close(unit);
    await this.#listener.ended(unit, attempt, log, { outcome, final, place: placeOf(pod) });
  }

  #openUnits(job: LiveJob, pod: PodView): number[] {
    return job.unitsOf(pod.index).filter((unit) => this.#open.has(unit));
  }

  #checked(pod: PodView, unit: number, outcome: AttemptOutcome): Promise<AttemptOutcome> | AttemptOutcome {
    return outcome.kind === 'failed' ? outcome : this.#outputs.take(unit, pod.message);
  }

  #comesAgain(job: LiveJob, pod: PodView, failure: Failure): boolean {
    if (job.isOld) return true;
    if (failure.kind === 'output' || failure.kind === 'upstream' || job.gone || job.view?.ended !== undefined)
      return false;
    return isRetriedByJob(this.#options.task, failure, job.failuresBefore(pod));
  }

  #job(job: LiveJob, view: JobView): Promise<void> {
    job.view = view;
    return this.#settleJob(job);
  }

  #gone(job: LiveJob): Promise<void> {
    job.gone = true;
    return this.#settleJob(job);
  }

  /** When a Job is over and the logs of its known pods are here: whoever was not seen is looked up, and the rest has failed. */
  async #settleJob(job: LiveJob): Promise<void> {
    if (job.closed || job.collecting > 0 || (job.view?.ended === undefined && !job.gone)) return;
    if (job.units().some((unit) => this.#open.has(unit))) await this.#lookAgain(job);
    if (job.closed || job.collecting > 0) return; // who reads the last log comes back here
    job.closed = true;
    if (!job.isOld) await this.#giveUpAll(job);
    this.#settle();
  }

  /** Pods that ended and that the watch has not told of yet: it and that of the Jobs are two. */
  async #lookAgain(job: LiveJob): Promise<void> {
    const { watch } = this.#options.context;
    for await (const pod of watch.podsOf(job.name)) {
      if (pod.outcome !== undefined) this.#guard(() => this.#pod(job, pod));
    }
    await Promise.resolve(); // lets the last one begin
  }

  async #giveUpAll(job: LiveJob): Promise<void> {
    for (let pod = 0; pod < job.pods; pod++) {
      for (const unit of job.unitsOf(pod)) await this.#giveUp(job, pod, unit);
    }
  }

  async #giveUp(job: LiveJob, pod: number, unit: number): Promise<void> {
    if (!this.#open.has(unit)) return;
    this.#close(unit);
    const before = this.#attempts.get(unit);
    if (job.view?.isCompleted(pod) === true) {
      const log = await this.#listener.openLog(unit, (before?.attempt ?? 0) + 1);
      await log.write(Buffer.from('podloom: the log is lost: the pod was removed before it could be read\n'));
      const outcome = await this.#outputs.take(unit, '');
      await this.#listener.ended(unit, (before?.attempt ?? 0) + 1, log, { outcome, final: true });
    } else if (before !== undefined) {
      await this.#listener.gaveUp(unit, before.attempt, before.failure);
    } else {
      const log = await this.#listener.openLog(unit, 1);
      await this.#listener.ended(unit, 1, log, { outcome: failed(this.#whyNever(job)), final: true });
    }
  }

  #whyNever(job: LiveJob): Failure {
    if (job.gone) return { kind: 'notStarted', reason: 'the Job was deleted' };
    const { reason = 'ended', message } = job.view?.ended ?? {};
    return { kind: 'notStarted', reason: `the Job ended: ${reason}`, message };
  }

  #close(unit: number): void {
    this.#open.delete(unit);
  }

  #settle(): void {
    if (this.#open.size === 0 && this.#jobs.every(({ collecting }) => collecting === 0)) this.#done.resolve();
    else if (this.#jobs.every(({ closed }) => closed)) {
      this.#done.reject(new TaskProblem(`${this.#open.size} items of ${this.#options.task.name} have no Job`));
    }
  }

  /** Detached, the Jobs go on without us; else they are ended, and what has not ended by now has failed. */
  #stopped(reason: Failure): void {
    if (reason.kind === 'interrupted') {
      this.#done.resolve();
      return;
    }
    this.#guard(async () => {
      for (const job of this.#jobs) await deleteJob(this.#options.context, job.name);
      for (const unit of [...this.#open]) {
        this.#close(unit);
        const before = this.#attempts.get(unit);
        if (before !== undefined) await this.#listener.gaveUp(unit, before.attempt, reason);
        else {
          const log = await this.#listener.openLog(unit, 1);
          await log.write(Buffer.from(`podloom: ${describeFailure(reason)}\n`));
          await this.#listener.ended(unit, 1, log, { outcome: failed(reason), final: true });
        }
      }
      this.#settle();
    });
  }
}

function placeOf({ name, node, created, started }: PodView): AttemptPlace {
  return { pod: name, node, queued: created, started };
}
