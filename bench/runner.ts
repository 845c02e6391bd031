import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';
import { KubernetesClient } from '../src/cluster/client.ts';
import type { KubernetesObject } from '../src/cluster/objects.ts';
import { defaultProfile } from '../src/ir/profile.ts';
import { runInCluster } from '../src/runner/run-in-cluster.ts';
import { runObjects } from '../src/targets/jobs/run-objects.ts';
import { LogKubelet } from '../test/cluster/sim/runner-kubelet.ts';
import { lowered } from '../test/cluster/sim/runner-pipelines.ts';

/**
 * What a run costs compared to the same Indexed Job that is applied and awaited, on simulated nodes:
 *
 *   npm run cluster -- up sim --nodes 200
 *   KUBECONFIG=… node --conditions=podloom-source bench/runner.ts [items] [max-running]
 */
const items = Number(process.argv[2] ?? 5000);
const maxRunning = Number(process.argv[3] ?? 1600);
const kubeconfig = process.env['KUBECONFIG']!;
const profile = { ...defaultProfile, kubernetes: '1.36' } as const;

/** Counts what it sends. */
class CountingClient extends KubernetesClient {
  requests = 0;

  override request(...args: Parameters<KubernetesClient['request']>): Promise<unknown> {
    this.requests++;
    return super.request(...args);
  }

  override log(...args: Parameters<KubernetesClient['log']>): AsyncGenerator<Uint8Array> {
    this.requests++;
    return super.log(...args);
  }
}

const { loadAccess } = await import('../src/cluster/load-access.ts');
const admin = await KubernetesClient.connect({ kubeconfig });
const kubelet = await LogKubelet.start(admin, dirname(kubeconfig));
const bare = await inNamespace('bare', bareJob);
const ran = await inNamespace('run', podloomRun);
const row = {
  items,
  maxRunning,
  'bare Job, s': bare.toFixed(1),
  'podloom, s': ran.seconds.toFixed(1),
  ratio: (ran.seconds / bare).toFixed(2),
  'requests an item': (ran.requests / items).toFixed(2),
  'peak RSS, MiB': Math.round(ran.megabytes),
  logs: ran.logs,
};
console.log(JSON.stringify(row, null, 2));
await kubelet.stop();
admin.close();

async function inNamespace<T>(name: string, work: (namespace: string) => Promise<T>): Promise<T> {
  const namespace = `bench-${name}-${process.pid}`;
  await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' };
  while ((await admin.get(account)) === undefined) await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    return await work(namespace);
  } finally {
    await admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  }
}

function pipeline() {
  const p = new Pipeline(new App(), 'bench', { image: 'busybox:1' });
  new Task(p, 'items', {
    forEach: Items.range(0, items),
    maxRunning,
    command: ({ index }) => ['echo', `${index}`],
    annotations: { 'test.podloom.dev/run-milliseconds': '1000' },
  });
  return lowered(p);
}

/** Seconds until the Job is complete. */
async function bareJob(namespace: string): Promise<number> {
  const { shared, own, jobs } = runObjects(pipeline(), profile, 'bare').task({
    task: 'items',
    launch: 0,
    gated: false,
  });
  const started = performance.now();
  for (const object of [...shared, ...own, ...jobs.map(({ object }) => object)]) {
    const { metadata } = object as unknown as KubernetesObject;
    await admin.create({ ...object, metadata: { ...metadata, namespace } });
  }
  const query = { apiVersion: 'batch/v1', kind: 'Job', namespace };
  for await (const { object } of admin.follow<Job>(query)) {
    const ends = object.status?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed');
    if (ends === true) break;
  }
  return (performance.now() - started) / 1000;
}

async function podloomRun(namespace: string) {
  const root = await mkdtemp(join(tmpdir(), 'podloom-bench-'));
  const client = new CountingClient(await loadAccess({ kubeconfig, namespace }));
  const ir = pipeline();
  let megabytes = 0;
  const measuring = setInterval(() => {
    megabytes = Math.max(megabytes, process.memoryUsage.rss() / 2 ** 20);
  }, 250);
  const started = performance.now();
  try {
    const { summary } = await runInCluster({
      ...{ pipeline: ir, client, root },
      objectsOf: (run) => runObjects(ir, profile, run),
      emit: () => {},
      onConnection: () => {},
      report: (found) => console.error(JSON.stringify(found)),
    });
    const seconds = (performance.now() - started) / 1000;
    return { seconds, requests: client.requests, megabytes, logs: summary!.tasks[0]!.succeeded };
  } finally {
    clearInterval(measuring);
    client.close();
    await rm(root, { recursive: true, force: true });
  }
}

interface Job extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] };
}
