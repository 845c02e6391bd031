import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { Items } from '../../../src/constructs/items/index.ts';
import { Task } from '../../../src/constructs/task.ts';
import type { CliRan } from '../cli-rig.ts';
import { SCRIPT_PREFIX } from '../rig/kwok-script.ts';
import { waitFor } from '../rig/wait.ts';
import { cliLab } from './cli-lab.ts';

const lab = cliLab();

const WORKFLOW = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const JOB = { apiVersion: 'batch/v1', kind: 'Job' };

/** A project with the pipeline `words`: three items, then one task, then an exit task. */
async function project(script: { readonly [annotation: string]: string } = {}) {
  const { namespace, rig, kubeconfig } = await lab.project('cli-argo');
  const annotations = Object.fromEntries(Object.entries(script).map(([key, value]) => [SCRIPT_PREFIX + key, value]));
  rig.define('words', { namespace, retries: 0 }, (pipeline) => {
    const map = new Task(pipeline, 'map', {
      ...{ forEach: Items.of('a', 'b', 'c'), argoStrategy: 'loop', annotations },
      command: ({ item }) => ['map', item],
    });
    new Task(pipeline, 'count', { after: [map], command: ['count'] });
    new Task(pipeline, 'clean', { onExit: true, command: ['clean'] });
  });
  const list = async (kind: { apiVersion: string; kind: string }) =>
    (await lab.client.list({ ...kind, namespace })).items;
  return {
    ...{ namespace, list, offline: (argv: readonly string[]) => rig.run(argv) },
    run: (argv: readonly string[]): Promise<CliRan> => rig.run([...argv, '--kubeconfig', kubeconfig]),
    logs: (task: string) => readdirSync(join(rig.root, 'runs/words', task)).sort(),
    running: async () =>
      (await list(POD)).filter(({ status }) => (status as { phase?: string } | undefined)?.phase === 'Running').length,
  };
}

const WATCH = ['apply', 'words', '--watch', '--target', 'argo'];

describe('podloom apply --watch --target argo', () => {
  test('runs the Workflow of the pipeline’s name; the same command again tells of it and runs nothing', async () => {
    const { run, list, logs } = await project();
    const first = await run(WATCH);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(logs('map')).toEqual(['a.log', 'b.log', 'c.log']);
    const [workflow, ...others] = await list(WORKFLOW);
    expect([workflow!.metadata.name, others]).toEqual(['words', []]);
    const pods = (await list(POD)).length;
    const again = await run(WATCH);
    expect(again.code).toBe(0);
    expect(again.stderr).toContain('warning PL466: the Workflow of run words has ended');
    expect(again.stderr).toContain('map: succeeded, 3 of 3 done, 3 of them before');
    expect((await list(WORKFLOW))[0]!.metadata.uid).toBe(workflow!.metadata.uid);
    expect(await list(POD)).toHaveLength(pods);
    // The Workflow gone, everything runs again, and that is said.
    expect((await run(['cancel', 'words'])).code).toBe(0);
    const anew = await run(WATCH);
    expect(anew.code).toBe(0);
    expect(anew.stderr).toContain('warning PL464: run words has items that are done');
    expect(anew.stderr).not.toContain('PL466');
  });

  test('what failed does not run again, and the exit code says so', async () => {
    const { run, list } = await project({ 'fail-indexes': '1' });
    expect((await run(WATCH)).code).toBe(1);
    const pods = (await list(POD)).length;
    const again = await run(WATCH);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('podloom run words --run words');
    expect(await list(POD)).toHaveLength(pods);
    expect((await run([...WATCH, '--rerun', 'all'])).stderr).toContain('error PL460');
  });
});

describe('with the Role that `podloom rbac --target argo` prints', () => {
  const nobody = ['--context', 'nobody'];

  test('without it each rule is named, and nothing is made', async () => {
    const { run, list } = await project();
    const { code, stderr } = await run([...WATCH, ...nobody]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error PL450: .*workflows\.argoproj\.io/);
    expect(stderr).toContain('`podloom rbac words --target argo` prints all');
    expect(await list(WORKFLOW)).toEqual([]);
  });

  test('a run is started, left, gone on with, looked at and cancelled', async () => {
    const { run, offline, list, running, namespace } = await project({ hold: 'true' });
    const printed = await offline(['rbac', 'words', '--for', 'run', '--target', 'argo', '--user', 'nobody']);
    for (const document of parseAllDocuments(printed.stdout)) await lab.client.apply(document.toJS() as object);
    const left = await run([...WATCH, '--timeout', '5s', ...nobody]);
    expect(left.stderr).toContain('the Workflow goes on in the cluster');
    expect(left.code).toBe(3);
    await waitFor('three running pods', async () => (await running()) === 3);
    expect((await run(['resume', 'words', '--timeout', '2s', ...nobody])).code).toBe(3);
    const status = await run(['status', 'words', ...nobody, '--output', 'json']);
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({
      ...{ state: 'detached', cluster: { namespace } },
      tasks: [
        { task: 'map', state: 'running', pods: { running: 3, pending: 0, succeeded: 0, failed: 0 } },
        { task: 'count', state: 'waiting' },
        { task: 'clean', state: 'waiting' },
      ],
    });
    expect(await run(['logs', 'map/b', ...nobody])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('log of words-'),
    });
    const cancelled = await run(['cancel', ...nobody]);
    expect(cancelled.stderr).toContain('Removed 1 Workflow of run words; its pods are going.');
    expect(cancelled.code).toBe(0);
    expect([await list(WORKFLOW), await list(POD)]).toEqual([[], []]);
  });
});

describe('podloom cancel', () => {
  test('ends the Workflow before it is deleted: no exit task runs, and Jobs that it made are gone', async () => {
    const { run, list, running } = await project({ hold: 'true' });
    const stop = new AbortController();
    const started = run([...WATCH, '--timeout', '15s']);
    await waitFor('three running pods', async () => (await running()) === 3);
    const { namespace } = (await list(WORKFLOW))[0]!.metadata;
    const labels = { 'podloom.dev/run': 'words', 'podloom.dev/pipeline': 'words', 'podloom.dev/task': 'map' };
    const template = {
      metadata: { labels },
      spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.37.0' }] },
    };
    const made = { ...JOB, metadata: { name: 'words-made', namespace, labels }, spec: { suspend: true, template } };
    await lab.client.create(made);
    const seen: string[] = [];
    const follow = (async () => {
      const query = { ...WORKFLOW, namespace: namespace! };
      for await (const { type, object } of lab.client.follow(query, { signal: stop.signal })) {
        const { phase = '' } = (object['status'] ?? {}) as { phase?: string };
        const { shutdown = '' } = (object['spec'] ?? {}) as { shutdown?: string };
        seen.push(`${type} ${phase} ${shutdown}`.trim());
      }
    })();
    const cancelled = await run(['cancel', 'words']);
    expect(cancelled).toMatchObject({ code: 0 });
    expect(cancelled.stderr).toContain('Removed 1 Workflow and 1 Job of run words; its pods are going.');
    await waitFor('the end of the Workflow', async () => seen.some((each) => each.startsWith('DELETED')));
    stop.abort();
    await follow;
    expect(seen.find((each) => each.includes('Failed'))).toBe('MODIFIED Failed Terminate');
    expect([await list(WORKFLOW), await list(POD), await list(JOB)]).toEqual([[], [], []]);
    expect((await started).stderr).not.toContain('clean: succeeded');
    expect((await run(['cancel', 'words'])).stderr).toContain('Nothing of run words is there.');
  });
});
