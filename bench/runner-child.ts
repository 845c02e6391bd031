/** One run of `bench/runner.ts`, measured from its first instruction to its end. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';
import { keepHeapSmall } from '../src/cli/heap.ts';
import { KubernetesClient } from '../src/cluster/client.ts';
import type { Pipeline as PipelineData } from '../src/ir/pipeline.ts';
import { defaultProfile } from '../src/ir/profile.ts';
import { runInCluster } from '../src/runner/run-in-cluster.ts';
import { runObjects } from '../src/targets/jobs/run-objects.ts';
import { BUSYBOX_IMAGE } from '../test/cluster/rig/images.ts';
import { lowered } from '../test/cluster/sim/faults/pipelines.ts';

export interface Plan {
  readonly size: 'sim' | 'real';
  readonly items: number;
  readonly maxRunning: number | undefined;
  /** Whether the window is exact, for which each pod waits at a gate. */
  readonly isExact: boolean;
  readonly kubeconfig: string;
}

export interface Measured {
  /** Of the whole process, its start included. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly requests: number;
  readonly mebibytes: number;
  /** Files. */
  readonly logs: number;
}

/** A program that prints one line. */
export function benchPipeline({ size, items, maxRunning }: Plan): PipelineData {
  const p = new Pipeline(new App(), 'bench', { image: BUSYBOX_IMAGE });
  new Task(p, 'items', {
    forEach: Items.range(0, items),
    maxRunning,
    command: ({ index }) => ['echo', `${index}`],
    ...(size === 'sim' && { annotations: { 'test.podloom.dev/run-milliseconds': '1000' } }),
  });
  return lowered(p);
}

/** Counts what it sends. */
class CountingClient extends KubernetesClient {
  requests = 0;

  override request(...args: Parameters<KubernetesClient['request']>): Promise<unknown> {
    this.requests++;
    return super.request(...args);
  }

  override log(...args: Parameters<KubernetesClient['log']>): AsyncGenerator<Uint8Array> {
    this.requests++;
    return super.log(...args);
  }
}

if (process.argv[1] === import.meta.filename) {
  const plan = JSON.parse(process.argv[2]!) as Plan & { readonly namespace: string; readonly folder: string };
  keepHeapSmall(); // as the CLI does
  const { loadAccess } = await import('../src/cluster/load-access.ts');
  const { namespace, folder, isExact, maxRunning } = plan;
  const client = new CountingClient(await loadAccess({ kubeconfig: plan.kubeconfig, namespace }));
  const pipeline = benchPipeline(plan);
  const profile = { ...defaultProfile, kubernetes: '1.36' } as const;
  await runInCluster({
    ...{ pipeline, client, root: folder },
    objectsOf: (run) => runObjects(pipeline, profile, run),
    ...(isExact && { maxPending: maxRunning }),
    emit: () => {},
    report: (found) => console.error(JSON.stringify(found)),
  });
  client.close();
  const { user, system } = process.cpuUsage();
  const measured: Measured = {
    seconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    requests: client.requests,
    mebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
    logs: readdirSync(join(folder, 'runs/bench/items')).filter((file) => file.endsWith('.log')).length,
  };
  console.log(JSON.stringify(measured));
}
