import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelWorkflow } from '../../../src/runner/argo/cancel.ts';
import { systemClock } from '../../../src/runner/clock.ts';
import type { RunEvent } from '../../../src/runner/event.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { waitFor } from '../rig/wait.ts';
import { attemptsOf, filesOf, runKinds, type WhatToRun } from './argo-run-here.ts';

const { client, kubeconfig } = await connect();
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'podloom-argo-run-'));
});
afterAll(async () => {
  client.close();
  await rm(folder, { recursive: true, force: true });
});

async function what(target: WhatToRun['target'], run: string): Promise<WhatToRun> {
  return { target, run, kubeconfig, folder, namespace: await freshNamespace(client, 'argo-run') };
}

/** What of the events people see: each with its item, without times. */
function told(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === 'item-succeeded') return [`${event.task}/${event.item} ${event.attempt} done`];
    if (event.kind === 'item-failed') {
      const final = event.retryMilliseconds === undefined;
      return [`${event.task}/${event.item} ${event.attempt} ${JSON.stringify(event.failure)} ${final}`, ...event.tail];
    }
    if (event.kind !== 'task-ended') return [];
    const { started: _, ended: __, ...summary } = event.summary;
    return [JSON.stringify(summary)];
  });
}

/** Runs it in a process of its own and kills that as soon as such an event is told. */
async function killedAt(run: WhatToRun, event: RunEvent['kind']): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--conditions=podloom-source', join(import.meta.dirname, 'argo-run-child.ts'), JSON.stringify(run)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  for await (const line of createInterface({ input: child.stdout })) if (line === event) child.kill('SIGKILL');
  expect(await ended).toBe('SIGKILL');
}

describe.concurrent('a run under Argo', () => {
  it('is told and kept as a run of Jobs is; a second runner tells of it again; Jobs run what failed', async () => {
    const [argo, jobs] = [await what('argo', 'kinds-argo'), await what('jobs', 'kinds-jobs')];
    const events = { argo: [] as RunEvent[], jobs: [] as RunEvent[], again: [] as RunEvent[] };
    const results = await Promise.all([
      runKinds(argo, (event) => events.argo.push(event)),
      runKinds(jobs, (event) => events.jobs.push(event)),
    ]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([1, 1]);
    expect(told(events.argo).sort()).toEqual(told(events.jobs).sort());
    expect(await filesOf(join(folder, argo.run))).toEqual(await filesOf(join(folder, jobs.run)));
    expect(await attemptsOf(join(folder, argo.run))).toEqual(await attemptsOf(join(folder, jobs.run)));

    const before = await readFile(join(folder, argo.run, 'attempts.jsonl'), 'utf8');
    const again = await runKinds(argo, (event) => events.again.push(event));
    expect(again.exitCode).toBe(1);
    expect(await readFile(join(folder, argo.run, 'attempts.jsonl'), 'utf8')).toBe(before);
    const failed = told(events.argo)
      .filter((line) => line.endsWith(' true'))
      .sort();
    expect(
      told(events.again)
        .filter((line) => line.endsWith(' true'))
        .sort(),
    ).toEqual(failed);
    expect(again.summary?.tasks.map(({ name, status, kept, failed }) => `${name} ${status} ${kept} ${failed}`)).toEqual(
      [
        'first succeeded 1 0',
        'loop failed 2 1',
        'words succeeded 2 0',
        'fan succeeded 4 1',
        'answer succeeded 1 0',
        'skipped skipped 0 0',
        'handler neverRan 0 0',
        'clean succeeded 1 0',
      ],
    );

    const rest = await runKinds({ ...argo, target: 'jobs' });
    const counts = rest.summary?.tasks.find(({ name }) => name === 'loop');
    expect(counts).toMatchObject({ kept: 2, failed: 1, succeeded: 0 });
  });

  it('outlives its runner, however often that is killed: no log is lost, read twice or cut', async () => {
    const run = await what('argo', 'kinds-killed');
    await killedAt(run, 'run-started');
    await killedAt(run, 'item-succeeded');
    await killedAt(run, 'item-failed');
    await killedAt(run, 'task-ended');
    expect((await runKinds(run)).exitCode).toBe(1);
    const undisturbed = await what('argo', 'kinds-quiet');
    await runKinds(undisturbed);
    expect(await filesOf(join(folder, run.run))).toEqual(await filesOf(join(folder, undisturbed.run)));
    expect(await attemptsOf(join(folder, run.run))).toEqual(await attemptsOf(join(folder, undisturbed.run)));
  });

  it('goes on after Ctrl-C, and is ended with the Jobs that it made', async () => {
    const run = await what('argo', 'kinds-ended');
    const interrupt = new AbortController();
    const left = await runKinds(
      run,
      ({ kind }) => kind === 'item-started' && interrupt.abort(new Error('Ctrl-C')),
      interrupt.signal,
    );
    expect(left).toMatchObject({ exitCode: 130, summary: { status: 'interrupted' } });
    const jobs = { apiVersion: 'batch/v1', kind: 'Job', namespace: run.namespace };
    await waitFor('a Job of the Workflow', async () => (await client.list(jobs)).items.length > 0, {
      deadlineMillis: 240_000,
    });
    const signal = AbortSignal.timeout(120_000);
    const where = { client, namespace: run.namespace, run: run.run, clock: systemClock, signal };
    expect(await cancelWorkflow(where)).toBe(true);
    expect((await client.list(jobs)).items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toEqual(
      [],
    );
    const result = await runKinds(run);
    expect(result).toMatchObject({ exitCode: 1, summary: { status: 'failed' } });
    expect(result.summary?.tasks.every(({ open }) => open === 0)).toBe(true);
    expect(await cancelWorkflow({ ...where, run: 'none' })).toBe(false);
  });
});
