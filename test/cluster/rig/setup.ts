import { dirname } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type ClusterSize, startCluster } from './cluster.ts';
import { missingFor } from './requirements.ts';

/** What test files know of the cluster of their project. */
export interface ProvidedCluster {
  readonly size: ClusterSize;
  readonly folder: string;
  readonly kubeconfig: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    cluster: ProvidedCluster;
  }
}

/**
 * Brings the cluster of a vitest project up before its first test and down after its last. With `PODLOOM_CLUSTER_<SIZE>`, the path
 * of a kubeconfig that `npm run cluster -- up` printed, it uses that cluster.
 */
export async function provideCluster(
  size: ClusterSize,
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const given = process.env[`PODLOOM_CLUSTER_${size.toUpperCase()}`];
  if (given !== undefined) {
    project.provide('cluster', { size, folder: dirname(given), kubeconfig: given });
    return undefined;
  }
  const missing = missingFor(size);
  if (missing.length > 0) throw new Error(`a ${size} cluster needs ${missing.join('; ')}`);
  const cluster = await startCluster({ size, log: (line) => console.error(`[${size} cluster] ${line}`) });
  project.provide('cluster', { size, folder: cluster.folder, kubeconfig: cluster.kubeconfig });
  return () => cluster.stop();
}
