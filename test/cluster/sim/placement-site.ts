import { App } from 'cdk8s';
import { onTestFinished } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { Pipeline, type PipelineProps, type Toleration } from '../../../src/index.ts';
import type { NodePool, Profile } from '../../../src/ir/profile.ts';
import { freshNamespace } from '../rig/connect.ts';
import { SCRIPT_PREFIX } from '../rig/kwok-script.ts';
import { createNodes, isSchedulable, type NodeState, type SimulatedPool } from '../rig/nodes.ts';
import { waitFor } from '../rig/wait.ts';
import { simProfile } from './placement-compile.ts';

const SITE = 'test.podloom.dev/site';

/** Pods with this annotation `true` run until a test sets it to something else: rig/kwok-script.ts. */
export const HOLD = `${SCRIPT_PREFIX}hold`;

/** Nodes that no other test uses, and a namespace for what runs on them. */
export interface Site {
  readonly client: KubernetesClient;
  readonly namespace: string;
  /** What the compiler may know of it. */
  readonly profile: Profile;
  /** Names of its nodes, by pool. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  /** A pipeline that runs on this site, and whose pods run until they are released. */
  pipeline(id: string, props?: PipelineProps): Pipeline;
}

/** Opens a site for the test that runs, and takes it away after that. Concurrent tests give the `finished` of their context. */
export async function siteOfTest(
  client: KubernetesClient,
  name: string,
  pools: readonly SitePool[],
  finished: (remove: () => Promise<void>) => void = onTestFinished,
): Promise<Site> {
  const { site, remove } = await openSite(client, name, pools);
  finished(remove);
  return site;
}

/** Pools of a site: what is left out is a zone `zone-a`, 64 CPUs and 256Gi. */
export type SitePool = Partial<SimulatedPool> & Pick<SimulatedPool, 'name' | 'count'>;

async function openSite(client: KubernetesClient, name: string, pools: readonly SitePool[]) {
  const namespace = await freshNamespace(client, name);
  const taint = { key: SITE, value: namespace, effect: 'NoSchedule' };
  const whole = pools.map(
    (pool): SimulatedPool => ({
      zone: 'zone-a',
      cpu: '64',
      memory: '256Gi',
      ...pool,
      name: `${namespace}-${pool.name}`,
      labels: { ...pool.labels, [SITE]: namespace },
      taints: [taint, ...(pool.taints ?? [])],
    }),
  );
  await createNodes(client, whole);
  const nodes = new Map(
    whole.map((pool, i) => [pools[i]!.name, Array.from({ length: pool.count }, (_, n) => `${pool.name}-${n}`)]),
  );
  const all = [...nodes.values()].flat();
  await Promise.all(all.map((node) => schedulable(client, node)));
  const toleration = { operator: 'Equal', ...taint } as Toleration;
  const site: Site = {
    client,
    namespace,
    nodes,
    profile: { ...simProfile, nodes: whole.map(poolOf) },
    pipeline: (id, props) =>
      new Pipeline(new App(), id, {
        image: 'busybox:1.37',
        namespace,
        nodeSelector: { [SITE]: namespace },
        tolerations: [toleration],
        annotations: { [HOLD]: 'true' },
        ...props,
      }),
  };
  return { site, remove: () => closeSite(client, namespace, all) };
}

async function closeSite(client: KubernetesClient, namespace: string, nodes: readonly string[]): Promise<void> {
  await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  // Without nodes their end would be left to the controller-manager, which takes its time.
  const onNodes = { apiVersion: 'v1', kind: 'Pod', namespace, fieldSelector: 'spec.nodeName!=' };
  await waitFor(`the pods of ${namespace} to end`, async () => (await client.list(onNodes)).items.length === 0);
  await Promise.all(nodes.map((node) => client.delete({ apiVersion: 'v1', kind: 'Node', name: node })));
}

async function schedulable(client: KubernetesClient, name: string): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Node', name };
  await waitFor(`node ${name} to take pods`, async () =>
    isSchedulable((await client.get(ref)) as NodeState | undefined),
  );
}

/** As `podloom profile` describes such nodes. */
function poolOf({ count, zone, cpu, memory, gpu, labels, taints }: SimulatedPool): NodePool {
  const gpuTaint = { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' };
  return {
    count,
    zone,
    cpu,
    memory,
    ...(gpu && { gpu: { product: gpu.product, count: gpu.count } }),
    labels: { ...labels },
    taints: [...(gpu ? [gpuTaint] : []), ...(taints ?? [])],
  };
}
