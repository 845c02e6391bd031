import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, linkedProject, node } from '../../cli/process-rig.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { importConductorImage } from '../rig/image-conductor.ts';
import { BUSYBOX_IMAGE } from '../rig/images.ts';
import { buildProgram } from '../rig/programs.ts';
import { jobEnd } from './conductor-run.ts';

const { client, folder, kubeconfig } = await connect();

beforeAll(() => importConductorImage(folder));
afterAll(() => client.close());

const NOTE = 'a $(b) $$ "c" {{d}} ü';

const PIPELINE = `import { App } from 'cdk8s';
import { Items, Output, Pipeline, Task } from 'podloom';
const parameters = { last: 2, note: '', breaks: 'none', nap: 0 };
const p = new Pipeline(new App(), 'tour', { image: '${BUSYBOX_IMAGE}', parameters });
const plan = new Task(p, 'plan', {
  command: ['sh', '-c', 'i=1; while [ $i -le "$1" ]; do echo "stop $i"; i=$((i+1)); done >"$PODLOOM_OUTPUT_STOPS"', 'sh', p.parameters.last],
  outputs: { stops: Output.list() },
});
const drive = new Task(p, 'drive', {
  forEach: plan.outputs.stops,
  command: ({ item }) => ['sh', '-c', 'sleep 3; echo "arrived at $1"; [ "$1" != "$2" ] || exit 3', 'sh', item, p.parameters.breaks],
});
const climb = new Task(p, 'climb', {
  forEach: Items.of('alp', 'ben'),
  itemsPerPod: 2,
  command: ({ item }) => ['echo', 'on top of', item],
});
new Task(p, 'ski', {
  forEach: Items.of('alp', 'ben'),
  after: { task: climb, on: 'itemwise' },
  command: ({ item }) => ['echo', 'down from', item],
});
new Task(p, 'nap', { command: ['sleep', p.parameters.nap] });
new Task(p, 'rest', { after: [drive, climb], command: ['printf', '%s', p.parameters.note] });
`;

/** A project of its own, as somebody has it who may also have nothing but the cluster. */
const project = (): string =>
  linkedProject({ 'package.json': '{ "type": "module" }\n', 'pipelines/tour.ts': PIPELINE });

async function podloom(root: string, namespace: string, ...args: readonly string[]) {
  return node(root, [bin, ...args, '--namespace', namespace], { KUBECONFIG: kubeconfig });
}

/** Starts a run without waiting for it. Gives its name. */
async function detached(root: string, namespace: string, ...parameters: readonly string[]): Promise<string> {
  return detachedWith(
    root,
    namespace,
    parameters.flatMap((parameter) => ['-p', parameter]),
  );
}

async function detachedWith(root: string, namespace: string, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await podloom(root, namespace, 'apply', 'tour', '--detach', '--yes', ...words);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`podloom attach ${stdout.trim()} --namespace ${namespace}`);
  return stdout.trim();
}

function logOf(root: string, run: string, name: string): string {
  return readFileSync(join(root, 'runs', run, name), 'utf8');
}

describe('podloom attach', () => {
  it('follows a detached run and brings its logs; parameters arrive as they were given', async () => {
    const root = project();
    const namespace = await freshNamespace(client, 'attach');
    const run = await detached(root, namespace, 'last=3', `note=${NOTE}`);
    const { code, stderr } = await podloom(root, namespace, 'attach');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`run ${run}: succeeded`);
    expect(logOf(root, run, 'rest/main.log')).toBe(NOTE);
    expect(logOf(root, run, 'climb/ben.log')).toBe('on top of ben\n');
    expect(logOf(root, run, 'ski/ben.log')).toBe('down from ben\n');
    expect(await jobEnd(client, namespace, run)).toMatchObject({ type: 'Complete' });
    const lines = logOf(root, run, 'attempts.jsonl').trim().split('\n');
    expect(lines).toHaveLength(1 + 3 + 2 + 2 + 1 + 1);
  });

  it('ends as the run does, also when it comes after the end, on a machine without the sources', async () => {
    const root = project();
    const elsewhere = linkedProject({ 'package.json': '{}\n' });
    const namespace = await freshNamespace(client, 'attach');
    const run = await detached(root, namespace, 'breaks=stop 2');
    expect(await jobEnd(client, namespace, run)).toMatchObject({ type: 'Failed', reason: 'PodFailurePolicy' });
    const before = await objectsOf(namespace);
    const { code, stderr } = await podloom(elsewhere, namespace, 'attach', run);
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('exit code 3');
    expect(stderr).toContain('| arrived at stop 2');
    expect(existsSync(join(elsewhere, 'runs', run, 'rest/main.log'))).toBe(false);
    expect(await objectsOf(namespace)).toEqual(before);
    const again = await podloom(elsewhere, namespace, 'attach', run);
    expect(again).toMatchObject({ code: 1 });
    const kubectl = await buildProgram('kubectl', (line) => console.error(line));
    const another = linkedProject({ 'package.json': '{}\n' });
    const through = await podloom(another, namespace, 'attach', run, '--kubectl', `'${kubectl}'`);
    expect(through, through.stderr).toMatchObject({ code: 1 });
    expect(logOf(another, run, 'climb/ben.log')).toBe('on top of ben\n');
  });

  it('ends the rest of a run at its first failure, if the conductor was told to', async () => {
    const root = project();
    const namespace = await freshNamespace(client, 'attach');
    const run = await detachedWith(root, namespace, ['-p', 'breaks=stop 2', '-p', 'nap=3600', '--fail-fast']);
    const { code, stderr } = await podloom(root, namespace, 'attach', run);
    expect(code, stderr).toBe(1);
    const why = /^podloom: stopped because item "stop-2-[0-9a-f]+" of task "drive" had failed \(--fail-fast\)$/m;
    expect(logOf(root, run, 'nap/main.err')).toMatch(why);
    expect(await jobEnd(client, namespace, run)).toMatchObject({ type: 'Failed', reason: 'PodFailurePolicy' });
    const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: 'podloom.dev/task=nap' });
    expect(pods.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toEqual([]);
  });

  it('says what is wrong', async () => {
    const root = project();
    const namespace = await freshNamespace(client, 'attach');
    expect(await podloom(root, namespace, 'attach', 'nothing-1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`namespace "${namespace}" has no run nothing-1 with a conductor`),
    });
    expect(await podloom(root, namespace, 'attach')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no conductor'),
    });
    const bad = await podloom(root, namespace, 'apply', 'tour', '--detach', '--yes', '-p', 'lost=1');
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('lost') });
    expect(await objectsOf(namespace)).toEqual([]);
  });
});

/** Jobs, ConfigMaps and Leases of the namespace, each with its version. */
async function objectsOf(namespace: string): Promise<readonly string[]> {
  const kinds = [
    { apiVersion: 'batch/v1', kind: 'Job' },
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  ];
  const lists = await Promise.all(kinds.map((kind) => client.list({ ...kind, namespace })));
  return lists
    .flatMap(({ items }) =>
      items.map(({ kind, metadata: { name, resourceVersion } }) => `${kind} ${name} ${resourceVersion}`),
    )
    .filter((text) => !text.startsWith('ConfigMap kube-root-ca.crt'))
    .sort();
}
