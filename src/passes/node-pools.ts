import type { NodePool, Profile } from '../ir/profile.ts';
import type { Task, Toleration } from '../ir/task.ts';
import { matchesProduct } from '../units/gpu.ts';

/** The pools of the profile whose nodes the selector and the taints of a task leave to it. */
export function allowedPools(task: Task, profile: Profile): NodePool[] {
  const tolerations = tolerationsOf(task);
  return profile.nodes.filter(
    (pool) => matchesSelector(pool, task.placement.nodeSelector) && toleratesAll(pool, tolerations),
  );
}

/** Of those, the ones with the GPU product of the task. All of them for a task without GPU. */
export function suitablePools(task: Task, profile: Profile): NodePool[] {
  const { gpu } = task;
  const pools = allowedPools(task, profile);
  return gpu === undefined ? pools : pools.filter((pool) => hasProduct(pool, gpu.product));
}

export function hasProduct({ gpu }: NodePool, product: string | undefined): boolean {
  return gpu !== undefined && (product === undefined || matchesProduct(gpu.product, product));
}

/** Targets add the toleration that nodes with GPUs ask for. */
function tolerationsOf({ gpu, placement }: Task): readonly Toleration[] {
  const forGpu = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' } as const;
  return gpu === undefined ? placement.tolerations : [...placement.tolerations, forGpu];
}

/** Labels that the cluster sets itself need not be in a profile. */
const setByCluster = /^(?:[a-z0-9.-]+\.)?(?:kubernetes\.io|k8s\.io|nvidia\.com)\//;

function matchesSelector(
  { labels, variedLabels, zone }: NodePool,
  selector: Task['placement']['nodeSelector'],
): boolean {
  return Object.entries(selector).every(([key, value]) => {
    const known = labels?.[key] ?? (key === 'topology.kubernetes.io/zone' ? zone : undefined);
    if (known !== undefined) return known === value;
    return labels === undefined || setByCluster.test(key) || variedLabels?.includes(key) === true;
  });
}

function toleratesAll({ taints }: NodePool, tolerations: readonly Toleration[]): boolean {
  return (taints ?? []).every(
    (taint) => taint.effect === 'PreferNoSchedule' || tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

type Taint = NonNullable<NodePool['taints']>[number];

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== undefined && key !== taint.key) return false;
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
}
