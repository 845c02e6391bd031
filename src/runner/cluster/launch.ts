import { ApiError } from '../../cluster/errors.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { TaskProblem, type TaskWork } from '../engine.ts';
import type { ClusterContext } from './context.ts';
import { type JobView, parseIntervals } from './job-view.ts';
import { LiveJob } from './live-job.ts';
import { patiently } from './patience.ts';

/** The Jobs that together run the units of a task. */
export interface Launch {
  readonly jobs: readonly LiveJob[];
}

/**
 * Takes over the Jobs that an earlier runner of the run made for the task, and makes new ones for the units that none of them will
 * do: those that no Job had, and those that failed in a Job that has ended. Jobs of another version of the task are removed.
 */
export async function launchTask(
  work: TaskWork & { readonly context: ClusterContext },
  units: readonly number[],
  stop: AbortSignal,
): Promise<Launch> {
  const { task, context, values } = work;
  const items = task.forEach?.items;
  const list = items?.kind === 'output' ? values.output(items.task, items.output) : undefined;
  const request = {
    task: task.name,
    list: list?.kind === 'list' ? list.items : undefined,
    gated: context.isGated(task),
    maxRunning: context.maxRunning,
  };
  const whole = context.objects.task({ ...request, launch: 0 });
  const specs = new Set(whole.jobs.map(({ object }) => specOf(object)));
  const known = context.watch.jobsOf(task.name);
  const ours = known.filter((job) => specs.has(job.spec));
  for (const job of known) if (!specs.has(job.spec)) await deleteJob(context, job.name);
  const adopted = ours.map(adopt);
  const isDone = (view: JobView, pod: number): boolean =>
    task.replicas === undefined ? view.isCompleted(pod) : view.ended?.succeeded === true; // ranks end together
  const left = unitsLeft(units, ours, adopted, isDone);
  if (left.length === 0) return { jobs: adopted };
  const launch = ours.length === 0 ? 0 : Math.max(...ours.map((job) => job.launch)) + 1;
  const all = left.length === work.units.count;
  const objects =
    all && launch === 0 ? whole : context.objects.task({ ...request, launch, units: all ? undefined : left });
  const jobs: LiveJob[] = [];
  await patiently(context.clock, stop, async () => {
    for (const object of objects.shared) await context.createShared(object);
    for (const object of objects.own) await context.createOwned(object);
  }).catch((error: unknown) => refused(task.name, error));
  for (const { object, pods, unitsOf } of objects.jobs) {
    await patiently(context.clock, stop, () => context.createOwned(object)).catch((error: unknown) =>
      refused(task.name, error),
    );
    jobs.push(new LiveJob({ name: nameOf(object), pods, unitsOf, isOld: false }));
  }
  return { jobs: [...adopted, ...jobs] };
}

/** Ends a Job and its pods. One that is gone already is as it should be. */
export async function deleteJob({ client, namespace }: ClusterContext, name: string): Promise<void> {
  try {
    await client.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace, name });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** What the API server refuses is the task's problem, not the run's. */
function refused(_task: string, error: unknown): never {
  if (error instanceof ApiError) throw new TaskProblem(`the API server refused it: ${error.message}`);
  throw error;
}

function adopt(job: JobView): LiveJob {
  const units = parseIntervals(job.units).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, place) => first + place),
  );
  const perPod = job.unitsPerPod;
  return new LiveJob({
    name: job.name,
    pods: Math.ceil(units.length / perPod),
    unitsOf: (pod) => units.slice(pod * perPod, (pod + 1) * perPod),
    isOld: job.ended !== undefined,
  });
}

/** Units that no Job has done or will do. */
function unitsLeft(
  units: readonly number[],
  views: readonly JobView[],
  jobs: readonly LiveJob[],
  isDone: (view: JobView, pod: number) => boolean,
): number[] {
  const taken = new Set<number>();
  for (const [place, job] of jobs.entries()) {
    const view = views[place]!;
    for (let pod = 0; pod < job.pods; pod++) {
      if (job.isOld && !isDone(view, pod)) continue;
      for (const unit of job.unitsOf(pod)) taken.add(unit);
    }
  }
  return units.filter((unit) => !taken.has(unit));
}

function specOf(job: JsonObject): string {
  return (job['metadata'] as { annotations: { [key: string]: string } }).annotations['podloom.dev/spec'] ?? '';
}

function nameOf(object: JsonObject): string {
  return (object['metadata'] as { readonly name: string }).name;
}
