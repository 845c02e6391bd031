import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { NodePool, Profile } from '../ir/profile.ts';
import type { Task, Topology } from '../ir/task.ts';
import { parseQuantity } from '../units/quantity.ts';
import { allowedPools, suitablePools } from './node-pools.ts';

/**
 * Replicas that `spread` keeps even all find a place in the profile. Nothing is said where a pool may grow (no node) or
 * does not tell its zone. Items wait for each other, so they need no such room.
 */
export function checkSpread(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    const { replicas } = task;
    const { spread } = task.placement;
    if (replicas === undefined || spread === undefined) continue;
    const pools = countedPools(task, profile);
    // A profile without nodes, or none that fits: reported elsewhere.
    if (suitablePools(task, profile).length === 0 || pools.some(({ count }) => count === 0)) continue;
    const room = roomByPlace(task, pools, spread);
    if (room === undefined) continue;
    const fit = mostEven(room);
    // Room for none at all: the amounts are reported elsewhere.
    if (fit === 0 || fit >= replicas) continue;
    const least = smallest(room);
    diagnostics.report(
      'PL173',
      { replicas, fit, topology: spread, least, profile: profile.name },
      { origin: task.origin },
    );
  }
}

/**
 * The nodes among which the scheduler counts: those that the selector, the taints and the node affinity leave
 * (`nodeAffinityPolicy`, `nodeTaintsPolicy: Honor`). Only a GPU product makes an affinity; a mere number of GPUs does not, so
 * nodes without any count too (pkg/scheduler/framework/plugins/podtopologyspread, v1.36).
 */
function countedPools(task: Task, profile: Profile): NodePool[] {
  return task.gpu?.product === undefined ? allowedPools(task, profile) : suitablePools(task, profile);
}

/** Pods that each node or zone has room for. undefined: a zone is not known. */
function roomByPlace(task: Task, pools: readonly NodePool[], topology: Topology): number[] | undefined {
  if (topology === 'nodes') return pools.flatMap((pool) => new Array<number>(pool.count).fill(roomOnNode(task, pool)));
  const zones = new Map<string, number>();
  for (const pool of pools) {
    if (pool.zone === undefined) return undefined;
    zones.set(pool.zone, (zones.get(pool.zone) ?? 0) + pool.count * roomOnNode(task, pool));
  }
  return [...zones.values()];
}

/** With a skew of at most 1 no place takes more than one pod above the place that takes fewest. */
function mostEven(room: readonly number[]): number {
  const least = smallest(room);
  return room.reduce((sum, places) => sum + Math.min(places, least + 1), 0);
}

function smallest(room: readonly number[]): number {
  return room.reduce((least, places) => Math.min(least, places), Number.POSITIVE_INFINITY);
}

function roomOnNode(task: Task, pool: NodePool): number {
  const gpus = task.gpu === undefined ? Number.POSITIVE_INFINITY : Math.floor((pool.gpu?.count ?? 0) / task.gpu.count);
  return Math.min(gpus, roomFor(task, 'cpu', pool), roomFor(task, 'memory', pool));
}

/** Pools that do not say how much they have are taken to have enough; what does not parse is reported elsewhere. */
function roomFor(task: Task, field: 'cpu' | 'memory', pool: NodePool): number {
  // Kubernetes takes the limit for a request that is left out.
  const request = nanosOf(task[field].request ?? task[field].limit);
  const has = nanosOf(pool[field]);
  return request === undefined || has === undefined || request <= 0n ? Number.POSITIVE_INFINITY : Number(has / request);
}

function nanosOf(text: string | undefined): bigint | undefined {
  const parsed = text === undefined ? undefined : parseQuantity(text);
  return parsed?.ok ? parsed.value.nanos : undefined;
}
