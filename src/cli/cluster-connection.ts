import { resolve } from 'node:path';
import type { KubernetesClient } from '../cluster/client.ts';
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

/**
 * The cluster that the flags name. The namespace is that of the flags, else the pipeline's, else the context's. Rejects as
 * `KubernetesClient.connect`; nothing is sent yet.
 */
export async function connectToCluster(
  ports: Ports,
  flags: ClusterFlags,
  pipelineNamespace: string | undefined,
): Promise<KubernetesClient> {
  keepHeapSmall();
  if (flags.kubectl !== undefined) {
    const { connectWithKubectl } = await import('./kubectl-connection.ts');
    return connectWithKubectl(ports, flags.kubectl, flags, pipelineNamespace);
  }
  const { KubernetesClient } = await import('../cluster/client.ts');
  return KubernetesClient.connect(connectionOptions(ports, flags, pipelineNamespace));
}

export function connectionOptions(
  ports: Ports,
  { context, kubeconfig, namespace, as }: ClusterFlags,
  pipelineNamespace: string | undefined,
): ClientOptions {
  return {
    kubeconfig: kubeconfig && resolve(ports.cwd, kubeconfig),
    context,
    as,
    namespace: namespace ?? pipelineNamespace,
    env: ports.env,
    userAgent: `podloom/${version()}`,
    onWarning: (text) => ports.stderr.write(`warning of the API server: ${text}\n`),
  };
}

/** Where the next writes go, said before the first of them. */
export function announceCluster(ports: Ports, { context, namespace, server }: KubernetesClient): void {
  const where = context === undefined ? 'this cluster' : `context ${context}`;
  ports.stderr.write(`${where}, namespace ${namespace} (${server})\n`);
}

/** For the record of a run. */
export function placeOf(ports: Ports, client: KubernetesClient, { kubeconfig, kubectl }: ClusterFlags): RunPlace {
  const { context, namespace, server } = client;
  return { context, namespace, server, kubectl, kubeconfig: kubeconfig && resolve(ports.cwd, kubeconfig) };
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
