import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { NodePool, Profile } from '../ir/profile.ts';
import type { Gpu, Task } from '../ir/task.ts';
import { compareQuantities, parseQuantity, type QuantityValue } from '../units/quantity.ts';
import { allowedPools, hasProduct, suitablePools } from './node-pools.ts';

/** Some node of the profile can take a pod of each task. */
export function checkNodeFit(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void {
  if (profile.nodes.length === 0) return;
  for (const task of pipeline.tasks) {
    if (allowedPools(task, profile).length === 0) {
      diagnostics.report('PL170', { profile: profile.name }, { origin: task.origin });
      continue;
    }
    if (task.gpu !== undefined && !checkGpu(task, task.gpu, profile, diagnostics)) continue;
    checkRequest(task, 'cpu', profile, diagnostics);
    checkRequest(task, 'memory', profile, diagnostics);
  }
}

/** Returns whether some node has such GPUs, and enough of them. */
function checkGpu(task: Task, gpu: Gpu, profile: Profile, diagnostics: Collector): boolean {
  const { product, count } = gpu;
  if (product !== undefined && !profile.nodes.some((pool) => hasProduct(pool, product))) {
    const known = [...new Set(profile.nodes.flatMap((pool) => (pool.gpu === undefined ? [] : [pool.gpu.product])))];
    diagnostics.report('PL163', { product, profile: profile.name, known }, { origin: task.origin });
    return false;
  }
  const most = Math.max(0, ...suitablePools(task, profile).map((pool) => pool.gpu?.count ?? 0));
  if (count <= most) return true;
  const params = {
    count,
    product: `${product === undefined ? '' : `${product} `}GPU${count === 1 ? '' : 's'}`,
    most,
    profile: profile.name,
  };
  diagnostics.report('PL162', params, { origin: task.origin });
  return false;
}

/** Pools that do not say how much they have are taken to have enough. */
function checkRequest(task: Task, field: 'cpu' | 'memory', profile: Profile, diagnostics: Collector): void {
  // Kubernetes takes the limit for a request that is left out.
  const request = quantityOf(task[field].request ?? task[field].limit);
  const most = largest(suitablePools(task, profile), field);
  if (request === undefined || most === undefined || compareQuantities(request, most) <= 0) return;
  const params = { field, request: request.text, most: most.text, profile: profile.name };
  diagnostics.report('PL166', params, { origin: task.origin });
}

function largest(pools: readonly NodePool[], field: 'cpu' | 'memory'): QuantityValue | undefined {
  let most: QuantityValue | undefined;
  for (const pool of pools) {
    const value = quantityOf(pool[field]);
    if (value === undefined) return undefined;
    if (most === undefined || compareQuantities(value, most) > 0) most = value;
  }
  return most;
}

/** What does not parse is reported elsewhere. */
function quantityOf(text: string | undefined): QuantityValue | undefined {
  const parsed = text === undefined ? undefined : parseQuantity(text);
  return parsed?.ok ? parsed.value : undefined;
}
