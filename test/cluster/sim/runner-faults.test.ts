import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { RunEvent } from '../../../src/runner/event.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { TcpProxy } from '../rig/proxy.ts';
import { doneTwice, type Here, type Left, leftBy, runThere } from './runner-here.ts';
import { LogKubelet } from './runner-kubelet.ts';
import { pipelineNamed } from './runner-pipelines.ts';

/**
 * What may happen to a run happens at random moments; then all is as in a run that nothing happened to. By hand, more often:
 * `PODLOOM_FAULTS=20 npm test -- --project sim runner-faults`; with `PODLOOM_SEED` the same moments again.
 */
const TIMES = Number(process.env['PODLOOM_FAULTS'] ?? 2);
const SEED = Number(process.env['PODLOOM_SEED'] ?? Date.now() % 1_000_000);
const MOST_MILLIS = 280_000;
const PIPELINES = ['plain', 'gated'] as const;

let client: KubernetesClient;
let kubeconfig: string;
let kubelet: LogKubelet;
let folder: string;
const wanted = new Map<string, Left>();

beforeAll(async () => {
  const connected = await connect();
  ({ client, kubeconfig } = connected);
  folder = await mkdtemp(join(tmpdir(), 'podloom-runner-'));
  kubelet = await LogKubelet.start(client, connected.folder);
  console.log(`seed ${SEED}`);
  await Promise.all(
    PIPELINES.map(async (name) => {
      const here = await place(name);
      expect((await runThere(here, pipelineNamed(name))).exitCode).toBe(1); // some of its items fail
      wanted.set(name, await leftBy(runFolder(here, name)));
      await remove(here);
    }),
  );
}, MOST_MILLIS);

afterAll(async () => {
  await kubelet.stop();
  client.close();
  await rm(folder, { recursive: true, force: true });
});

for (const [number, name] of PIPELINES.entries()) {
  test(`${name}: the runner is killed again and again`, { timeout: TIMES * MOST_MILLIS }, async () => {
    const random = randomFrom(SEED + number);
    for (let time = 0; time < TIMES; time++) {
      const here = await place(name);
      let wasKilled = true;
      for (let kill = 0; kill < 2 && wasKilled; kill++)
        wasKilled = await killedAfter(here, name, 200 + random() * 6000);
      // A run that came to its end must not be run again: that would try what failed once more, as it should.
      if (wasKilled) await endsAsWanted(here, name, { kubeconfig });
      else await isAsWanted(here, name);
    }
  });

  test(`${name}: the connection is reset, or silent, for some seconds`, { timeout: TIMES * MOST_MILLIS }, async () => {
    const random = randomFrom(SEED + 100 + number);
    for (let time = 0; time < TIMES; time++) {
      const here = await place(name);
      const { proxy, through } = await throughProxy(here);
      const connections: (string | undefined)[] = [];
      const cutting = (async () => {
        await timer(1000 + random() * 5000);
        if (time % 2 === 0) proxy.cut();
        else proxy.stall();
        await timer(1000 + random() * 4000);
        proxy.mend();
      })();
      await endsAsWanted(here, name, {
        kubeconfig: through,
        emit: (event) => event.kind === 'connection' && connections.push(event.problem),
      });
      await cutting;
      await proxy.close();
    }
  });
}

test('pods that somebody deletes come again', { timeout: TIMES * MOST_MILLIS }, async () => {
  const random = randomFrom(SEED + 200);
  for (let time = 0; time < TIMES; time++) {
    const here = await place('flaky');
    const emit = (event: RunEvent): void => {
      if (event.kind !== 'item-started' || event.task !== 'flaky' || event.attempt > 1 || event.index < 3) return;
      const ref = { apiVersion: 'v1', kind: 'Pod', namespace: here.namespace, name: event.place!.pod! };
      if (random() < 0.7) void client.delete(ref, { gracePeriodSeconds: 0 }).catch(() => {});
    };
    const result = await runThere(here, pipelineNamed('plain'), { emit });
    const flaky = result.summary!.tasks.find((task) => task.name === 'flaky');
    expect(flaky).toMatchObject({ status: 'succeeded', succeeded: 6, failed: 0 });
    expect(await doneTwice(client, here.namespace, 'plain')).toEqual([]);
    await remove(here);
  }
});

test('two runners on one run notice each other', { timeout: MOST_MILLIS }, async () => {
  const here = await place('plain');
  const second = { ...here, folder: await mkdtemp(join(folder, 'second-')) };
  const started = Promise.withResolvers<void>();
  const first = runThere(here, pipelineNamed('plain'), {
    emit: (event) => event.kind === 'task-started' && started.resolve(),
  });
  await started.promise;
  const found: string[] = [];
  const refused = await runThere(second, pipelineNamed('plain'), {
    report: (diagnostics) => found.push(...diagnostics.map(({ code }) => code)),
  });
  expect([refused.exitCode, found]).toEqual([2, ['PL307']]);
  expect((await first).exitCode).toBe(1);
  expect(await leftBy(runFolder(here, 'plain'))).toEqual(wanted.get('plain'));
  await remove(here);
});

async function place(name: string): Promise<Here> {
  return {
    kubeconfig,
    namespace: await freshNamespace(client, `runner-${name}`),
    folder: await mkdtemp(join(folder, `${name}-`)),
  };
}

function runFolder(here: Here, name: string): string {
  return join(here.folder, 'runs', name);
}

function remove({ namespace }: Here): Promise<boolean> {
  return client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
}

/** Runs (or goes on with) a pipeline to its end, and compares what is there then. */
async function endsAsWanted(
  here: Here,
  name: string,
  { kubeconfig: by, emit = () => {} }: { readonly kubeconfig: string; readonly emit?: (event: RunEvent) => void },
): Promise<void> {
  const result = await runThere({ ...here, kubeconfig: by }, pipelineNamed(name), { emit });
  await isAsWanted(here, name);
  expect(result.exitCode).toBe(1);
}

/** What is there is what an undisturbed run leaves, and nothing that succeeded ran twice. */
async function isAsWanted(here: Here, name: string): Promise<void> {
  expect(await doneTwice(client, here.namespace, name)).toEqual([]);
  expect(await leftBy(runFolder(here, name))).toEqual(wanted.get(name));
  await remove(here);
}

/** A kubeconfig whose server is a proxy before that of the cluster. */
async function throughProxy(here: Here): Promise<{ readonly proxy: TcpProxy; readonly through: string }> {
  const text = await readFile(kubeconfig, 'utf8');
  const port =
    /server: "?https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1] ??
    /"server":\s*"https:\/\/127\.0\.0\.1:(\d+)/.exec(text)![1]!;
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: Number(port) });
  const through = join(here.folder, 'kubeconfig');
  await writeFile(through, text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`));
  return { proxy, through };
}

/**
 * Starts a runner in a process of its own and ends it with SIGKILL so long after its first event, unless it ends before. Returns
 * whether it was killed.
 */
async function killedAfter(here: Here, name: string, millis: number): Promise<boolean> {
  const program = fileURLToPath(new URL('runner-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=podloom-source', program, name, name, JSON.stringify(here)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const begun = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  await Promise.race([begun, ended]);
  await Promise.race([timer(millis), ended]);
  child.kill('SIGKILL');
  await ended;
  return child.signalCode === 'SIGKILL';
}

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
