import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import type { ControlPlane } from './control-plane.ts';
import { runScriptedPods } from './kwok-scripted-pods.ts';
import type { Lab } from './lab.ts';
import { createNodes, isSchedulable, MANAGED, type NodeState, type SimulatedPool } from './nodes.ts';
import type { RigProcess } from './process.ts';

const STAGES = fileURLToPath(new URL('./kwok-stages.yaml', import.meta.url));

const READY_MILLIS = 180_000;

export interface KwokOptions {
  readonly nodes: readonly SimulatedPool[];
}

/**
 * How long a node is trusted without a heartbeat. KWOK renews a lease when a quarter of its duration is over. Short, so that tests
 * see NotReady soon, but no more than some 50 renewals a second in all.
 */
export function heartbeats(nodes: number): { readonly leaseSeconds: number; readonly graceSeconds: number } {
  return nodes <= 200 ? { leaseSeconds: 16, graceSeconds: 12 } : { leaseSeconds: 80, graceSeconds: 45 };
}

/**
 * Simulated nodes, whose pods do what kwok-stages.yaml says, and the pods that tests give a script (kwok-script.ts).
 * Resolves when pods may go to all nodes; needs the controller-manager, which takes away the taint of new nodes.
 */
export async function startKwok(lab: Lab, api: ControlPlane, { nodes }: KwokOptions): Promise<RigProcess> {
  const client = await KubernetesClient.connect({ kubeconfig: api.kubeconfig });
  lab.onStop(() => client.close());
  const count = nodes.reduce((sum, pool) => sum + pool.count, 0);
  writeFileSync(lab.path('kwok.yaml'), `${configuration(count)}---\n${readFileSync(STAGES, 'utf8')}`);
  const creating = createNodes(client, nodes);
  const [program] = await Promise.all([lab.program('kwok'), creating]);
  const kwok = lab.start('kwok', [
    program,
    `--kubeconfig=${api.insideKubeconfig}`,
    `--config=${lab.path('kwok.yaml')}`,
  ]);
  const stop = runScriptedPods(client, lab.log);
  lab.onStop(stop);
  await kwok.until(allReady(client, count));
  return kwok;
}

/** Resolves when pods may go to all nodes. Watches: to list a thousand nodes again and again is what would take longest. */
async function allReady(client: KubernetesClient, count: number): Promise<void> {
  const signal = AbortSignal.timeout(READY_MILLIS);
  const query = { apiVersion: 'v1', kind: 'Node', labelSelector: `${MANAGED.key}=${MANAGED.value}` };
  const ready = new Set<string>();
  if (count === 0) return;
  for await (const { object } of client.follow(query, { signal })) {
    if (isSchedulable(object as NodeState)) ready.add(object.metadata.name);
    else ready.delete(object.metadata.name);
    if (ready.size === count) return;
  }
  throw new Error(`${ready.size} of ${count} simulated nodes are Ready after ${READY_MILLIS / 1000} s`);
}

/** KWOK's own configuration. JSON is YAML. */
function configuration(nodes: number): string {
  const options = {
    manageNodesWithLabelSelector: `${MANAGED.key}=${MANAGED.value}`,
    nodeIP: '127.0.0.1',
    // Addresses of pods that nobody can reach, enough for all that there will be.
    cidr: '10.128.0.1/9',
    nodeLeaseDurationSeconds: heartbeats(nodes).leaseSeconds,
    nodeLeaseParallelism: 16,
    nodePlayStageParallelism: 16,
    podPlayStageParallelism: 32,
    // It serves nothing.
    nodePort: 0,
  };
  return `${JSON.stringify({ apiVersion: 'config.kwok.x-k8s.io/v1alpha1', kind: 'KwokConfiguration', options }, undefined, 2)}\n`;
}
