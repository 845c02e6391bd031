import { resolve } from 'node:path';
import type { ClusterAccess } from '../cluster/access.ts';
import type { KubernetesClient, SentAccess } from '../cluster/client.ts';
import type { ClientOptions } from '../cluster/options.ts';
import type { RunPlace } from '../runner/state/run-record.ts';
import { keepHeapSmall } from './heap.ts';
import type { Ports } from './ports.ts';
import { version } from './version.ts';

/** Flags of all commands that talk to a cluster. */
export interface ClusterFlags {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly as?: string | undefined;
  /** How kubectl is called, which then sends all requests: `microk8s kubectl`. */
  readonly kubectl?: string | undefined;
}

/** Their names. */
export const CLUSTER_FLAGS = ['context', 'namespace', 'kubeconfig', 'as', 'kubectl'] as const;

/**
 * The cluster that the flags name. The namespace is that of the flags, else the pipeline's, else the context's. Rejects as
 * `KubernetesClient.connect`; nothing is sent yet.
 */
export async function connectToCluster(
  ports: Ports,
  flags: ClusterFlags,
  pipelineNamespace: string | undefined,
): Promise<KubernetesClient> {
  const access = await accessTo(ports, flags, pipelineNamespace);
  const { KubernetesClient } = await import('../cluster/client.ts');
  return new KubernetesClient(access, clientOptions(ports));
}

/** The same, for a client of another kind. */
export async function accessTo(
  ports: Ports,
  flags: ClusterFlags,
  pipelineNamespace: string | undefined,
): Promise<ClusterAccess | SentAccess> {
  keepHeapSmall();
  const { context, as, kubectl } = flags;
  const kubeconfig = kubeconfigOf(ports, flags);
  const namespace = flags.namespace ?? pipelineNamespace;
  if (kubectl !== undefined) {
    const { kubectlAccessTo } = await import('./kubectl-connection.ts');
    return kubectlAccessTo(ports, kubectl, { context, kubeconfig, as }, namespace);
  }
  const { loadAccess } = await import('../cluster/load-access.ts');
  return loadAccess({ kubeconfig, context, as, namespace, env: ports.env });
}

export function clientOptions({ stderr }: Ports): ClientOptions {
  return {
    userAgent: `podloom/${version()}`,
    onWarning: (text) => stderr.write(`warning of the API server: ${text}\n`),
  };
}

/** Absolute. */
function kubeconfigOf({ cwd }: Ports, { kubeconfig }: ClusterFlags): string | undefined {
  return kubeconfig && resolve(cwd, kubeconfig);
}

/** Where the next writes go, said before the first of them. */
export function announceCluster(ports: Ports, { context, namespace, server }: KubernetesClient): void {
  const where = context === undefined ? 'this cluster' : `context ${context}`;
  ports.stderr.write(`${where}, namespace ${namespace} (${server})\n`);
}

/** For the record of a run. */
export function placeOf(ports: Ports, client: KubernetesClient, flags: ClusterFlags): RunPlace {
  const { context, namespace, server } = client;
  return { context, namespace, server, kubectl: flags.kubectl, kubeconfig: kubeconfigOf(ports, flags) };
}

/** The flags that lead to where a run is, unless others are given. */
export function flagsFor(place: RunPlace | undefined, flags: ClusterFlags): ClusterFlags {
  return {
    context: flags.context ?? place?.context,
    kubeconfig: flags.kubeconfig ?? place?.kubeconfig,
    namespace: flags.namespace ?? place?.namespace,
    as: flags.as,
    kubectl: flags.kubectl ?? place?.kubectl,
  };
}
