/** `podloom … --kubectl`: everything through processes of the real kubectl. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Items } from '../../../src/constructs/items/index.ts';
import { Task } from '../../../src/constructs/task.ts';
import { buildProgram } from '../rig/programs.ts';
import { cliLab } from './cli-lab.ts';

const lab = cliLab(true);
let kubectl: string;
beforeAll(async () => {
  kubectl = await buildProgram('kubectl', (line) => console.error(line));
});

async function project() {
  const { namespace, rig, kubeconfig } = await lab.project('cli-kubectl');
  rig.define('words', { namespace, maxRunning: 2 }, (pipeline) => {
    const map = new Task(pipeline, 'map', { forEach: Items.of('a', 'b', 'c'), command: ({ item }) => ['map', item] });
    new Task(pipeline, 'count', {
      after: [{ task: map, on: 'itemwise' }],
      forEach: Items.of('a', 'b', 'c'),
      command: ['count'],
    });
  });
  const through = ['--kubectl', `'${kubectl}' --request-timeout=0`];
  return {
    ...{ rig, namespace, kubeconfig },
    run: (argv: readonly string[]) => rig.run([...argv, '--kubeconfig', kubeconfig, ...through]),
    bare: (argv: readonly string[]) => rig.run(argv),
    logs: (task: string) => readdirSync(join(rig.root, 'runs/w1', task)).sort(),
  };
}

test('a run with gates and an itemwise edge, to its end; commands on it need no flag', {
  timeout: 300_000,
}, async () => {
  const { run, bare, logs, rig } = await project();
  const ran = await run(['run', 'words', '--run', 'w1']);
  expect(ran.stderr).toMatch(/^run w1: succeeded /m);
  expect(ran.code).toBe(0);
  expect([logs('map'), logs('count')]).toEqual([
    ['a.log', 'b.log', 'c.log'],
    ['a.log', 'b.log', 'c.log'],
  ]);
  expect(readFileSync(join(rig.root, 'runs/w1/map/a.log'), 'utf8')).toMatch(/^log of words-map-/);
  const status = await bare(['status', 'w1', '--output', 'json']);
  expect(JSON.parse(status.stdout)).toMatchObject({ run: 'w1', state: 'succeeded' });
  const again = await bare(['resume', 'w1', '--rerun', 'map/b']);
  expect(again.stderr).toContain('map: succeeded, 3 of 3 done, 2 of them before');
  expect(again.code).toBe(0);
  const cancelled = await bare(['cancel', 'w1']);
  expect(cancelled.stderr).toMatch(/Removed \d Jobs of run w1/);
  expect(cancelled.code).toBe(0);
});

test('apply and diff; what the API server refuses is told as without kubectl', async () => {
  const { run, namespace } = await project();
  const applied = await run(['apply', 'words']);
  expect(applied.stderr).toContain('Done: ');
  expect(applied.code).toBe(0);
  expect(await run(['diff', 'words'])).toMatchObject({ code: 0, stdout: '' });
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'words-conductor', namespace } };
  await lab.client.apply({ ...account, automountServiceAccountToken: true }, { fieldManager: 'helm', force: true });
  const conflict = await run(['apply', 'words']);
  expect(conflict.stderr).toContain(
    'error PL452: ServiceAccount "words-conductor": .automountServiceAccountToken is managed by "helm"',
  );
  expect(conflict.code).toBe(2);
  const forbidden = await run(['run', 'words', '--context', 'nobody']);
  expect(forbidden.stderr).toMatch(
    /error PL450: the API server does not let you create, delete, get, list, .*jobs\.batch/,
  );
  expect(forbidden.code).toBe(2);
});

test('a run that a conductor has is followed', async () => {
  const { run, bare, namespace } = await project();
  const detached = await run(['apply', 'words', '--detach']);
  expect(detached.stderr).toMatch(/podloom attach \S+ .*--kubectl '/);
  // No kubelet runs the conductor of a simulated pod: it ends at once.
  const attach = ['attach', detached.stdout.trim(), '-n', namespace];
  const attached = await run(attach);
  expect(attached.stderr).toContain(`the conductor of run ${detached.stdout.trim()} has ended`);
  expect(attached.code).toBe(1);
  expect((await bare(attach)).stderr).toContain('has ended');
});

test('a cluster is described', async () => {
  const { rig, kubeconfig } = await project();
  const through = ['--kubeconfig', kubeconfig, '--kubectl', `'${kubectl}'`];
  const [read, plain] = [await rig.run(['profile', ...through]), await rig.run(['profile'])];
  expect(read.stdout).toContain('kubernetes:');
  expect({ ...read, stderr: '' }).toEqual({ ...plain, stderr: '' });
});

test('a kubectl that is not there, or reaches nothing', async () => {
  const { rig } = await project();
  for (const command of [['run', 'words'], ['attach'], ['profile'], ['gc'], ['diff', 'words']]) {
    const none = await rig.run([...command, '--kubectl', 'no-such-kubectl']);
    expect(none.stderr).toContain('error PL400: no-such-kubectl cannot be started: there is no such program');
    expect(none.code).toBe(2);
  }
  const nowhere = await rig.run(['run', 'words', '--kubectl', `'${kubectl}' --server=https://127.0.0.1:9`]);
  expect(nowhere.stderr).toMatch(/error PL401: .*refused/);
  expect(nowhere.code).toBe(3);
});
