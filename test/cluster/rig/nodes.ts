import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { waitFor } from './wait.ts';

/** Nodes that differ in their name only. */
export interface SimulatedPool {
  /** Nodes are called `<name>-0`, `<name>-1`, …; also the label `pool`. */
  readonly name: string;
  readonly count: number;
  readonly zone: string;
  /** Quantities, such as `64` and `256Gi`. */
  readonly cpu: string;
  readonly memory: string;
  readonly gpu?: SimulatedGpu | undefined;
  /** More allocatable resources, such as `rdma/rdma_shared_device_a`. */
  readonly resources?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[] | undefined;
}

export interface SimulatedGpu {
  /** As in the label nvidia.com/gpu.product. */
  readonly product: string;
  readonly count: number;
  /** MiB, as in the label nvidia.com/gpu.memory. */
  readonly memory: number;
  readonly family: string;
}

/** KWOK manages the nodes that have it. */
export const MANAGED = { key: 'type', value: 'kwok' } as const;

const ZONES = ['zone-a', 'zone-b', 'zone-c'];

type Machine = Omit<SimulatedPool, 'name' | 'count' | 'zone'>;

/** What is in the default mix. The first eight nodes have all of it. */
const MACHINES: Readonly<Record<string, Machine>> = {
  h100: {
    cpu: '192',
    memory: '2Ti',
    gpu: { product: 'NVIDIA-H100-80GB-HBM3', count: 8, memory: 81559, family: 'hopper' },
    resources: { 'rdma/rdma_shared_device_a': '63' },
    labels: { 'feature.node.kubernetes.io/pci-15b3.present': 'true' },
  },
  a100: {
    cpu: '128',
    memory: '1Ti',
    gpu: { product: 'NVIDIA-A100-SXM4-80GB', count: 8, memory: 81920, family: 'ampere' },
  },
  l40s: {
    cpu: '96',
    memory: '768Gi',
    gpu: { product: 'NVIDIA-L40S', count: 4, memory: 46068, family: 'ada-lovelace' },
  },
  t4: { cpu: '48', memory: '192Gi', gpu: { product: 'Tesla-T4', count: 4, memory: 15360, family: 'turing' } },
  cpu: { cpu: '64', memory: '256Gi' },
};

/** Repeated until there are enough nodes. */
const MIX = ['h100', 'a100', 'cpu', 'l40s', 'h100', 'a100', 't4', 'cpu'] as const;

/** The default mix of GPU products and CPU-only nodes, each over three zones. */
export function simulatedPools(nodes: number): readonly SimulatedPool[] {
  const seen = new Map<string, number>();
  const counts = new Map<string, { machine: string; zone: string; count: number }>();
  for (let i = 0; i < nodes; i++) {
    const machine = MIX[i % MIX.length]!;
    const nth = seen.get(machine) ?? 0;
    seen.set(machine, nth + 1);
    const zone = ZONES[nth % ZONES.length]!;
    const name = `${machine}-${zone.slice(-1)}`;
    counts.set(name, { machine, zone, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts].map(([name, { machine, zone, count }]) => ({ ...MACHINES[machine]!, name, zone, count }));
}

/** Creates the nodes, 32 at a time. KWOK has to run already, or come soon: without a lease they are NotReady in seconds. */
export async function createNodes(client: KubernetesClient, pools: readonly SimulatedPool[]): Promise<void> {
  const nodes = pools.flatMap((pool) =>
    Array.from({ length: pool.count }, (_, i) => nodeOf(pool, `${pool.name}-${i}`)),
  );
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let node = nodes[next++]; node !== undefined; node = nodes[next++]) await client.create(node);
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

/** A node as a kubelet, the GPU operator's feature discovery and the device plugins leave it. */
export function nodeOf(pool: SimulatedPool, name: string) {
  const { gpu } = pool;
  const resources = {
    cpu: pool.cpu,
    memory: pool.memory,
    pods: '110',
    'ephemeral-storage': '1Ti',
    ...(gpu === undefined ? {} : { 'nvidia.com/gpu': String(gpu.count) }),
    ...pool.resources,
  };
  const taints = [
    ...(gpu === undefined ? [] : [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]),
    ...(pool.taints ?? []),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        [MANAGED.key]: MANAGED.value,
        pool: pool.name,
        'kubernetes.io/hostname': name,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/os': 'linux',
        // Kubelets still write them; else the controller-manager does, a request for each node.
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'topology.kubernetes.io/region': 'region-1',
        'topology.kubernetes.io/zone': pool.zone,
        ...(gpu === undefined ? {} : gpuLabels(gpu)),
        ...pool.labels,
      },
    },
    spec: { taints },
    status: {
      capacity: resources,
      allocatable: resources,
      conditions: [condition('Ready', 'True', 'KubeletReady', new Date().toISOString())],
      addresses: [
        { type: 'InternalIP', address: '127.0.0.1' },
        { type: 'Hostname', address: name },
      ],
      nodeInfo: NODE_INFO,
    },
  };
}

/** Labels of NVIDIA's GPU feature discovery. */
function gpuLabels({ product, count, memory, family }: SimulatedGpu): Record<string, string> {
  return {
    'nvidia.com/gpu.present': 'true',
    'nvidia.com/gpu.product': product,
    'nvidia.com/gpu.count': String(count),
    'nvidia.com/gpu.replicas': '1',
    'nvidia.com/gpu.memory': String(memory),
    'nvidia.com/gpu.family': family,
    'nvidia.com/gpu.sharing-strategy': 'none',
    'nvidia.com/mig.strategy': 'none',
  };
}

const NODE_INFO = {
  architecture: 'amd64',
  bootID: '',
  containerRuntimeVersion: 'kwok-0.7.0',
  kernelVersion: 'kwok-0.7.0',
  kubeProxyVersion: '',
  kubeletVersion: 'v1.36.3',
  machineID: '',
  operatingSystem: 'linux',
  osImage: 'simulated',
  systemUUID: '',
};

function condition(type: string, status: string, reason: string, now: string) {
  return { type, status, reason, message: '', lastHeartbeatTime: now, lastTransitionTime: now };
}

const refOf = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name }) as const;

/** What the helpers read of a node. */
export interface NodeState {
  readonly spec?: { readonly taints?: readonly { readonly key: string; readonly effect: string }[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

export function isReady(node: NodeState | undefined): boolean {
  return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Ready, and the controller-manager lets pods on it. */
export function isSchedulable(node: NodeState | undefined): boolean {
  return isReady(node) && !(node?.spec?.taints ?? []).some(({ key }) => key.startsWith('node.kubernetes.io/'));
}

/**
 * Cuts a node off: nothing renews its lease or touches its pods any more. The controller-manager notices by itself. Resolves when
 * it has marked the node unreachable; pods that do not tolerate that for longer are being deleted then, but nobody confirms it,
 * so they stay until the node is removed (the controller-manager's pod collector then takes 40 to 80 s) or declared out of service.
 */
export async function takeDown(client: KubernetesClient, name: string): Promise<void> {
  await client.patch(refOf(name), { metadata: { labels: { [MANAGED.key]: null } } }, { type: 'merge' });
  await waitFor(`node ${name} to be unreachable`, async () => {
    const node = (await client.get(refOf(name))) as NodeState | undefined;
    return (node?.spec?.taints ?? []).some(
      ({ key, effect }) => key === 'node.kubernetes.io/unreachable' && effect === 'NoExecute',
    );
  });
}

/** What an administrator does with a node that will not come back: its pods are failed and removed within 20 s. */
export async function declareOutOfService(client: KubernetesClient, name: string): Promise<void> {
  const node = (await client.get(refOf(name))) as NodeState;
  const taint = { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' };
  await client.patch(refOf(name), { spec: { taints: [...(node.spec?.taints ?? []), taint] } }, { type: 'merge' });
}

/** Brings a node back that was taken down. Resolves when pods may go there. */
export async function bringBack(client: KubernetesClient, name: string): Promise<void> {
  await client.patch(refOf(name), { metadata: { labels: { [MANAGED.key]: MANAGED.value } } }, { type: 'merge' });
  await waitFor(`node ${name} to be Ready`, async () => isSchedulable((await client.get(refOf(name))) as NodeState));
}

/** Deletes a node, as a cloud does when the machine is gone. Its pods are failed and removed after 40 to 80 s. */
export async function remove(client: KubernetesClient, name: string): Promise<void> {
  await client.delete(refOf(name));
  await waitFor(`node ${name} to be gone`, async () => (await client.get(refOf(name))) === undefined);
}
