import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { NodePool, Profile } from '../ir/profile.ts';
import type { Task, Topology } from '../ir/task.ts';
import { suitablePools } from './node-pools.ts';

/**
 * Replicas run together, so the profile needs room for all of them at once. Pools with no node count as able to grow: where
 * a task may use one, nothing is said. Items need no such room: those that find none wait for others to end.
 */
export function checkReplicas(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    const { replicas } = task;
    if (replicas === undefined) continue;
    const pools = suitablePools(task, profile).filter(({ gpu }) => (gpu?.count ?? 0) >= (task.gpu?.count ?? 0));
    // A profile without nodes, or none that fits: reported elsewhere.
    if (pools.length === 0 || pools.some(({ count }) => count === 0)) continue;
    if (!checkApart(task, replicas, pools, diagnostics)) continue;
    checkGpus(task, replicas, pools, profile, diagnostics);
  }
}

function checkApart(task: Task, replicas: number, pools: readonly NodePool[], diagnostics: Collector): boolean {
  const { antiAffinity } = task.placement;
  if (antiAffinity?.mode !== 'required' || !selectsItself(task)) return true;
  const { topology } = antiAffinity;
  const places = countPlaces(pools, topology);
  if (places === undefined || replicas <= places) return true;
  diagnostics.report('PL164', { replicas, places, topology }, { origin: task.origin });
  return false;
}

/** Whether the pods of the task keep away from each other, not only from others. */
function selectsItself({ placement, podLabels }: Task): boolean {
  const selector = placement.antiAffinity?.selector;
  return selector === undefined || Object.entries(selector).every(([key, value]) => podLabels[key] === value);
}

function countPlaces(pools: readonly NodePool[], topology: Topology): number | undefined {
  if (topology === 'nodes') return pools.reduce((sum, { count }) => sum + count, 0);
  const zones = new Set(pools.map(({ zone }) => zone));
  return zones.has(undefined) ? undefined : zones.size;
}

function checkGpus(
  task: Task,
  replicas: number,
  pools: readonly NodePool[],
  profile: Profile,
  diagnostics: Collector,
): void {
  const count = task.gpu?.count;
  if (count === undefined || count < 1) return;
  const fit = pools.reduce((sum, pool) => sum + pool.count * Math.floor((pool.gpu?.count ?? 0) / count), 0);
  if (fit >= replicas) return;
  diagnostics.report('PL172', { replicas, count, fit, profile: profile.name }, { origin: task.origin });
}
