import { writeFileSync } from 'node:fs';
import { CONTAINERD_SOCKET } from './containerd.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Lab } from './lab.ts';
import { NODE_ADDRESS } from './network.ts';
import type { RigProcess } from './process.ts';

/** Name of the only node of a `real` cluster. */
export const NODE_NAME = 'node-1';

/** Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1) that a test wants otherwise, such as `containerLogMaxSize`. */
export type KubeletSettings = Readonly<Record<string, unknown>>;

/** Starts the kubelet. It goes on when containerd is not there yet. */
export async function startKubelet(lab: Lab, api: ControlPlane, settings: KubeletSettings = {}): Promise<RigProcess> {
  const program = await lab.program('kubelet');
  const resolver = lab.path('node', 'resolv.conf');
  writeFileSync(resolver, `nameserver ${NODE_ADDRESS}\n`);
  const config = lab.path('node', 'kubelet.json');
  writeFileSync(config, JSON.stringify({ ...configuration(resolver), ...REPORTING, ...settings }, undefined, 2));
  return lab.start('kubelet', [
    program,
    `--config=${config}`,
    `--kubeconfig=${api.insideKubeconfig}`,
    `--hostname-override=${NODE_NAME}`,
    `--node-ip=${NODE_ADDRESS}`,
    '--root-dir=/var/lib/kubelet',
    '--cert-dir=/var/lib/kubelet/certificates',
  ]);
}

/**
 * A node that tells at once what happens. It takes more pods than a machine of 2 cores starts at a time, and few enough that they do
 * not keep each other from starting: argoexec is three large processes in each pod.
 */
const REPORTING = {
  nodeStatusUpdateFrequency: '2s',
  nodeLeaseDurationSeconds: 40,
  kubeAPIQPS: 500,
  kubeAPIBurst: 1000,
  eventRecordQPS: 0,
  maxPods: 64,
  serializeImagePulls: false,
  registryPullQPS: 0,
};

function configuration(resolver: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: NODE_ADDRESS,
    // Nobody but this cluster reaches it.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    clusterDNS: [NODE_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: resolver,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    oomScoreAdj: 0,
    makeIPTablesUtilChains: false,
    failSwapOn: false,
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    // The disk is the machine's: neither images nor pods are to go because of what others keep on it.
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'nodefs.inodesFree': '1%',
      'imagefs.available': '1%',
    },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
  };
}
