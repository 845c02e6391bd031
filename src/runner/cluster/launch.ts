import { ApiError } from '../../cluster/errors.ts';
import type { RunJob, TaskObjects, TaskRequest } from '../../ir/run-objects.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { TaskProblem, type TaskWork } from '../engine.ts';
import { valuesHash } from '../fingerprint.ts';
import type { ClusterContext } from './context.ts';
import { type JobView, parseIntervals } from './job-view.ts';
import { LiveJob } from './live-job.ts';
import { patiently } from './patience.ts';
import { removeJob } from './removal.ts';

export interface LaunchWork extends TaskWork {
  readonly context: ClusterContext;
}

/** A Job of an earlier runner that still counts. */
export interface Adopted {
  readonly live: LiveJob;
  readonly view: JobView;
}

/**
 * Makes the Jobs of one task, and finds those that an earlier runner of the run made. Jobs of another version of the task are
 * removed: what they do is out of date.
 */
export class Launcher {
  readonly #work: LaunchWork;
  readonly #request: Omit<TaskRequest, 'launch' | 'units'>;
  #launch = 0;
  #known: ReadonlySet<string> = new Set();

  constructor(work: LaunchWork) {
    const { task, context, values } = work;
    const items = task.forEach?.items;
    const list = items?.kind === 'output' ? values.output(items.task, items.output) : undefined;
    this.#work = work;
    this.#request = {
      task: task.name,
      list: list?.kind === 'list' ? list.items : undefined,
      gated: context.isGated(task),
      maxRunning: context.maxRunning,
      values: valuesHash(task, values),
    };
  }

  /** The earliest first. */
  async adopt(stop: AbortSignal): Promise<readonly Adopted[]> {
    const { task, context } = this.#work;
    const known = context.watch
      .jobsOf(task.name)
      .filter((job) => job.owner === undefined || job.owner === context.owner);
    if (known.length === 0) return [];
    // Whether pods wait at a gate is a matter of the runner, not of what they do.
    const versions = [this.#request.gated, !this.#request.gated].map((gated) =>
      context.objects.task({ ...this.#request, gated, launch: 0 }),
    );
    const specs = new Set(
      versions.flatMap(({ jobs }) => jobs.map(({ object }) => annotationOf(object, 'podloom.dev/spec'))),
    );
    for (const job of known) if (!specs.has(job.spec)) await this.#remove(job.name, stop);
    const ours = known.filter((job) => specs.has(job.spec)).sort((a, b) => a.launch - b.launch);
    this.#launch = Math.max(-1, ...known.map((job) => job.launch)) + 1;
    this.#known = new Set(ours.map(({ name }) => name));
    return ours.map((view) => ({ live: adopted(view, view.ended !== undefined && !context.failuresStay), view }));
  }

  /** What runs these units. Nothing is made yet. */
  objectsFor(units: readonly number[]): TaskObjects {
    return this.#missing(units) ?? this.#again(units);
  }

  /** Of the Jobs that run the whole task, those that an earlier runner had no time to make, if they run just these units. */
  #missing(units: readonly number[]): TaskObjects | undefined {
    if (!this.#work.context.failuresStay) return undefined;
    const whole = this.#work.context.objects.task({ ...this.#request, launch: 0 });
    const jobs = whole.jobs.filter(({ object }) => !this.#known.has(nameOf(object)));
    const theirs = jobs.flatMap(({ pods, unitsOf }) => Array.from({ length: pods }, (_, pod) => unitsOf(pod)).flat());
    const wanted = new Set(units);
    const isJust = new Set(theirs).size === wanted.size && theirs.every((unit) => wanted.has(unit));
    return isJust ? { ...whole, jobs } : undefined;
  }

  #again(units: readonly number[]): TaskObjects {
    const { units: all } = this.#work;
    const isAll = units.length === all.count;
    const objects = this.#work.context.objects;
    return objects.task({ ...this.#request, launch: this.#launch, units: isAll ? undefined : units });
  }

  /** Makes what the Jobs need. What the API server refuses is the task's problem, not the run's. */
  async prepare(objects: TaskObjects, stop: AbortSignal): Promise<void> {
    const { context } = this.#work;
    for (const object of objects.shared) {
      await this.#patiently(stop, () => context.createShared(object));
    }
    for (const object of objects.own) await this.#patiently(stop, () => context.createOwned(object));
  }

  /** `parallelism`: fewer at once than what the Job was made for. */
  async create({ object, pods, unitsOf }: RunJob, parallelism: number, stop: AbortSignal): Promise<LiveJob> {
    const spec = object['spec'] as JsonObject;
    const most = Math.min(parallelism, (spec['parallelism'] as number | undefined) ?? 1);
    const own = spec['parallelism'] === undefined ? object : { ...object, spec: { ...spec, parallelism: most } };
    await this.#patiently(stop, () => this.#work.context.createOwned(own));
    return new LiveJob({ name: nameOf(object), pods, unitsOf, isOld: false, parallelism: most });
  }

  async #patiently(stop: AbortSignal, make: () => Promise<void>): Promise<void> {
    try {
      await patiently(this.#work.context.clock, stop, make);
    } catch (error) {
      if (error instanceof ApiError && !stop.aborted)
        throw new TaskProblem(`the API server refused it: ${error.message}`);
      throw error;
    }
  }

  #remove(name: string, signal: AbortSignal): Promise<void> {
    const { client, clock, namespace } = this.#work.context;
    return removeJob({ client, clock, signal }, namespace, name);
  }
}

function adopted(job: JobView, isOld: boolean): LiveJob {
  const units = parseIntervals(job.units).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, place) => first + place),
  );
  const perPod = job.unitsPerPod;
  const live = new LiveJob({
    name: job.name,
    pods: Math.ceil(units.length / perPod),
    unitsOf: (pod) => units.slice(pod * perPod, (pod + 1) * perPod),
    isOld,
    parallelism: job.parallelism,
  });
  live.view = job;
  return live;
}

function nameOf(object: JsonObject): string {
  return (object['metadata'] as { readonly name: string }).name;
}

function annotationOf(job: JsonObject, name: string): string {
  return (job['metadata'] as { annotations: { [key: string]: string } }).annotations[name] ?? '';
}
