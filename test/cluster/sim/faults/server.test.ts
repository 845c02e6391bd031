/** Faults of the cluster itself, on clusters of this file's own: everything on them is hit. See runner.test.ts. */
import { setTimeout as timer } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { KubernetesClient } from '../../../../src/cluster/client.ts';
import type { RunEvent } from '../../../../src/runner/event.ts';
import { type Cluster, startCluster } from '../../rig/cluster.ts';
import { remove } from '../../rig/nodes.ts';
import { waitFor } from '../../rig/wait.ts';
import { LogKubelet } from './kubelet.ts';
import { FaultyNetwork } from './network.ts';
import { TRIALS_MILLIS, Trials } from './trials.ts';

let cluster: Cluster;
let client: KubernetesClient;
let kubelet: LogKubelet;
let trials: Trials;
let successors = 0;

async function start(apiServerFlags: readonly string[] = []): Promise<void> {
  cluster = await startCluster({ size: 'sim', nodes: 32, apiServerFlags });
  client = await KubernetesClient.connect({ kubeconfig: cluster.kubeconfig });
  kubelet = await LogKubelet.start(client, cluster.folder);
  trials = await Trials.start(client, cluster.kubeconfig);
}

async function stop(): Promise<void> {
  await kubelet.stop();
  await trials.stop();
  client.close();
  await cluster.stop();
}

describe('a cluster that fails', () => {
  beforeAll(() => start());
  afterAll(stop);

  test('the API server is killed and started again', { timeout: TRIALS_MILLIS }, async () => {
    await trials.wanted('plain');
    await trials.wanted('gated');
    let restarting: Promise<void> | undefined;
    await trials.of('the API server is killed', ['plain', 'gated'], async (trial) => {
      const running = trial.run();
      const killing = trial.moment().then(async (isGoing) => {
        if (!isGoing) return;
        // One that another trial has killed is down for this one, too.
        restarting ??= killed(trial.random() * 3000).finally(() => {
          restarting = undefined;
        });
        trial.hit();
        await restarting;
      });
      const { exitCode } = await running;
      await killing;
      // Another trial may have killed it just now: what is compared is read from it.
      await restarting;
      return exitCode;
    });
  });

  test('nodes are lost', { timeout: TRIALS_MILLIS }, () =>
    trials.of('a node is lost', ['spare'], async (trial) => {
      // A pod that has succeeded there may take its log with it: then the log says so.
      trial.mayLoseLogs = true;
      const lost = new Set<string>();
      const emit = (event: RunEvent): void => {
        if (event.kind !== 'item-started' || lost.size > 0 || trial.random() < 0.8) return;
        const node = event.place!.node!;
        lost.add(node);
        void replaceNode(node).then(() => trial.hit());
      };
      return (await trial.run({}, { emit })).exitCode;
    }),
  );
});

describe('an API server that forgets its history in seconds', () => {
  // Without a cache of its own every watch and every page of a list is asked of etcd, which is compacted all the time.
  beforeAll(() => start(['--watch-cache=false', '--etcd-compaction-interval=2s']));
  afterAll(stop);

  test('410 Gone after each gap', { timeout: TRIALS_MILLIS }, () =>
    trials.of('410 Gone', ['plain', 'gated'], async (trial) => {
      const network = await FaultyNetwork.start(cluster.kubeconfig, trial.random);
      const through = `${trial.here.folder}/kubeconfig`;
      network.writeKubeconfig(through);
      const running = trial.run({ kubeconfig: through });
      if (await trial.moment()) {
        network.isCut = true;
        network.endWatches('reset');
        await timer(5000 + trial.random() * 3000);
        network.isCut = false;
      }
      const { exitCode } = await running;
      await network.stop();
      if (network.expired > 0) trial.hit();
      return exitCode;
    }),
  );
});

/** Loses a node; another machine comes in its place, so that there is room for as many trials as are wanted. */
async function replaceNode(name: string): Promise<void> {
  const node = await client.get({ apiVersion: 'v1', kind: 'Node', name });
  if (node === undefined) return; // another trial has lost it just now
  const { metadata, ...machine } = node;
  await remove(client, name);
  const successor = `successor-${successors++}`;
  const labels = { ...metadata.labels, 'kubernetes.io/hostname': successor };
  await client.create({ ...machine, metadata: { name: successor, labels } });
}

/** Kills the API server, and starts it again after so long. */
async function killed(millis: number): Promise<void> {
  const server = cluster.process('kube-apiserver');
  await server.stop();
  await timer(millis);
  await server.restart();
  await waitFor('the API server', async () => (await client.request('GET', '/readyz', { retry: false })) === 'ok');
}
