import type { NodePool } from '../../ir/profile.ts';
import { compareQuantities, parseQuantity, type QuantityValue } from '../../units/quantity.ts';
import type { KubernetesObject } from '../objects.ts';

/** What is read of a node. */
export interface ClusterNode extends KubernetesObject {
  readonly spec?: {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  };
  readonly status?: {
    readonly allocatable?: { readonly [resource: string]: string };
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const GPU = 'nvidia.com/gpu';
const ZONE = 'topology.kubernetes.io/zone';

/** Of the labels that the cluster sets itself (see passes/node-pools.ts) those that people select by. */
const selectable = [
  'kubernetes.io/arch',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
];
const setByCluster = /^(?:[a-z0-9.-]+\.)?(?:kubernetes\.io|k8s\.io|nvidia\.com)\//;

/** Taints of a moment: a node that is not ready, under pressure, new, or about to go. */
const passing = /^(?:node\.kubernetes\.io\/|node\.cloudprovider\.kubernetes\.io\/|ToBeDeleted|DeletionCandidate)/;

/** A label with more values than this, on more than half as many nodes as it has values, is one of each node. */
const FEW_VALUES = 8;

export interface NodePools {
  /** Sorted. */
  readonly pools: readonly NodePool[];
  /** Nodes that take no pods now: not ready, or cordoned. */
  readonly leftOut: number;
}

/** Groups nodes that differ in nothing that the compiler asks for. */
export class NodeGrouping {
  readonly #nodes: Described[] = [];
  #leftOut = 0;

  /** Keeps of the node only what is needed. */
  add(node: ClusterNode): void {
    if (isReady(node)) this.#nodes.push(describe(node));
    else this.#leftOut++;
  }

  result(): NodePools {
    const varied = variedKeys(this.#nodes);
    const groups = new Map<string, { pool: Described; count: number; keys: Set<string> }>();
    for (const node of this.#nodes) {
      const labels = Object.fromEntries(Object.entries(node.labels).filter(([key]) => !varied.has(key)));
      const keys = Object.keys(node.labels).filter((key) => varied.has(key));
      // Machines of one type differ by some kilobytes.
      const { cpu, memory, ...rest } = { ...node, labels };
      const key = JSON.stringify([whole(cpu, 1n), whole(memory, 1n << 30n), rest]);
      const group = groups.get(key) ?? { pool: { ...node, labels }, count: 0, keys: new Set() };
      const pool = { ...group.pool, cpu: larger(group.pool.cpu, cpu), memory: larger(group.pool.memory, memory) };
      groups.set(key, { pool, count: group.count + 1, keys: new Set([...group.keys, ...keys]) });
    }
    const pools = [...groups.values()].map(({ pool, count, keys }) => poolOf(pool, count, keys));
    return { pools: pools.sort(comparePools), leftOut: this.#leftOut };
  }
}

/** What tells a node from others. */
interface Described {
  readonly zone: string | undefined;
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  readonly gpu: NodePool['gpu'];
  readonly resources: { readonly [name: string]: string };
  readonly labels: { readonly [key: string]: string };
  readonly taints: NonNullable<NodePool['taints']>;
}

function isReady({ spec, status }: ClusterNode): boolean {
  if (spec?.unschedulable === true) return false;
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

function describe({ metadata, spec, status }: ClusterNode): Described {
  const { labels = {} } = metadata;
  const { cpu, memory, ...others } = status?.allocatable ?? {};
  const gpus = Number(others[GPU] ?? 0);
  const taints = (spec?.taints ?? [])
    .filter(({ key }) => !passing.test(key))
    .map(({ key, value, effect }) => ({ key, ...(value ? { value } : {}), effect }));
  return {
    zone: labels[ZONE],
    cpu,
    memory,
    gpu: gpus > 0 ? { product: labels['nvidia.com/gpu.product'] ?? 'unknown', count: gpus } : undefined,
    resources: sorted(others, (name, amount) => isExtended(name) && name !== GPU && amount !== '0'),
    labels: sorted(labels, (key) => selectable.includes(key) || !setByCluster.test(key)),
    taints: taints.sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b))),
  };
}

/** Of a device plugin: `vendor/device`. */
function isExtended(name: string): boolean {
  return name.includes('/') && !/^(?:kubernetes\.io|attachable-volumes|requests\.)/.test(name);
}

function sorted(
  map: { readonly [key: string]: string },
  keep: (key: string, value: string) => boolean,
): { readonly [key: string]: string } {
  const kept = Object.entries(map).filter(([key, value]) => keep(key, value));
  return Object.fromEntries(kept.sort(([a], [b]) => compareText(a, b)));
}

/** Keys of labels that nearly each node has a value of its own for: an instance id, a rack slot. */
function variedKeys(nodes: readonly Described[]): ReadonlySet<string> {
  const seen = new Map<string, { values: Set<string>; nodes: number }>();
  for (const { labels } of nodes)
    for (const [key, value] of Object.entries(labels)) {
      const entry = seen.get(key) ?? { values: new Set(), nodes: 0 };
      entry.values.add(value);
      entry.nodes++;
      seen.set(key, entry);
    }
  const varied = [...seen].filter(
    ([, { values, nodes: count }]) => values.size > FEW_VALUES && 2 * values.size > count,
  );
  return new Set(varied.map(([key]) => key));
}

function poolOf(node: Described, count: number, varied: ReadonlySet<string>): NodePool {
  const { zone, cpu, memory, gpu, resources, labels, taints } = node;
  return {
    count,
    ...(zone !== undefined && { zone }),
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(gpu !== undefined && { gpu }),
    ...(Object.keys(resources).length > 0 && { resources }),
    labels, // also when there are none: a selector then matches none of these nodes
    ...(varied.size > 0 && { variedLabels: [...varied].sort(compareText) }),
    ...(taints.length > 0 && { taints }),
  };
}

/** By product, the largest machines first, then by zone and by all the rest. */
function comparePools(a: NodePool, b: NodePool): number {
  return (
    compareText(a.gpu?.product ?? '~', b.gpu?.product ?? '~') ||
    (b.gpu?.count ?? 0) - (a.gpu?.count ?? 0) ||
    -compareAmounts(a.cpu, b.cpu) ||
    -compareAmounts(a.memory, b.memory) ||
    compareText(a.zone ?? '', b.zone ?? '') ||
    compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

function amountOf(text: string | undefined): QuantityValue | undefined {
  const parsed = text === undefined ? undefined : parseQuantity(text);
  return parsed?.ok ? parsed.value : undefined;
}

/** How many whole `unit`s it is. */
function whole(text: string | undefined, unit: bigint): string {
  const amount = amountOf(text);
  return amount === undefined ? '' : String(amount.nanos / 1_000_000_000n / unit);
}

function compareAmounts(a: string | undefined, b: string | undefined): number {
  const [first, second] = [amountOf(a), amountOf(b)];
  if (first === undefined || second === undefined) return Number(second === undefined) - Number(first === undefined);
  return compareQuantities(first, second);
}

function larger(a: string | undefined, b: string | undefined): string | undefined {
  return compareAmounts(a, b) >= 0 ? a : b;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
