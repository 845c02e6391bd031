import { CONTAINERD_SOCKET } from '../rig/containerd.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';
import { Lab } from '../rig/lab.ts';
import { enterNamespaces } from '../rig/network.ts';
import { startContainers } from '../rig/node.ts';

// A test run of its own for smoke-end.test.ts: namespaces, containerd and a container that does not end by itself. Prints the
// cluster's folder, then stops it when its standard input ends, unless it is killed before.
const lab = new Lab(() => {});
await enterNamespaces(lab);
await startContainers(lab);
const ctr = ['ctr', '--address', CONTAINERD_SOCKET, '--namespace', 'k8s.io'];
await lab.run([
  ...ctr,
  'run',
  '--detach',
  '--cgroup',
  '/k8s.io/endless',
  BUSYBOX_IMAGE,
  'endless',
  'sleep',
  'infinity',
]);
console.log(lab.folder);
for await (const _ of process.stdin);
await lab.stop();
