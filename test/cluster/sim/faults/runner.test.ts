/**
 * What may happen to a run happens at random moments; then all is as in a run that nothing happened to. More often, by hand:
 * `PODLOOM_FAULTS=20 npm test -- --project=sim faults`; with `PODLOOM_SEED` the same moments again.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesClient } from '../../../../src/cluster/client.ts';
import { viewJob } from '../../../../src/runner/cluster/job-view.ts';
import type { RunEvent } from '../../../../src/runner/event.ts';
import type { AttemptLine } from '../../../../src/runner/state/run-record.ts';
import { connect } from '../../rig/connect.ts';
import type { Pod } from '../../rig/kwok-script.ts';
import { TcpProxy } from '../../rig/proxy.ts';
import { waitFor } from '../../rig/wait.ts';
import { SmallDisk } from './disk.ts';
import { type Here, leftBy, logsBy, runThere } from './here.ts';
import { LogKubelet } from './kubelet.ts';
import { FaultyNetwork, WATCH_ENDS } from './network.ts';
import { pipelineNamed } from './pipelines.ts';
import { makeAccount, makeToken, revokeToken, writeToken } from './tokens.ts';
import { TRIALS_MILLIS, type Trial, Trials } from './trials.ts';

const BOTH = ['plain', 'gated'];
const HOUR = 3_600_000;

let client: KubernetesClient;
let kubeconfig: string;
let kubelet: LogKubelet;
let trials: Trials;

beforeAll(async () => {
  const connected = await connect();
  ({ client, kubeconfig } = connected);
  kubelet = await LogKubelet.start(client, connected.folder);
  trials = await Trials.start(client, kubeconfig);
});

afterAll(async () => {
  await kubelet.stop();
  await trials.stop();
  client.close();
});

/** A fault, and what it does to a run. The work gives the exit code of the last runner. */
function fault(name: string, pipelines: readonly string[], work: (trial: Trial) => Promise<number>): void {
  test.concurrent(name, { timeout: TRIALS_MILLIS }, () => trials.of(name, pipelines, work));
}

fault('the runner is killed, twice', BOTH, async (trial) => {
  for (let kill = 0; kill < 2; kill++) {
    const code = await killedAfter(trial, trial.random() * 6000);
    // A run that came to its end must not be run again: that would try what failed once more, as it should.
    if (code !== undefined) return code;
    trial.hit();
  }
  return (await trial.run()).exitCode;
});

fault('Ctrl-C detaches, twice', [...BOTH, 'talks'], async (trial) => {
  for (let time = 0; time < 2; time++) {
    const { exitCode } = await trial.run(
      {},
      { interrupt: AbortSignal.timeout(Math.round(1000 + trial.random() * 5000)) },
    );
    if (exitCode !== 130) return exitCode;
    trial.hit();
  }
  return (await trial.run()).exitCode;
});

fault('the connection is reset, or silent, for some seconds', BOTH, (trial) =>
  withoutConnection(trial, trial.random() < 0.5 ? 'cut' : 'stall', 1000 + trial.random() * 4000),
);

fault('the connection is cut for 60 s', BOTH, (trial) =>
  withoutConnection(trial, trial.random() < 0.5 ? 'cut' : 'stall', 60_000),
);

fault('second attempts are heard of last, when all is over', ['again'], async (trial) => {
  const jobs = { apiVersion: 'batch/v1', kind: 'Job', namespace: trial.here.namespace };
  const exitCode = await withNetwork(trial, { watchIdleMillis: 3000 }, async (network) => {
    network.holdLogs();
    await waitFor('first attempts to end', () => network.heldLogs === 8);
    network.hidesPods = true;
    network.endWatches('silent');
    await waitFor('the Jobs to end', async () =>
      (await client.list(jobs)).items.every((job) => viewJob(job).ended !== undefined),
    );
    await timer(5000); // their watch is back
    network.releaseLogs();
    trial.hit();
  });
  expect(attemptsIn(trial.folder)).toEqual([
    ...['never/0 1 succeeded', 'never/1 1 exit', 'never/1 2 exit', 'never/2 1 exit', 'never/2 2 exit'],
    ...['never/3 1 succeeded', 'twice/0 1 succeeded', 'twice/1 1 exit', 'twice/1 2 succeeded', 'twice/2 1 exit'],
    ...['twice/2 2 succeeded', 'twice/3 1 succeeded'],
  ]);
  return exitCode;
});

fault('watches and lists of pods are behind what a Job says', ['talks'], async (trial) =>
  withNetwork(trial, {}, async (network) => {
    network.hidesPods = true;
    network.staleLists = 2;
    while (trial.going()) await timer(100);
    if (network.staleLists === 0) trial.hit();
  }),
);

fault('watches end without a word, again and again', BOTH, (trial) =>
  withNetwork(trial, { watchIdleMillis: 4000 }, async (network) => {
    while (trial.going()) {
      await timer(300 + trial.random() * 2500);
      if (trial.going() && network.endWatches(WATCH_ENDS[Math.floor(trial.random() * WATCH_ENDS.length)]!) > 0)
        trial.hit();
    }
  }),
);

fault('a storm of 429, 500 and 503', BOTH, (trial) =>
  withNetwork(trial, {}, async (network) => {
    if (!(await trial.moment())) return;
    network.isStormy = true;
    network.endWatches('reset');
    await timer(2000 + trial.random() * 8000);
    network.isStormy = false;
    if (network.disturbed > 10) trial.hit();
  }),
);

fault('logs are cut in the middle of a line', ['talks', 'plain'], (trial) =>
  withNetwork(trial, {}, async (network) => {
    network.logsToCut = 25;
    while (trial.going()) await timer(100);
    if (network.disturbed > 5) trial.hit();
  }),
);

fault('pods are deleted', ['spare'], async (trial) => {
  // One that succeeds while it is being deleted may be gone before its log can be read: then the log says so.
  trial.mayLoseLogs = true;
  const deleted = new Set<string>();
  const emit = (event: RunEvent): void => {
    if (event.kind !== 'item-started' || trial.random() < 0.5) return;
    const item = `${event.task}/${event.index}`;
    if (deleted.has(item)) return; // one more would take a retry too many
    deleted.add(item);
    void timer(trial.random() * 1000)
      .then(() => deleteRunning(trial.here.namespace, event.place!.pod!))
      .then((isDeleted) => isDeleted && trial.hit());
  };
  return (await trial.run({}, { emit })).exitCode;
});

fault('a Job has two pods for one item, and removes one of them', ['talks'], async (trial) => {
  const { namespace } = trial.here;
  // As when the controller's request for a pod breaks off, and it makes another.
  const twin = async (name: string): Promise<void> => {
    const pod = await client.get<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, name });
    const { labels, annotations, ownerReferences } = pod!.metadata;
    const metadata = { name: `${name}-2`, namespace, labels, annotations, ownerReferences };
    const { nodeName: _, ...spec } = pod!.spec;
    const finalizers = ['batch.kubernetes.io/job-tracking'];
    const made = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, finalizers } };
    const ref = { apiVersion: 'v1', kind: 'Pod', namespace, name: metadata.name };
    await client.create({ ...made, spec: { ...spec, schedulerName: 'nobody' } });
    await waitFor('one of two pods to be removed', async () => (await client.get(ref)) === undefined);
    trial.hit();
  };
  const twins: Promise<void>[] = [];
  const emit = (event: RunEvent): void => {
    if (event.kind === 'item-started' && event.index < 3) twins.push(twin(event.place!.pod!));
  };
  const { exitCode } = await trial.run({}, { emit });
  await Promise.all(twins);
  expect(attemptsIn(trial.folder)).toEqual([0, 1, 2, 3, 4, 5].map((item) => `talks/${item} 1 succeeded`));
  return exitCode;
});

fault('the clock of this machine jumps', [...BOTH, 'talks'], async (trial) => {
  let off = 0;
  const running = trial.run({ clockOff: () => off });
  while (trial.going()) {
    await timer(300 + trial.random() * 1500);
    off += (trial.random() - 0.5) * 2 * HOUR;
    if (trial.going()) trial.hit();
  }
  return (await running).exitCode;
});

fault('the token in the kubeconfig is replaced', ['slow'], async (trial) => {
  const { namespace } = trial.here;
  await makeAccount(client, namespace);
  const network = await FaultyNetwork.start(kubeconfig, trial.random);
  const through = join(trial.here.folder, 'kubeconfig');
  network.writeKubeconfig(through);
  writeToken(through, await makeToken(client, namespace, 'first'));
  const replacing = (async () => {
    await timer(trial.random() * 4000);
    const second = await makeToken(client, namespace, 'second');
    await revokeToken(client, namespace, 'first');
    // It may come a little late.
    await timer(trial.random() * 14_000);
    writeToken(through, second);
  })();
  const { exitCode } = await trial.run({ kubeconfig: through });
  await replacing;
  await network.stop();
  if (network.unauthorized > 0) trial.hit();
  return exitCode;
});

test.runIf(process.getuid?.() === 0).concurrent('the disk is full (needs root)', { timeout: TRIALS_MILLIS }, () =>
  trials.of('the disk is full', BOTH, async (trial) => {
    const disk = new SmallDisk(trial.here.folder);
    trial.atEnd(() => disk.remove());
    const found: string[] = [];
    const filling = trial.moment().then((isGoing) => isGoing && disk.fill());
    const first = await trial.run({}, { report: (all) => found.push(...all.map(({ code }) => code)) });
    await filling;
    disk.free();
    // It may have become full when nothing was left to write.
    if (first.exitCode !== 2) return first.exitCode;
    trial.hit();
    expect(found).toEqual(['PL303']);
    await onlyWholeLogs(trial);
    return (await trial.run()).exitCode;
  }),
);

test.concurrent('two runners on one run notice each other', { timeout: TRIALS_MILLIS }, async () => {
  const here = await trials.place('plain');
  const second = { ...here, folder: mkdtempSync(join(tmpdir(), 'podloom-second-')) };
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
  const wanted = await trials.wanted('plain');
  expect((await first).exitCode).toBe(wanted.exitCode);
  expect(await leftBy(join(here.folder, 'runs', 'plain'))).toEqual(wanted.left);
  await trials.remove(here);
});

/** What attempts.jsonl says, in the order of items. */
function attemptsIn(folder: string): string[] {
  const lines = readFileSync(join(folder, 'attempts.jsonl'), 'utf8').trim().split('\n');
  return lines
    .map((text) => JSON.parse(text) as AttemptLine)
    .map(({ task, item, attempt, failure }) => `${task}/${item} ${attempt} ${failure?.kind ?? 'succeeded'}`)
    .sort();
}

/** A run whose connection to the API server is gone for so long. */
async function withoutConnection(trial: Trial, how: 'cut' | 'stall', millis: number): Promise<number> {
  const text = readFileSync(kubeconfig, 'utf8');
  const port = /https:\/\/127\.0\.0\.1:(\d+)/.exec(text)![1]!;
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: Number(port) });
  const through = join(trial.here.folder, 'kubeconfig');
  writeFileSync(through, text.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${proxy.port}`));
  const problems: (string | undefined)[] = [];
  const failing = (async () => {
    if (!(await trial.moment())) return;
    proxy[how]();
    await timer(millis, undefined, { signal: trial.ended }).catch(() => {}); // it noticed nothing
    proxy.mend();
  })();
  const emit = (event: RunEvent): void => void (event.kind === 'connection' && problems.push(event.problem));
  const { exitCode } = await trial.run({ kubeconfig: through }, { emit });
  await failing;
  await proxy.close();
  // A silent connection may come back before anybody noticed.
  if (problems.length > 0 || how === 'stall') trial.hit();
  if (how === 'cut' && problems.length > 0) expect(problems.at(-1)).toBeUndefined();
  return exitCode;
}

/** A run behind a network with which `disturb` does what it likes. */
async function withNetwork(
  trial: Trial,
  there: Partial<Here>,
  disturb: (network: FaultyNetwork) => Promise<void>,
): Promise<number> {
  const network = await FaultyNetwork.start(kubeconfig, trial.random);
  const through = join(trial.here.folder, 'kubeconfig');
  network.writeKubeconfig(through);
  const running = trial.run({ ...there, kubeconfig: through });
  await disturb(network);
  const { exitCode } = await running;
  await network.stop();
  return exitCode;
}

/** Starts a runner in a process of its own and kills it so long after its first event. Returns its exit code if it ended before. */
async function killedAfter({ here, pipeline }: Trial, millis: number): Promise<number | undefined> {
  const program = fileURLToPath(new URL('child.ts', import.meta.url));
  const argv = ['--conditions=podloom-source', program, pipeline, pipeline, JSON.stringify(here)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const begun = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  await Promise.race([begun, ended]);
  await Promise.race([timer(millis), ended]);
  child.kill('SIGKILL');
  await ended;
  return child.exitCode ?? undefined;
}

/** Takes a pod away whose program runs. False: it had ended, or changed just now. */
async function deleteRunning(namespace: string, pod: string): Promise<boolean> {
  const found = await client.get<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, name: pod });
  if (found?.status?.phase !== 'Running') return false;
  const { resourceVersion } = found.metadata;
  const body = { gracePeriodSeconds: 0, preconditions: { resourceVersion } };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`;
  return client.request('DELETE', path, { body, retry: false }).then(
    () => true,
    () => false,
  );
}

/** Every log that counts as done is as it has to be. */
async function onlyWholeLogs({ folder, pipeline }: Trial): Promise<void> {
  const { left } = await trials.wanted(pipeline);
  const tasks = pipelineNamed(pipeline).tasks.map(({ name }) => name);
  const done = Object.entries(await logsBy(folder, tasks)).filter(([file]) => file.endsWith('.log'));
  expect(left.logs).toMatchObject(Object.fromEntries(done));
}
