/**
 * A self-healing controller at work while runs go on, and a commit that changes one task: just what it must changes, and what
 * runs is left alone. The conductor's image is not made yet: KWOK plays its pod, and these tests make the Jobs that it would.
 */
import { afterEach, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { RUN_LABEL } from '../../../src/ir/labels.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { waitFor } from '../rig/wait.ts';
import { changes, jobFrom, type Objects, objectsOfFolder, prune, round, whatRuns } from './gitops-controller.ts';
import { type GitopsProject, gitopsProject } from './gitops-project.ts';
import { completed, podsOf, release, running } from './placement-pods.ts';
import { HOLD } from './placement-site.ts';

const { client } = await connect();
const ROUNDS = 20;
let namespace: string;
afterEach(() => client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }));

/** Compiles both versions of a project: `dist/` of the target as objects, and which files changed. */
async function twoVersions(project: GitopsProject, target: 'jobs' | 'argo') {
  const filesBefore = await project.synth('v1');
  const before = objectsOfFolder(`${project.dist}${target}`, namespace);
  const filesAfter = await project.synth('v2');
  const after = objectsOfFolder(`${project.dist}${target}`, namespace);
  const files = Object.keys({ ...filesBefore, ...filesAfter }).filter((path) => filesBefore[path] !== filesAfter[path]);
  return { before, after, files, filesBefore };
}

/** Content hashes are not what these tests are about. */
const unhashed = (texts: readonly string[]): string[] => texts.map((text) => text.replace(/-[0-9a-f]{8}$/, '-<hash>'));

const ofKind = (objects: Objects, kind: string) => [...objects.values()].filter((object) => object.kind === kind);

async function everyRoundLeaves(objects: Objects, rounds: number): Promise<void> {
  const first = await round(client, objects);
  const before = await whatRuns(client, namespace);
  for (let n = 2; n <= rounds; n++) expect(await round(client, objects)).toEqual(first);
  expect(await whatRuns(client, namespace)).toEqual(before);
}

test('jobs', async () => {
  namespace = await freshNamespace(client, 'gitops-jobs');
  const { before, after, files, filesBefore } = await twoVersions(gitopsProject(), 'jobs');
  expect(files).toEqual(['argo/alpha.yaml', 'jobs/alpha.gitops.yaml', 'jobs/alpha.yaml']);
  expect(unhashed(changes(before, after))).toEqual([
    '+ ConfigMap/alpha-plan-<hash>',
    '+ ConfigMap/alpha-second-<hash>',
    '+ Job/alpha-<hash>',
    '- ConfigMap/alpha-plan-<hash>',
    '- ConfigMap/alpha-second-<hash>',
    '- Job/alpha-<hash>',
    '~ CronJob/alpha',
  ]);

  // The commit starts one run by itself (runOnChange), and a person starts another.
  await round(client, before);
  const [byCommit] = ofKind(before, 'Job');
  await completed(client, namespace, byCommit!.metadata.name);
  await conduct('by-hand', filesBefore['jobs/alpha.yaml']!, 'alpha-first');
  await running(client, { namespace, run: 'by-hand', task: 'first' }, 3);
  await everyRoundLeaves(before, ROUNDS);
  expect(jobsIn(await whatRuns(client, namespace))).toEqual(
    [`Job/${byCommit!.metadata.name}`, 'Job/alpha-first-by-hand', 'Job/by-hand'].sort(),
  );

  // The next commit starts one more, and leaves the run that goes on alone.
  const atCommit = await whatRuns(client, namespace);
  await round(client, after);
  expect(await prune(client, before, after)).toEqual([]);
  const [bySecond] = ofKind(after, 'Job');
  await completed(client, namespace, bySecond!.metadata.name);
  await everyRoundLeaves(after, 3);
  const now = await whatRuns(client, namespace);
  for (const [identity, uid] of atCommit) expect([identity, now.get(identity)]).toEqual([identity, uid]);
  const added = jobsIn(now).filter((identity) => !atCommit.has(identity));
  expect(added).toEqual([`Job/${bySecond!.metadata.name}`]);

  // What the old run needs is still there: it goes on as it began.
  for (const { apiVersion, kind, metadata } of ofKind(before, 'ConfigMap'))
    expect(await client.get({ apiVersion, kind, namespace, name: metadata.name })).toBeDefined();
  expect((await completed(client, namespace, 'alpha-first-by-hand')).status).toMatchObject({ succeeded: 3 });
});

test('argo', async () => {
  namespace = await freshNamespace(client, 'gitops-argo');
  const { before, after } = await twoVersions(gitopsProject(), 'argo');
  expect(unhashed(changes(before, after))).toEqual([
    '+ ConfigMap/alpha-second-<hash>',
    '- ConfigMap/alpha-second-<hash>',
    '~ WorkflowTemplate/alpha',
  ]);

  await round(client, before);
  const { metadata } = await client.create({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { generateName: 'alpha-', namespace },
    spec: { workflowTemplateRef: { name: 'alpha' } },
  });
  await running(client, { namespace, task: 'first' }, 3);
  await everyRoundLeaves(before, ROUNDS);
  await round(client, after);
  expect(await prune(client, before, after)).toEqual([]);
  await everyRoundLeaves(after, 3);

  // The Workflow goes on as it began: the items and the command of the version that it was made from.
  await release(client, { namespace, task: 'first' });
  const second = await running(client, { namespace, task: 'second' }, 2);
  const [table] = ofKind(before, 'ConfigMap').filter(({ metadata: { name } }) => name.startsWith('alpha-second-'));
  for (const pod of second) expect(JSON.stringify(pod.spec)).toContain(`"${table!.metadata.name}"`);
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: table!.metadata.name };
  expect(await client.get(ref)).toBeDefined();
  await release(client, { namespace, task: 'second' });
  const workflow = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', namespace, name: metadata.name };
  await waitFor('the Workflow to succeed', async () => {
    const { status } = (await client.get<Workflow>(workflow))!;
    if (status?.phase !== 'Succeeded') throw new Error(`${status?.phase} ${status?.message ?? ''}`);
    return true;
  });
  await everyRoundLeaves(after, 3);
  expect((await podsOf(client, { namespace })).length).toBe(5);
  expect([...(await whatRuns(client, namespace)).keys()].filter((name) => name.startsWith('Workflow/'))).toHaveLength(
    1,
  );
});

interface Workflow extends KubernetesObject {
  readonly status?: { readonly phase?: string; readonly message?: string };
}

const jobsIn = (running: ReadonlyMap<string, string>): string[] =>
  [...running.keys()].filter((identity) => identity.startsWith('Job/')).sort();

/** Starts a run as people do, and makes the first Job of it as the conductor does: the run's ConfigMap owns it. */
async function conduct(run: string, runFile: string, job: string): Promise<void> {
  const conductor = (await jobFrom(client, namespace, 'alpha', run)) as JobObject;
  const held = await client.create<KubernetesObject>({
    ...conductor,
    spec: { ...conductor.spec, template: annotated(conductor.spec.template) },
  });
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: run, uid: held.metadata.uid };
  const state = await client.create<KubernetesObject>({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `alpha-${run}`, namespace, ownerReferences: [owner] },
  });
  const documents = parseAllDocuments(runFile).map((document) => document.toJS() as JobObject);
  const found = documents.find(({ kind, metadata }) => kind === 'Job' && metadata.name === job)!;
  const { template } = found.spec;
  const labels = { ...template.metadata.labels, [RUN_LABEL]: run };
  await client.create({
    ...found,
    metadata: {
      ...found.metadata,
      name: `${job}-${run}`,
      namespace,
      labels: { ...found.metadata.labels, [RUN_LABEL]: run },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: state.metadata.name, uid: state.metadata.uid }],
    },
    spec: { ...found.spec, template: { ...template, metadata: { ...template.metadata, labels } } },
  });
}

interface Template {
  readonly metadata: { readonly labels?: object; readonly annotations?: object };
}
interface JobObject extends KubernetesObject {
  readonly spec: { readonly template: Template };
}

const annotated = (template: Template): Template => ({
  ...template,
  metadata: { ...template.metadata, annotations: { [HOLD]: 'true' } },
});
