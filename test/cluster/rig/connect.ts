import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import type { ProvidedCluster } from './setup.ts';
import { waitFor } from './wait.ts';

export interface Connected extends ProvidedCluster {
  /** Connected as an administrator. */
  readonly client: KubernetesClient;
}

/** The cluster of the test file's project. */
export async function connect(): Promise<Connected> {
  const cluster = inject('cluster');
  return { ...cluster, client: await KubernetesClient.connect({ kubeconfig: cluster.kubeconfig }) };
}

/** A namespace of the test's own, with the ServiceAccount `default` that pods need. */
export async function freshNamespace(client: KubernetesClient, name: string): Promise<string> {
  const namespace = `${name}-${randomBytes(3).toString('hex')}`;
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' };
  if (inject('cluster').size === 'api') {
    // No controller-manager makes it there.
    await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } });
  } else {
    await waitFor('the ServiceAccount "default"', () => client.get(account));
  }
  return namespace;
}
