import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { PAUSE_IMAGE } from './images.ts';
import type { Lab } from './lab.ts';
import { BRIDGE, NODE_ADDRESS, POD_NETWORK } from './network.ts';
import { waitFor } from './wait.ts';

/** As the cluster's namespaces see it; outside it is below `node/` in the cluster's folder. */
export const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';

/** Starts containerd with the images of the archive. */
export async function startContainerd(lab: Lab, images: string): Promise<void> {
  const network = lab.path('node', 'cni');
  mkdirSync(network, { recursive: true });
  writeFileSync(`${network}/pods.conflist`, JSON.stringify(podNetwork()));
  const config = lab.path('node', 'containerd.toml');
  writeFileSync(config, configuration(network));
  const containerd = lab.start('containerd', ['containerd', '--config', config, '--log-level', 'warn']);
  const socket = lab.path('node', CONTAINERD_SOCKET);
  await containerd.until(waitFor('containerd to listen', () => existsSync(socket)));
  await lab.run(['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io', 'images', 'import', images]);
}

/** TOML. Strings are JSON strings, which are TOML strings. */
function configuration(network: string): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
address = ${JSON.stringify(CONTAINERD_SOCKET)}

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = ${JSON.stringify(PAUSE_IMAGE)}
disable_apparmor = true
# Without CAP_SYS_RESOURCE nobody may lower the score; runc would fail without saying why.
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = ${JSON.stringify(network)}

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
SystemdCgroup = false
`;
}

/** Pods hang on the bridge of the node, which is their way out. */
function podNetwork(): object {
  const ranges = [[{ subnet: POD_NETWORK, rangeStart: '10.88.1.0', gateway: NODE_ADDRESS }]];
  const ipam = { type: 'host-local', ranges, dataDir: '/run/cni-addresses' };
  const bridge = { type: 'bridge', bridge: BRIDGE, isDefaultGateway: true, ipMasq: false, ipam };
  return { cniVersion: '0.4.0', name: 'pods', plugins: [bridge] };
}
