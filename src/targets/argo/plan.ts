import { countPods, countUnits } from '../../ir/item-values.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Task } from '../../ir/task.ts';
import { countChunks } from '../items/index.ts';

/** `pod`: one pod; `loop`: withSequence over the items; `job`: a resource node that creates Indexed Jobs. */
export type Strategy = 'pod' | 'loop' | 'job';

/** MAX_WORKFLOW_SIZE of Argo's workflow/packer/packer.go: spec as JSON, plus the compressed status of all nodes. */
export const MAX_WORKFLOW_BYTES = 1024 * 1024;
/** Compressed status of one node, measured on 3.7 (shared facts, 2.1): a plain pod 95 B, with random ids up to 130 B. */
const NODE_BYTES = 110;
/** With retries each item has a second node, the parent of its attempts. */
const RETRIED_NODE_BYTES = 180;
/** Below this many pods a loop shows every item in Argo's own views; above, a Job is the better home. */
const LOOP_PODS = 500;
/** Of the 1 MiB: what loops may take by themselves; the rest is for the spec and other nodes. */
const LOOP_BYTES = 400_000;
/** What loops may take when they have to be loops. */
export const FORCED_LOOP_BYTES = 900_000;

/** How each task of a pipeline fans out, by name. */
export function planStrategies(pipeline: Pipeline): ReadonlyMap<string, Strategy> {
  const looped = mustLoop(pipeline);
  const strategies = new Map<string, Strategy>();
  const undecided: Task[] = [];
  let bytes = 0;
  for (const task of pipeline.tasks) {
    if (task.forEach === undefined && task.replicas === undefined) strategies.set(task.name, 'pod');
    else if (task.argoStrategy === 'loop' || looped.has(task.name)) {
      strategies.set(task.name, 'loop');
      bytes += loopBytes(task);
    } else if (task.argoStrategy === 'job' || loopObstacle(task) !== undefined || podsOf(task) > LOOP_PODS) {
      strategies.set(task.name, 'job');
    } else undecided.push(task);
  }
  for (const task of undecided.sort((a, b) => podsOf(a) - podsOf(b))) {
    bytes += loopBytes(task);
    strategies.set(task.name, bytes <= LOOP_BYTES ? 'loop' : 'job');
  }
  return strategies;
}

/** Tasks that only a loop can be: with edges that look at single items, or items that are not known yet. */
function mustLoop({ tasks }: Pipeline): ReadonlySet<string> {
  const names = new Set<string>();
  for (const task of tasks) {
    if (task.forEach?.items.kind === 'output') names.add(task.name);
    for (const { task: upstream, on } of task.after) {
      if (on === 'itemwise') names.add(task.name).add(upstream);
      if (on === 'anySucceeded' || on === 'allFailed') names.add(upstream);
    }
  }
  for (const task of tasks) {
    if (task.forEach === undefined || task.argoStrategy === 'job') names.delete(task.name);
    else if (task.forEach.items.kind !== 'output' && loopObstacle(task) !== undefined) names.delete(task.name);
  }
  return names;
}

/** Why a task cannot be a loop, whatever its size. */
export function loopObstacle(task: Task): string | undefined {
  if (task.replicas !== undefined) return 'its replicas have to run together';
  const tolerated = task.maxFailed?.kind === 'count' ? task.maxFailed.count : task.maxFailed?.percent;
  if (tolerated !== undefined && tolerated > 0) return 'maxFailed tolerates failed items';
  if (task.deadlineSeconds !== undefined) return 'the deadline is for all of its items together';
  if (countChunks(task) > 1) return 'its items are too many or too large for the tables of one set of pods';
  return undefined;
}

/** Estimate of what the nodes of a loop take of Argo's 1 MiB. */
export function loopBytes(task: Task): number {
  return podsOf(task) * nodeBytes(task);
}

/** The same for one pod. */
export function nodeBytes({ retries }: Task): number {
  return retries.limit > 0 ? RETRIED_NODE_BYTES : NODE_BYTES;
}

/** Pods of a task, as far as they are known before the run. */
export function podsOf(task: Task): number {
  if (task.replicas !== undefined) return task.replicas;
  return task.forEach === undefined ? 1 : (countPods(task.forEach) ?? 0);
}

/** Items (or batches), for messages. */
export function unitsOf(task: Task): number {
  return task.forEach === undefined ? 1 : (countUnits(task.forEach) ?? 0);
}
