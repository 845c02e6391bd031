import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
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

/** With something of each kind that a run can need. */
const words = (pipeline: Pipeline): void => {
  const count = new Task(pipeline, 'count', { forEach: Items.of('a', 'b'), command: ({ item }) => ['count', item] });
  new Task(pipeline, 'check', {
    forEach: Items.of('a', 'b'),
    after: [{ task: count, on: 'itemwise' }],
    command: ({ item }) => ['check', item],
  });
  new Task(pipeline, 'train', { after: [count], replicas: 2, command: ['train'] });
};

async function project(props: object = {}) {
  const namespace = await freshNamespace(lab.client, 'cli-access');
  const rig = new CliRig(lab.kubeconfig);
  rig.define('words', { namespace, ...props }, words);
  const jobs = async () => (await lab.client.list({ apiVersion: 'batch/v1', kind: 'Job', namespace })).items;
  return { namespace, rig, jobs };
}

interface Config {
  readonly clusters: [{ readonly cluster: { server: string } }];
  readonly users: { readonly user: { token: string } }[];
}

/** The cluster's kubeconfig, changed. */
function kubeconfig(rig: CliRig, change: (config: Config) => void): string {
  const config = JSON.parse(readFileSync(lab.kubeconfig, 'utf8')) as Config;
  change(config);
  const path = join(rig.root, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

async function applyYaml(text: string): Promise<void> {
  for (const document of parseAllDocuments(text)) await lab.client.apply(document.toJS() as object);
}

describe('permissions', () => {
  test('without any, names each rule that is missing, and makes nothing', async () => {
    const { rig, jobs } = await project();
    const { code, stderr } = await rig.run(['run', 'words', '--context', 'nobody']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/error PL450: the API server does not let you create, delete, get, list, .*jobs\.batch; /);
    expect(stderr).toContain('{ apiGroups: [""], resources: ["pods/log"], verbs: ["get"] }');
    expect(stderr).toContain('`podloom rbac words` prints all');
    expect(await jobs()).toEqual([]);
  });

  test('the Role that `podloom rbac` prints is enough to run, resume, look and cancel', async () => {
    const { rig, namespace, jobs } = await project();
    await applyYaml((await rig.run(['rbac', 'words', '--user', 'nobody'])).stdout);
    // Nothing runs pods on this cluster, so the run is followed for a while only.
    const nobody = ['--context', 'nobody'];
    const started = await rig.run([
      'run',
      'words',
      '--run',
      'words-1',
      '--timeout',
      '2s',
      '--max-running',
      '1',
      ...nobody,
    ]);
    expect(started.stderr).toContain('error: the time of --timeout (2 s) is over; the Jobs go on in the cluster');
    expect(started.stderr).toContain('go on with: podloom resume words-1');
    expect(started.code).toBe(3);
    expect((await jobs()).map(({ metadata }) => metadata.labels?.['podloom.dev/run'])).toContain('words-1');

    const before = await jobs();
    const again = await rig.run(['resume', '--timeout', '2s', '--max-running', '1', ...nobody]);
    expect({ ...again, stderr: '' }).toEqual({ code: 3, stdout: '', stderr: '' });
    expect((await jobs()).map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));

    const status = await rig.run(['status', 'words-1', ...nobody, '--output', 'json']);
    expect(JSON.parse(status.stdout)).toMatchObject({ run: 'words-1', state: 'detached', cluster: { namespace } });
    expect(status.code).toBe(0);
    const cancelled = await rig.run(['cancel', 'words-1', ...nobody]);
    expect(cancelled.stderr).toContain('of run words-1; its pods are going.');
    expect(cancelled.code).toBe(0);
    expect(await jobs()).toEqual([]);
  });

  test('the Role that `podloom rbac --for apply` prints is enough to apply and prune', async () => {
    const { rig } = await project();
    const nobody = ['--context', 'nobody'];
    expect((await rig.run(['apply', ...nobody])).stderr).toContain('`podloom rbac --for apply` prints all');
    await applyYaml((await rig.run(['rbac', '--for', 'apply', '--user', 'nobody'])).stdout);
    const { code, stderr } = await rig.run(['apply', '--prune', ...nobody]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Done: ') });
  });
});

describe('what can be wrong before a run', () => {
  test.each<[string, string[], number, RegExp]>([
    [
      'a context that there is not',
      ['--context', 'prod'],
      2,
      /error PL400: the kubeconfig has no context "prod"\n {2}help: It has admin, nobody\./,
    ],
    ['a namespace that there is not', ['--namespace', 'nowhere'], 2, /error PL451: there is no namespace "nowhere"/],
    ['a name that is none', ['--run', 'a/../b'], 2, /error PL301/],
  ])('%s', async (_what, flags, code, words) => {
    const { rig } = await project();
    const ran = await rig.run(['run', 'words', ...flags]);
    expect(ran.stderr).toMatch(words);
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: '' });
  });

  test('a server that is not there: 3, at once', async () => {
    const { rig } = await project();
    const path = kubeconfig(rig, (config) => {
      config.clusters[0].cluster.server = 'https://127.0.0.1:9';
    });
    const { code, stderr } = await rig.run(['run', 'words', '--kubeconfig', path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/error PL401: the API server https:\/\/127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED/);
  });

  test('credentials that have expired: 2, and what to do', async () => {
    const { rig } = await project();
    const path = kubeconfig(rig, (config) => {
      for (const { user } of config.users) user.token = 'expired';
    });
    const { code, stderr } = await rig.run(['run', 'words', '--kubeconfig', path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/with 401: .*\n {2}help: Get new credentials: log in again/);
  });

  test('a context that the pipeline does not go to', async () => {
    const { rig, jobs } = await project({ contexts: ['prod-*', 'lab'] });
    for (const argv of [['run', 'words'], ['apply'], ['diff'], ['apply', '--watch']]) {
      const { code, stderr } = await rig.run(argv);
      expect(code).toBe(2);
      expect(stderr).toContain(
        'error PL455: pipeline "words" goes to the contexts prod-*, lab only, and this is "admin"',
      );
    }
    expect(await jobs()).toEqual([]);
    const { namespace } = await project();
    rig.define('words', { namespace, contexts: ['ad*n'] }, words);
    expect((await rig.run(['diff'])).code).toBe(1);
  });

  test('a quota that is used up', async () => {
    const { rig, namespace, jobs } = await project();
    const hard = { 'count/jobs.batch': '0' };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'small', namespace } };
    await lab.client.create({ ...quota, spec: { hard } });
    // Nobody counts on this cluster.
    const used = { hard, used: hard };
    const ref = { apiVersion: 'v1', kind: 'ResourceQuota', name: 'small', namespace };
    await lab.client.patch(ref, { status: used }, { type: 'merge', subresource: 'status' });
    const { code, stderr } = await rig.run(['run', 'words', '--timeout', '2s']);
    expect(stderr).toMatch(/error PL453: Job ".*": exceeded quota: small, requested: count\/jobs\.batch=1/);
    expect(code).toBe(2);
    expect(await jobs()).toEqual([]);
  });

  test('a person who says no', async () => {
    const { rig, jobs } = await project();
    const ran = await rig.run(['run', 'words', '--run', 'words-1'], { answers: [''] });
    expect(ran.code).toBe(130);
    expect(ran.stderr).toMatch(/^context admin, namespace \S+ \(https:.*\)\nNothing was done\.\n$/);
    expect(await jobs()).toEqual([]);
  });
});
