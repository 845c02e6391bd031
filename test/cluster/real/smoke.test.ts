import { describe, it } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject, ObjectRef } from '../../../src/cluster/objects.ts';
import { connect, freshNamespace } from '../rig/connect.ts';
import { BUSYBOX_IMAGE, PRINTER_IMAGE } from '../rig/images.ts';
import { waitFor } from '../rig/wait.ts';

const { client } = await connect();

interface Job extends KubernetesObject {
  readonly status?: {
    readonly failedIndexes?: string;
    readonly succeeded?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

interface Workflow extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly nodes?: { readonly [id: string]: WorkflowNode };
  };
}

interface WorkflowNode {
  readonly displayName: string;
  readonly phase: string;
  readonly templateName?: string;
  readonly outputs?: { readonly parameters?: readonly { readonly name: string; readonly value?: string }[] };
}

describe.concurrent('a Job', () => {
  it('fails at the index that fails, after a retry, and its logs are read from outside', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'smoke-job');
    const script = 'echo "index $JOB_COMPLETION_INDEX"; test "$JOB_COMPLETION_INDEX" != 4';
    await client.create(indexedJob(namespace, 'six', 6, script));
    const job = await jobEnd({ apiVersion: 'batch/v1', kind: 'Job', name: 'six', namespace });
    expect(job.status).toMatchObject({ failedIndexes: '4', succeeded: 5 });
    const { items } = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector: 'job-name=six' });
    const logs = await Promise.all(items.map(({ metadata }) => logOf(client, namespace, metadata.name)));
    expect(logs.sort()).toEqual([0, 1, 2, 3, 4, 4, 5].map((index) => `index ${index}\n`));
  });

  it('prints argv and environment of an image without a shell', async ({ expect }) => {
    const namespace = await freshNamespace(client, 'smoke-printer');
    const container = {
      name: 'main',
      image: PRINTER_IMAGE,
      command: ['/bin/printer', 'it\'s "quoted"\n☃'],
      env: [
        { name: 'PRINTER_ENV', value: 'VALUE' },
        { name: 'VALUE', value: ' -x\n' },
      ],
    };
    const spec = { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [container] };
    await client.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'printer', namespace }, spec });
    const pod = { apiVersion: 'v1', kind: 'Pod', name: 'printer', namespace };
    await waitFor('the pod to end', async () => ['Succeeded', 'Failed'].includes((await phaseOf(pod)) ?? ''));
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    expect(JSON.parse(await logOf(client, namespace, 'printer'))).toEqual({
      argv: ['/bin/printer', 'it\'s "quoted"\n☃'].map(base64),
      env: { VALUE: base64(' -x\n') },
    });
  });
});

describe.concurrent('Argo', () => {
  it('passes an output parameter on, loops over it, and ends as its steps do', async ({ expect }) => {
    const namespace = await workflowNamespace('smoke-dag');
    const workflow = await runWorkflow(namespace, {
      entrypoint: 'dag',
      templates: [
        {
          name: 'dag',
          dag: {
            tasks: [
              { name: 'list', template: 'list' },
              {
                name: 'each',
                depends: 'list',
                template: 'each',
                withParam: '{{tasks.list.outputs.parameters.items}}',
                arguments: { parameters: [{ name: 'item', value: '{{item}}' }] },
              },
              { name: 'fails', depends: 'each', template: 'exit-3' },
              { name: 'cleans', depends: 'fails.Failed', template: 'each', arguments: parameter('item', 'after') },
            ],
          },
        },
        {
          name: 'list',
          container: shell(`printf '["a","b","c"]' > /tmp/items`),
          outputs: { parameters: [{ name: 'items', valueFrom: { path: '/tmp/items' } }] },
        },
        {
          name: 'each',
          inputs: { parameters: [{ name: 'item' }] },
          container: shell(`printf '%s!' '{{inputs.parameters.item}}' > /tmp/done`),
          outputs: { parameters: [{ name: 'done', valueFrom: { path: '/tmp/done' } }] },
        },
        { name: 'exit-3', container: shell('exit 3') },
      ],
    });
    const nodes = Object.values(workflow.status?.nodes ?? {});
    const outputs = nodes.filter((node) => node.templateName === 'each').flatMap((node) => node.outputs?.parameters);
    expect(
      outputs
        .map((output) => output?.value)
        .filter(Boolean)
        .sort(),
    ).toEqual(['a!', 'after!', 'b!', 'c!']);
    expect(nodes.find(({ displayName }) => displayName === 'fails')).toMatchObject({ phase: 'Failed' });
    expect(workflow.status).toMatchObject({ phase: 'Succeeded' });
  });

  it('creates an Indexed Job with a resource template, and ends as the Job does', async ({ expect }) => {
    const namespace = await workflowNamespace('smoke-resource');
    const resource = (name: string, script: string) => ({
      name,
      resource: {
        action: 'create',
        successCondition: 'status.succeeded == 3',
        failureCondition: [0, 1, 2].map((at) => `status.conditions.${at}.type == Failed`).join(', '),
        manifest: JSON.stringify(indexedJob(namespace, name, 3, script)),
      },
    });
    const workflow = await runWorkflow(namespace, {
      entrypoint: 'dag',
      templates: [
        {
          name: 'dag',
          dag: {
            failFast: false,
            tasks: [
              { name: 'good', template: 'good' },
              { name: 'bad', template: 'bad' },
            ],
          },
        },
        resource('good', 'true'),
        resource('bad', 'test "$JOB_COMPLETION_INDEX" != 1'),
      ],
    });
    const nodes = Object.values(workflow.status?.nodes ?? {});
    const phases = Object.fromEntries(nodes.map(({ displayName, phase }) => [displayName, phase]));
    expect(phases).toMatchObject({ good: 'Succeeded', bad: 'Failed' });
    expect(workflow.status).toMatchObject({ phase: 'Failed' });
  });
});

/** Each index is tried twice. */
function indexedJob(namespace: string, name: string, completions: number, script: string): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: {
      completions,
      parallelism: completions,
      completionMode: 'Indexed',
      backoffLimitPerIndex: 1,
      maxFailedIndexes: completions,
      template: { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 1, containers: [shell(script)] } },
    },
  };
}

const shell = (script: string) => ({ name: 'main', image: BUSYBOX_IMAGE, command: ['sh', '-c', script] });
const parameter = (name: string, value: string) => ({ parameters: [{ name, value }] });

async function jobEnd(ref: ObjectRef): Promise<Job> {
  return waitFor(`Job ${ref.name} to end`, async () => {
    const job = await client.get<Job>(ref);
    const ended = job?.status?.conditions?.some(
      ({ type, status }) => ['Complete', 'Failed'].includes(type) && status === 'True',
    );
    return ended === true && job;
  });
}

async function phaseOf(ref: ObjectRef): Promise<string | undefined> {
  return ((await client.get(ref)) as { status?: { phase?: string } } | undefined)?.status?.phase;
}

async function logOf(from: KubernetesClient, namespace: string, pod: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of from.log(namespace, pod)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** A namespace in which the pods of workflows may report their results and create Jobs. */
async function workflowNamespace(name: string): Promise<string> {
  const namespace = await freshNamespace(client, name);
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'workflow', namespace } };
  await client.create({
    ...rbac,
    kind: 'Role',
    rules: [
      { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] },
      { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'get', 'watch', 'list'] },
    ],
  });
  await client.create({
    ...rbac,
    kind: 'RoleBinding',
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'workflow' },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  });
  return namespace;
}

async function runWorkflow(namespace: string, spec: object): Promise<Workflow> {
  const kind = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' };
  const ref = { ...kind, name: 'smoke', namespace };
  await client.create({ ...kind, metadata: { name: 'smoke', namespace }, spec });
  return waitFor(
    'the workflow to end',
    async () => {
      const workflow = await client.get<Workflow>(ref);
      return ['Succeeded', 'Failed', 'Error'].includes(workflow?.status?.phase ?? '') && workflow;
    },
    { deadlineMillis: 240_000 },
  );
}
