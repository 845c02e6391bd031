/** `podloom` with Argo as the conductor, on simulated nodes and Argo's own controller. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { Items } from '../../../src/constructs/items/index.ts';
import { Task } from '../../../src/constructs/task.ts';
import { CliRig } from '../cli-rig.ts';
import { type Connected, connect, freshNamespace } from '../rig/connect.ts';
import type { Gateway } from '../rig/gateway.ts';
import { SCRIPT_PREFIX } from '../rig/kwok-script.ts';
import { waitFor } from '../rig/wait.ts';
import { startLogGateway } from './cli-gateway.ts';

let lab: Connected;
let gateway: Gateway;
beforeAll(async () => {
  lab = await connect();
  gateway = await startLogGateway(lab.kubeconfig);
});
afterAll(async () => {
  await gateway.stop();
  lab.client.close();
});

const WORKFLOW = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' };

/** A project with the pipeline `words`: three items, then one task. `script`: how its pods behave. */
async function project(script: { readonly [annotation: string]: string } = {}) {
  const namespace = await freshNamespace(lab.client, 'cli-argo');
  const rig = new CliRig(lab.kubeconfig);
  const kubeconfig = join(rig.root, 'kubeconfig');
  gateway.writeKubeconfig(kubeconfig);
  const annotations = Object.fromEntries(Object.entries(script).map(([key, value]) => [SCRIPT_PREFIX + key, value]));
  rig.define('words', { namespace }, (pipeline) => {
    const map = new Task(pipeline, 'map', {
      forEach: Items.of('a', 'b', 'c'),
      annotations,
      command: ({ item }) => ['map', item],
    });
    new Task(pipeline, 'count', { after: [map], command: ['count'] });
  });
  const run = (argv: readonly string[]) => rig.run([...argv, '--kubeconfig', kubeconfig]);
  const pods = async () => (await lab.client.list({ apiVersion: 'v1', kind: 'Pod', namespace })).items;
  return { rig, run, namespace, pods, logs: (task: string) => readdirSync(join(rig.root, 'runs/words', task)).sort() };
}

test('apply --watch --target argo: the Workflow of the pipeline, to its end; once more tells of it', async () => {
  const { run, namespace, logs, pods } = await project();
  const first = await run(['apply', 'words', '--watch', '--target', 'argo']);
  expect(first.stderr).toMatch(/^map: succeeded, 3 of 3 done, /m);
  expect(first.stderr).toMatch(/^count: succeeded, 1 of 1 done, /m);
  expect(first.stderr).toMatch(/^run words: succeeded /m);
  expect(first.code).toBe(0);
  expect(logs('map')).toEqual(['a.log', 'b.log', 'c.log']);
  const workflow = await lab.client.get({ ...WORKFLOW, namespace, name: 'words' });
  expect(workflow?.['status']).toMatchObject({ phase: 'Succeeded' });
  const before = (await pods()).length;
  const again = await run(['apply', 'words', '--watch', '--target', 'argo']);
  expect(again.stderr).toContain('map: succeeded, 3 of 3 done');
  expect(again.code).toBe(0);
  expect((await pods()).length).toBe(before);
});

test('the Role of `rbac --target argo` is enough to run, look and cancel; cancel ends the Workflow before it removes it', async () => {
  const { rig, run, namespace, pods } = await project({ hold: 'true' });
  const nobody = ['--context', 'nobody'];
  const refused = await run(['run', 'words', '--target', 'argo', ...nobody]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('`podloom rbac words --target argo` prints all');
  const role = await rig.run(['rbac', 'words', '--target', 'argo', '--user', 'nobody']);
  for (const document of parseAllDocuments(role.stdout)) await lab.client.apply(document.toJS() as object);
  const followed = run(['run', 'words', '--target', 'argo', '--run', 'w1', ...nobody]);
  const isRunning = (pod: KubernetesObject): boolean =>
    (pod['status'] as { readonly phase?: string } | undefined)?.phase === 'Running';
  const early = followed.then(({ stderr }) => {
    throw new Error(stderr);
  });
  const running = waitFor('three running pods', async () => (await pods()).filter(isRunning).length === 3);
  await Promise.race([running, early]);
  early.catch(() => {}); // from here on it may end
  const status = await run(['status', 'w1', ...nobody, '--output', 'json']);
  expect(JSON.parse(status.stdout)).toMatchObject({ run: 'w1', pipeline: 'words' });

  const phases: string[] = [];
  const watching = new AbortController();
  const watched = (async () => {
    const query = { ...WORKFLOW, namespace };
    for await (const { object } of lab.client.follow(query, { signal: watching.signal }))
      phases.push((object['status'] as { readonly phase?: string } | undefined)?.phase ?? '');
  })();
  const cancelled = await run(['cancel', 'w1', ...nobody]);
  expect(cancelled.stderr).toContain('Removed 1 Workflow of run w1');
  expect(cancelled.code).toBe(0);
  expect((await followed).code).toBe(1);
  watching.abort();
  await watched;
  expect(phases).toContain('Failed');
  expect(await pods()).toEqual([]);
  expect(await lab.client.get({ ...WORKFLOW, namespace, name: 'w1' })).toBeUndefined();
});
