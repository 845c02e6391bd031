import { KubernetesClient } from '../../../src/cluster/client.ts';
import { startContainerd } from './containerd.ts';
import type { ControlPlane } from './control-plane.ts';
import { buildImages } from './images.ts';
import { type KubeletSettings, NODE_NAME, startKubelet } from './kubelet.ts';
import type { Lab } from './lab.ts';
import { waitFor } from './wait.ts';

/** Starts containerd with the rig's images. It needs no API server, so both can come up at the same time. */
export async function startContainers(lab: Lab): Promise<void> {
  await startContainerd(lab, await buildImages(lab.log));
}

/** Starts the kubelet, and waits until its node takes pods. */
export async function startNode(lab: Lab, api: ControlPlane, settings: KubeletSettings = {}): Promise<void> {
  const kubelet = await startKubelet(lab, api, settings);
  const client = await KubernetesClient.connect({ kubeconfig: api.kubeconfig });
  try {
    await kubelet.until(waitFor('the node to be ready', () => isReady(client)));
  } finally {
    client.close();
  }
}

/** Ready, and without the taint that a new node has until the controller-manager has seen it. */
async function isReady(client: KubernetesClient): Promise<boolean> {
  const node = (await client.get({ apiVersion: 'v1', kind: 'Node', name: NODE_NAME })) as Node | undefined;
  const ready = node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return ready === true && (node!.spec.taints ?? []).length === 0;
}

interface Node {
  readonly spec: { readonly taints?: readonly object[] };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}
