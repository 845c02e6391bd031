import { ApiObject } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Items } from '../../../src/constructs/items/index.ts';
import type { Pipeline } from '../../../src/constructs/pipeline.ts';
import { Task } from '../../../src/constructs/task.ts';
import { CliRig } from '../cli-rig.ts';
import { type Connected, connect, freshNamespace } from '../rig/connect.ts';

let lab: Connected;
beforeAll(async () => {
  lab = await connect();
});
afterAll(() => lab.client.close());

const words = (pipeline: Pipeline): void => {
  new Task(pipeline, 'count', { forEach: Items.of('a', 'b'), command: ({ item }) => ['count', item] });
};

/** A project with the pipeline `words` and a namespace of its own. */
async function project(make: (pipeline: Pipeline) => void = words, props: object = {}) {
  const namespace = await freshNamespace(lab.client, 'cli-apply');
  const rig = new CliRig(lab.kubeconfig);
  rig.define('words', { namespace, ...props }, make);
  const get = (kind: string, name: string, apiVersion = 'v1') => lab.client.get({ apiVersion, kind, name, namespace });
  return { namespace, rig, get };
}

const extra = (object: object) => (pipeline: Pipeline) => {
  words(pipeline);
  new ApiObject(pipeline, 'extra', object as ConstructorParameters<typeof ApiObject>[2]);
};

describe('podloom apply', () => {
  test('plans, applies and is done; diff tells so by its exit code', async () => {
    const { rig, namespace, get } = await project();
    const before = await rig.run(['diff', 'words']);
    expect(before.code).toBe(1);
    expect(before.stdout).toContain('+++ b/CronJob "words"');
    const dry = await rig.run(['apply', 'words', '--dry-run', 'server']);
    expect(dry).toMatchObject({ code: 0, stdout: '' });
    expect(dry.stderr).toMatch(/create {2}CronJob "words"\n6 to create, 0 to change, 0 as they are; nothing was done/);
    expect(await get('CronJob', 'words', 'batch/v1')).toBeUndefined();

    const applied = await rig.run(['apply', 'words']);
    expect(applied.code).toBe(0);
    // Where it goes is said before anything else.
    expect(applied.stderr).toMatch(new RegExp(`^context admin, namespace ${namespace} \\(https://127`));
    expect(applied.stderr).toContain('Done: 6 to create, 0 to change, 0 as they are.');
    const job = await get('CronJob', 'words', 'batch/v1');
    const managers = (job!.metadata as { managedFields?: { manager: string; operation: string }[] }).managedFields;
    expect(managers).toMatchObject([{ manager: 'podloom', operation: 'Apply' }]);
    expect(await rig.run(['diff', 'words'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await rig.run(['apply', 'words'])).stderr).toContain('Nothing to do: all 6 objects are as they should be.');
  });

  test('asks a person, and does nothing when told so', async () => {
    const { rig, get } = await project();
    const ran = await rig.run(['apply', 'words'], { answers: ['no'] });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain('Nothing was done.');
    expect(await get('CronJob', 'words', 'batch/v1')).toBeUndefined();
    expect((await rig.run(['apply', 'words', '--yes'], { answers: [] })).code).toBe(0);
    expect(await get('CronJob', 'words', 'batch/v1')).toBeDefined();
  });

  test('--dry-run=client asks no cluster', async () => {
    const rig = new CliRig('/no/such/kubeconfig');
    rig.define('words', {}, words);
    const { code, stdout, stderr } = await rig.run(['apply', '--dry-run', 'client']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const kinds = stdout.split('---\n').map((text) => /^kind: (\w+)$/m.exec(text)?.[1]);
    expect(kinds).toEqual(['ServiceAccount', 'ConfigMap', 'ConfigMap', 'Role', 'RoleBinding', 'CronJob']);
  });

  test('--prune removes what podloom applied and nothing else', async () => {
    const { rig, namespace, get } = await project((pipeline) => {
      new Task(pipeline, 'train', { replicas: 2, command: ['train'] });
    });
    expect((await rig.run(['apply'])).code).toBe(0);
    expect(await get('Service', 'words-train')).toBeDefined();
    const labels = { 'podloom.dev/pipeline': 'words' };
    const foreign = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'by-hand', namespace, labels } };
    await lab.client.create(foreign, { fieldManager: 'kubectl-create' });
    const ofRun = { ...labels, 'podloom.dev/run': 'words-x' };
    await lab.client.apply({ ...foreign, metadata: { name: 'of-run', namespace, labels: ofRun } });
    const plans = (await lab.client.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace })).items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith('words-plan-'));
    expect(plans).toHaveLength(1);

    rig.define('words', { namespace }, words);
    expect((await rig.run(['diff', '--prune'])).stdout).toContain('--- a/Service "words-train"');
    expect((await rig.run(['apply'])).code).toBe(0);
    expect(await get('Service', 'words-train')).toBeDefined();
    const pruned = await rig.run(['apply', '--prune']);
    expect(pruned.code).toBe(0);
    expect(pruned.stderr).toContain('remove  Service "words-train"\n');
    expect(await get('Service', 'words-train')).toBeUndefined();
    for (const name of ['by-hand', 'of-run', plans[0]!]) expect(await get('ConfigMap', name), name).toBeDefined();
    expect((await rig.run(['apply', '--prune'])).stderr).toContain('Nothing to do');
  });

  test('a field of another manager is a conflict that names him, and nothing is applied', async () => {
    const { rig, namespace, get } = await project();
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'words-conductor', namespace } };
    await lab.client.apply({ ...account, automountServiceAccountToken: true }, { fieldManager: 'helm' });
    const { code, stderr } = await rig.run(['apply']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'error PL452: ServiceAccount "words-conductor": .automountServiceAccountToken is managed by "helm"',
    );
    expect(await get('CronJob', 'words', 'batch/v1')).toBeUndefined();
    expect((await rig.run(['apply', '--force-conflicts'])).code).toBe(0);
    expect(await get('ServiceAccount', 'words-conductor')).toMatchObject({ automountServiceAccountToken: false });
  });

  test('a field that never changes, and a field that there is not', async () => {
    const map = (data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'fixed' },
      immutable: true,
      data,
    });
    const { rig, namespace, get } = await project(extra(map({ a: '1' })));
    expect((await rig.run(['apply'])).code).toBe(0);
    rig.define('words', { namespace }, extra(map({ a: '2' })));
    const changed = await rig.run(['apply']);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(
      /error PL454: ConfigMap "fixed" is there already, and .*\bdata\b.* can never change\n/,
    );
    expect(await get('ConfigMap', 'fixed')).toMatchObject({ data: { a: '1' } });
    const quota = {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'wrong' },
      spec: { limits: [], limit: [] },
    };
    rig.define('words', { namespace }, extra(quota));
    const wrong = await rig.run(['diff']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/LimitRange.*limit/);
  });

  test('values of Secrets are never shown', async () => {
    const secret = (value: string, other: string) => ({
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, type: 'Opaque' },
      stringData: { password: value, user: other },
    });
    const { rig, namespace } = await project(extra(secret('hunter2', 'ada')));
    const created = await rig.run(['diff']);
    expect(created.stdout).toMatch(/^\+ +password: "?\*\*\*/m);
    expect((await rig.run(['apply'])).code).toBe(0);
    rig.define('words', { namespace }, extra(secret('correct horse', 'ada')));
    const changed = await rig.run(['diff']);
    expect(changed.code).toBe(1);
    expect(changed.stdout).toMatch(/^- +password: .*\n\+ +password: .*\n {3}user: /m);
    const all = [created, changed].map(({ stdout, stderr }) => stdout + stderr).join('');
    for (const word of ['hunter2', 'correct horse'])
      for (const text of [word, Buffer.from(word).toString('base64')]) expect(all).not.toContain(text);
  });
});
