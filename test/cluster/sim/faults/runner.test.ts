import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as timer } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubernetesClient } from '../../../../src/cluster/client.ts';
import { viewJob } from '../../../../src/runner/cluster/job-view.ts';
import type { RunEvent } from '../../../../src/runner/event.ts';
import type { AttemptLine } from '../../../../src/runner/state/run-record.ts';
import { connect } from '../../rig/connect.ts';
import type { Pod } from '../../rig/kwok-script.ts';
import { waitFor } from '../../rig/wait.ts';
import { BOTH, FAULTS_OF_ANY_ENGINE, withNetwork } from './any-engine.ts';
import { SmallDisk } from './disk.ts';
import { leftBy, logsBy, runThere } from './here.ts';
import { LogKubelet } from './kubelet.ts';
import { FaultyNetwork } from './network.ts';
import { pipelineNamed } from './pipelines.ts';
import { makeAccount, makeToken, revokeToken, writeToken } from './tokens.ts';
import { TRIALS_MILLIS, type Trial, Trials } from './trials.ts';

let client: KubernetesClient;
let kubeconfig: string;
let kubelet: LogKubelet;
let trials: Trials;
let trialsOnArgo: Trials;

beforeAll(async () => {
  const connected = await connect();
  ({ client, kubeconfig } = connected);
  kubelet = await LogKubelet.start(client, connected.folder);
  trials = await Trials.start(client, kubeconfig);
  trialsOnArgo = await Trials.start(client, kubeconfig, 'argo');
});

afterAll(async () => {
  await kubelet.stop();
  await trials.stop();
  await trialsOnArgo.stop();
  client.close();
});

/** A fault, and what it does to a run. The work gives the exit code of the last runner. */
function fault(name: string, pipelines: readonly string[], work: (trial: Trial) => Promise<number>): void {
  test.concurrent(name, { timeout: TRIALS_MILLIS }, () => trials.of(name, pipelines, work));
}

for (const { name, pipelines, work } of FAULTS_OF_ANY_ENGINE) {
  fault(name, pipelines, work);
  test.concurrent(`under Argo: ${name}`, { timeout: TRIALS_MILLIS }, () => trialsOnArgo.of(name, pipelines, work));
}

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
