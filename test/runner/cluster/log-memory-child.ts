/** Brings one log here as the runner does and prints the most memory that took: `node log-memory-child.ts <kubeconfig> <folder>`. */
import { KubernetesClient } from '../../../src/cluster/client.ts';
import { systemClock } from '../../../src/runner/clock.ts';
import { PodLogs } from '../../../src/runner/cluster/pod-logs.ts';
import { viewPod } from '../../../src/runner/cluster/pod-view.ts';
import { ItemLog } from '../../../src/runner/state/item-log.ts';

const [, , kubeconfig = '', folder = ''] = process.argv;
const client = await KubernetesClient.connect({ kubeconfig, namespace: 'lab' });
const logs = new PodLogs({ client, clock: systemClock });
const metadata = { name: 'talks-0', uid: 'talks-0' };
const terminated = { exitCode: 0, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:09Z' };
const status = { phase: 'Succeeded', containerStatuses: [{ name: 'main', state: { terminated } }] };
const log = await ItemLog.open(folder, 'item', 1, new Set());
await logs.collect(
  viewPod({ apiVersion: 'v1', kind: 'Pod', metadata, status }),
  async () => log,
  async () => void (await log.succeed()),
);
client.close();
process.stdout.write(`${process.resourceUsage().maxRSS}`);
