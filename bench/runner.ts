/**
 * What a run in a cluster costs compared to the same Indexed Job that kubectl applies and awaits, as ratios:
 *
 *   node --conditions=podloom-source bench/runner.ts                   5,000 items, 1,600 at once, on 200 simulated nodes
 *   node --conditions=podloom-source bench/runner.ts sim 20000 1600
 *   node --conditions=podloom-source bench/runner.ts sim 5000 1600 exact      with exact windows
 *   node --conditions=podloom-source bench/runner.ts real 500          one-line items on a real node, the default window
 *
 * `PODLOOM_BENCH_ROUNDS=1` does it once, `PODLOOM_BENCH_ALONE=1` without the bare Job, for memory and requests.
 * Brings its own cluster up (test/cluster). The two take turns, and a ratio is that of the medians. podloom runs in a process of its own;
 * on simulated nodes this process plays the kubelets, for both alike.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KubernetesClient } from '../src/cluster/client.ts';
import type { KubernetesObject } from '../src/cluster/objects.ts';
import { defaultProfile } from '../src/ir/profile.ts';
import { runObjects } from '../src/targets/jobs/run-objects.ts';
import { startCluster } from '../test/cluster/rig/cluster.ts';
import { buildProgram } from '../test/cluster/rig/programs.ts';
import { LogKubelet } from '../test/cluster/sim/faults/kubelet.ts';
import { benchPipeline, type Measured, type Plan } from './runner-child.ts';

const ROUNDS = Number(process.env['PODLOOM_BENCH_ROUNDS'] ?? 3);
const IS_ALONE = process.env['PODLOOM_BENCH_ALONE'] === '1';
const [size = 'sim', items = size === 'sim' ? '5000' : '500', most = size === 'sim' ? '1600' : '', exact] =
  process.argv.slice(2);

const quiet = (): void => {};
const kubectl = await buildProgram('kubectl', console.error);
const cluster = await startCluster({ size: size as 'sim' | 'real', nodes: 200 });
const { kubeconfig } = cluster;
const client = await KubernetesClient.connect({ kubeconfig });
const kubelet = size === 'sim' ? await LogKubelet.start(client, cluster.folder) : undefined;
const folder = mkdtempSync(join(tmpdir(), 'podloom-bench-'));
const plan: Plan = {
  size: size as 'sim' | 'real',
  items: Number(items),
  maxRunning: most === '' ? undefined : Number(most),
  isExact: exact === 'exact',
  kubeconfig,
};
try {
  const bare: number[] = [];
  const ran: Measured[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    if (!IS_ALONE) bare.push(await inNamespace(`bare-${round}`, bareJob));
    ran.push(await inNamespace(`run-${round}`, podloomRun));
    console.error(
      `round ${round + 1}: bare ${bare.at(-1)?.toFixed(1) ?? '-'} s, podloom ${ran.at(-1)!.seconds.toFixed(1)} s`,
    );
  }
  const seconds = median(ran.map((each) => each.seconds));
  console.log(
    JSON.stringify(
      {
        ...{ cluster: size, items: plan.items, maxRunning: plan.maxRunning, isExact: plan.isExact },
        ...(!IS_ALONE && { 'bare Job, s': Number(median(bare).toFixed(1)) }),
        'podloom, s': Number(seconds.toFixed(1)),
        ...(!IS_ALONE && { ratio: Number((seconds / median(bare)).toFixed(3)) }),
        'requests an item': Math.max(...ran.map((each) => each.requests / plan.items)),
        'peak RSS, MiB': Math.max(...ran.map((each) => each.mebibytes)),
        'CPU of podloom, s': median(ran.map((each) => each.cpuSeconds)),
        'logs that are there': Math.min(...ran.map((each) => each.logs)),
      },
      null,
      2,
    ),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
  await kubelet?.stop().catch(quiet);
  client.close();
  await cluster.stop();
}

async function inNamespace<T>(name: string, work: (namespace: string) => Promise<T>): Promise<T> {
  const namespace = `bench-${name}`;
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', namespace, name: 'default' };
  const gone = { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  while ((await client.get(account)) === undefined) await new Promise((resolve) => setTimeout(resolve, 200));
  try {
    return await work(namespace);
  } finally {
    // The next one does not pay for removing this one.
    await client.delete(gone);
    while ((await client.get(gone)) !== undefined) await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Seconds until kubectl, which has applied the Job and all that it needs, says that it is complete. */
async function bareJob(namespace: string): Promise<number> {
  const profile = { ...defaultProfile, kubernetes: '1.36' } as const;
  const objects = runObjects(benchPipeline(plan), profile, 'bare').task({ task: 'items', launch: 0, gated: false });
  const all = [...objects.shared, ...objects.own, ...objects.jobs.map(({ object }) => object)];
  const file = join(folder, 'bare.json');
  writeFileSync(
    file,
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: all.map((object) => placed(object, namespace)) }),
  );
  const run = promisify(execFile);
  const common = [`--kubeconfig=${kubeconfig}`, `--namespace=${namespace}`];
  const started = performance.now();
  await run(kubectl, ['apply', '--server-side', '-f', file, ...common]);
  await run(kubectl, ['wait', 'job', '--all', '--for=condition=Complete', '--timeout=1h', ...common]);
  return (performance.now() - started) / 1000;
}

function placed(object: object, namespace: string): object {
  return { ...object, metadata: { ...(object as KubernetesObject).metadata, namespace } };
}

async function podloomRun(namespace: string): Promise<Measured> {
  const program = fileURLToPath(new URL('runner-child.ts', import.meta.url));
  const argv = [
    '--conditions=podloom-source',
    program,
    JSON.stringify({ ...plan, namespace, folder: join(folder, namespace) }),
  ];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text) as Measured;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}
