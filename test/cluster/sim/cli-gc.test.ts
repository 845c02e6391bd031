import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Items } from '../../../src/constructs/items/index.ts';
import { Task } from '../../../src/constructs/task.ts';
import { SCRIPT_PREFIX } from '../rig/kwok-script.ts';
import { waitFor } from '../rig/wait.ts';
import { cliLab } from './cli-lab.ts';

const lab = cliLab();

test('podloom gc removes ended runs with all that is theirs, and nothing that goes on or is in use', async () => {
  const { namespace, rig, kubeconfig } = await lab.project('cli-gc');
  const define = (annotations: { readonly [name: string]: string }, ...items: readonly string[]): void =>
    rig.define('words', { namespace }, (pipeline) => {
      const command = ({ item }: { item: unknown }) => ['map', `${item}`];
      new Task(pipeline, 'map', { forEach: Items.of(...items), command, annotations } as never);
    });
  const run = (...argv: readonly string[]) => rig.run([...argv, '--kubeconfig', kubeconfig]);
  const gc = async (...argv: readonly string[]) => {
    const { code, stderr } = await run('gc', '-n', namespace, '--older-than', '1s', ...argv);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return stderr;
  };
  const names = async (kind: string, apiVersion = 'v1', labelSelector = 'podloom.dev/pipeline') =>
    (await lab.client.list({ apiVersion, kind, namespace, labelSelector })).items.map(({ metadata }) => metadata.name);
  const jobs = () => names('Job', 'batch/v1');
  const tables = () => names('ConfigMap', 'v1', 'podloom.dev/task=map,!podloom.dev/run');

  define({}, 'a', 'b');
  for (const name of ['w1', 'w2']) expect((await run('run', 'words', '--run', name)).code).toBe(0);
  define({ [`${SCRIPT_PREFIX}hold`]: 'true' }, 'c', 'd');
  const held = run('run', 'words', '--run', 'w3');
  await waitFor('a second table', async () => (await tables()).length === 2);
  await waitFor('three Jobs', async () => (await jobs()).length === 3);

  expect(await gc('--keep', '9')).toContain('Nothing to remove.');
  expect(await gc('w3')).toMatch(/^keep {4}run w3: (a runner has it|it has Jobs that have not ended)$/m);
  await waitFor('w1 to be old enough', async () =>
    /^remove {2}run w1 of pipeline words, .+ old$/m.test(await gc('--dry-run', '--keep', '2')),
  );
  expect(await jobs()).toHaveLength(3);
  await gc('--keep', '2');
  await waitFor('the Job of w1 to go', async () => (await jobs()).length === 2);
  expect(await tables()).toHaveLength(2); // w2 uses the first
  await waitFor('w2 to be old enough', async () => (await gc('--dry-run', '--keep', '0')).includes('remove  run w2'));
  const last = await gc('--keep', '0');
  expect(last).toContain('Done: 1 run and 1 unused ConfigMap removed');
  await waitFor('the Job of w2 to go', async () => (await jobs()).length === 1);
  expect(await tables()).toHaveLength(1);
  expect(await names('Lease', 'coordination.k8s.io/v1')).toHaveLength(1);

  await run('cancel', 'w3', '-n', namespace, '--yes');
  await held;
  rmSync(join(rig.root, 'runs'), { recursive: true });
});

test('logs that nobody is known to have; a right that is missing is named', async () => {
  const { namespace, rig } = await lab.project('cli-gc');
  const labels = { 'podloom.dev/pipeline': 'words', 'app.kubernetes.io/component': 'conductor' };
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'conductor', image: 'busybox:1' }] } };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'night-1', namespace, labels },
    spec: { template },
  };
  await lab.client.create(job);
  const find = () => lab.client.get({ apiVersion: 'batch/v1', kind: 'Job', namespace, name: 'night-1' });
  await waitFor('the conductor to end', async () => {
    const status = (await find())?.['status'] as { readonly completionTime?: string } | undefined;
    return status?.completionTime !== undefined;
  });
  const gc = (...argv: readonly string[]) =>
    rig.run(['gc', '-n', namespace, '--older-than', '1s', '--keep', '0', ...argv]);
  await waitFor('it to be old enough', async () =>
    (await gc('--dry-run')).stderr.includes('keep    run night-1: nobody is known to have its logs (--uncollected)'),
  );
  const refused = await gc('--as', 'system:serviceaccount:default:nobody');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('PL450');
  expect((await gc('--uncollected')).code).toBe(0);
  await waitFor('it to go', async () => (await find()) === undefined);
});

test('ended Workflows go; a conductor that GitOps applies stays while it is the newest', async () => {
  const { namespace, rig, kubeconfig } = await lab.project('cli-gc');
  rig.define('words', { namespace }, (pipeline) => void new Task(pipeline, 'one', { command: ['true'] }));
  const run = (...argv: readonly string[]) => rig.run([...argv, '--kubeconfig', kubeconfig]);
  expect(await run('run', 'words', '--target', 'argo', '--run', 'wf')).toMatchObject({ code: 0 });
  const annotations = {
    'argocd.argoproj.io/sync-options': 'Prune=false',
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  };
  const labels = { 'podloom.dev/pipeline': 'words', 'app.kubernetes.io/component': 'conductor' };
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'conductor', image: 'busybox:1' }] } };
  const metadata = { name: 'words-applied', namespace, labels, annotations };
  await lab.client.create({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template } });
  const gc = async (...argv: readonly string[]) =>
    (await run('gc', '-n', namespace, '--older-than', '1s', '--keep', '0', '--uncollected', ...argv)).stderr;
  const wanted = /^remove {2}run wf [\s\S]*^keep {4}run words-applied: GitOps applies its conductor/m;
  await waitFor('the Workflow and the conductor to be old enough', async () => {
    const said = await gc('--dry-run');
    if (wanted.test(said)) return true;
    throw new Error(said);
  });
  await gc();
  const workflows = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', namespace };
  await waitFor('the Workflow to go', async () => (await lab.client.list(workflows)).items.length === 0);
  expect(await lab.client.get({ apiVersion: 'batch/v1', kind: 'Job', namespace, name: 'words-applied' })).toBeDefined();
});
