import type { Collector } from '../../diagnostics/collector.ts';
import { defaultProfile, knownArgo, knownKubernetes, type Profile } from '../../ir/profile.ts';
import type { KubernetesClient } from '../client.ts';
import { ApiError } from '../errors.ts';
import { groupPath } from '../resources.ts';
import { argoOfImage, argoOfSchema } from './argo-version.ts';
import { type ClusterNode, NodeGrouping, type NodePools } from './node-pools.ts';

export interface ClusterProfile {
  /** Without `argo` when the cluster has none: a file then leaves it out too. */
  readonly profile: Omit<Profile, 'argo'> & { readonly argo?: Profile['argo'] };
  /** Nodes that take no pods now and are not counted: not ready, or cordoned. undefined: nodes may not be read. */
  readonly leftOut: number | undefined;
}

/** API groups whose kinds a profile lists: what podloom emits for, or will. Argo CD and Rollouts share Argo's group. */
const groups = new Set([
  'argoproj.io',
  'batch.volcano.sh',
  'jobset.x-k8s.io',
  'k8s.cni.cncf.io',
  'kubeflow.org',
  'kueue.x-k8s.io',
  'leaderworkerset.x-k8s.io',
  'mellanox.com',
  'nvidia.com',
  'ray.io',
  'resource.nvidia.com',
  'scheduling.run.ai',
  'scheduling.volcano.sh',
  'sriovnetwork.openshift.io',
  'trainer.kubeflow.org',
]);
const ARGO = 'argoproj.io/v1alpha1';

/**
 * What a cluster is, as the compiler wants to know it. What may not be read is reported and left out. undefined: the cluster
 * is too old, which is reported. Rejects when the cluster cannot be reached.
 */
export async function readClusterProfile(
  client: KubernetesClient,
  diagnostics: Collector,
): Promise<ClusterProfile | undefined> {
  const kubernetes = kubernetesOf(await client.request('GET', '/version', { retry: false }), diagnostics);
  if (kubernetes === undefined) return undefined;
  const [nodes, priorityClasses, crds] = await Promise.all([
    readNodes(client, diagnostics),
    readPriorityClasses(client, diagnostics),
    readCrds(client),
  ]);
  const argo = crds.includes(`workflowtemplates.${ARGO}`) ? await readArgo(client, diagnostics) : undefined;
  const profile = {
    name: client.context ?? 'cluster',
    kubernetes,
    ...(argo !== undefined && { argo }),
    nodes: nodes?.pools ?? [],
    ...(priorityClasses !== undefined && { priorityClasses }),
    crds,
  };
  return { profile, leftOut: nodes?.leftOut };
}

function kubernetesOf(version: unknown, diagnostics: Collector): string | undefined {
  const { major, minor, gitVersion } = version as { major: string; minor: string; gitVersion: string };
  const number = Number.parseInt(minor, 10); // some clouds write `33+`
  const { oldest, newest } = knownKubernetes;
  if (major === '1' && number > newest)
    diagnostics.report('PL405', { product: 'Kubernetes', version: gitVersion, taken: `1.${newest}` });
  if (major === '1' && number >= oldest) return `1.${Math.min(number, newest)}`;
  diagnostics.report('PL404', { version: gitVersion, oldest: `1.${oldest}` });
  return undefined;
}

async function readNodes(client: KubernetesClient, diagnostics: Collector): Promise<NodePools | undefined> {
  return unlessForbidden('nodes', diagnostics, async () => {
    const grouping = new NodeGrouping();
    for await (const node of client.items<ClusterNode>({ apiVersion: 'v1', kind: 'Node' })) grouping.add(node);
    return grouping.result();
  });
}

/** Without those that every cluster has, and podloom's own. */
async function readPriorityClasses(client: KubernetesClient, diagnostics: Collector): Promise<string[] | undefined> {
  const kind = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadataOnly: true };
  return unlessForbidden('PriorityClasses', diagnostics, async () => {
    const { items } = await client.list(kind);
    return items
      .map(({ metadata }) => metadata.name)
      .filter((name) => !/^(?:system|podloom)-/.test(name))
      .sort();
  });
}

/** From discovery, which everyone may read, unlike the CustomResourceDefinitions. */
async function readCrds(client: KubernetesClient): Promise<string[]> {
  const { groups: served } = (await client.request('GET', '/apis')) as {
    groups: readonly { name: string; versions: readonly { groupVersion: string }[] }[];
  };
  const versions = served.filter(({ name }) => groups.has(name)).flatMap(({ versions: all }) => all);
  const lists = await Promise.all(
    versions.map(async ({ groupVersion }) => {
      const { resources } = (await client.request('GET', groupPath(groupVersion))) as {
        resources: readonly { name: string }[];
      };
      return resources.filter(({ name }) => !name.includes('/')).map(({ name }) => `${name}.${groupVersion}`);
    }),
  );
  return lists.flat().sort();
}

/** By the image of Argo's controller, where Deployments may be read, else by the fields of its kinds. */
async function readArgo(client: KubernetesClient, diagnostics: Collector): Promise<Profile['argo'] | undefined> {
  const found = (await controllerVersions(client))[0] ?? (await schemaVersion(client));
  if (found === undefined) {
    diagnostics.report('PL406', { taken: defaultProfile.argo });
    return defaultProfile.argo;
  }
  const known = knownArgo.find((version) => version === found);
  if (known !== undefined) return known;
  const oldest = knownArgo[0] ?? defaultProfile.argo;
  const taken = isOlder(found, oldest) ? oldest : (knownArgo.at(-1) ?? oldest);
  diagnostics.report('PL405', { product: 'Argo Workflows', version: found, taken });
  return taken;
}

/** Of versions such as `3.7`. */
function isOlder(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [thanMajor = 0, thanMinor = 0]] = [version, than].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

/** Oldest first: what each of them understands is safe to emit. */
async function controllerVersions(client: KubernetesClient): Promise<string[]> {
  const versions = new Set<string>();
  try {
    for await (const deployment of client.items({ apiVersion: 'apps/v1', kind: 'Deployment' }))
      for (const image of imagesOf(deployment)) versions.add(argoOfImage(image) ?? '');
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  versions.delete('');
  return [...versions].sort((a, b) => (isOlder(a, b) ? -1 : 1));
}

function imagesOf(deployment: object): string[] {
  const { spec } = deployment as { spec?: { template?: { spec?: { containers?: readonly { image?: string }[] } } } };
  return (spec?.template?.spec?.containers ?? []).map(({ image }) => image ?? '');
}

async function schemaVersion(client: KubernetesClient): Promise<string | undefined> {
  try {
    return argoOfSchema(await client.request('GET', `/openapi/v3/apis/${ARGO}`));
  } catch (error) {
    if (error instanceof ApiError && (error.status === 403 || error.status === 404)) return undefined;
    throw error;
  }
}

async function unlessForbidden<T>(
  what: string,
  diagnostics: Collector,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!isForbidden(error)) throw error;
    diagnostics.report('PL403', { what, problem: error.message });
    return undefined;
  }
}

function isForbidden(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 403;
}
