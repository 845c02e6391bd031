import { definitions, type Example } from '../definition.ts';

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: lab
contexts: [{ name: lab, context: { cluster: lab, user: me, namespace: vision } }]
clusters: [{ name: lab, cluster: { server: 'http://127.0.0.1:8001' } }]
users: [{ name: me, user: { token: secret } }]
`;

const PIPELINE = `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const app = new App();
const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'train', { command: ['true'] });
`;

const WORKFLOWS = '/apis/argoproj.io/v1alpha1/namespaces/vision/workflows';
const everything = {
  status: {
    incomplete: false,
    resourceRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    nonResourceRules: [],
  },
};

/** A run on a cluster that answers so. */
function onArgo(
  server: { readonly [path: string]: unknown },
  args: readonly string[] = [],
  files: { readonly [path: string]: string } = {},
): Example {
  const run = ['run', 'example', '--target', 'argo', '--run', 'example-1', '--yes', ...args];
  return {
    files: { 'lab.kubeconfig': KUBECONFIG, 'pipelines/example.ts': PIPELINE, ...files },
    args: [...run, '--kubeconfig', 'lab.kubeconfig'],
    server: {
      '/version': { major: '1', minor: '36', gitVersion: 'v1.36.3' },
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': everything,
      '/apis/argoproj.io/v1alpha1': { kind: 'APIResourceList', resources: [] },
      ...server,
    },
  };
}

/** A Workflow called example-1. */
const workflow = (metadata: object, status: object = {}) => ({
  [`${WORKFLOWS}/example-1`]: {
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' },
    metadata: { name: 'example-1', namespace: 'vision', uid: 'a', ...metadata },
    status,
  },
});
const OURS = { labels: { 'podloom.dev/pipeline': 'example' } };

/** PL460…PL469: runs under Argo Workflows. */
export const argoRunDefinitions = definitions({
  PL460: {
    severity: 'error',
    title: 'Rerun under Argo',
    message: (p: { rerun: string; run: string }) =>
      `Argo cannot run ${p.rerun === 'all' ? 'the items' : p.rerun} of run ${p.run} again: a Workflow runs all of its items, once`,
    help: (p) =>
      `Start a new run without --run; or run what is not done as Jobs, in the same folder: \`podloom run <pipeline> --run ${p.run}\`.`,
    explanation: `A Workflow starts each of its items itself, and there is no way to tell it that some are done. \`argo retry\` resets nodes, not items, and
retries more than it was asked for (https://github.com/argoproj/argo-workflows/issues/12543). With the jobs target just the items without a log run again.`,
    example: onArgo(workflow(OURS), ['--rerun', 'all']),
  },
  PL461: {
    severity: 'error',
    title: 'Workflow of something else',
    message: (p: { run: string; namespace: string }) =>
      `in namespace ${JSON.stringify(p.namespace)} there is a Workflow ${JSON.stringify(p.run)} that is none of this pipeline`,
    help: () => 'Give the run another name with --run.',
    explanation:
      'A run under Argo is the Workflow of its name. One that lacks the label `podloom.dev/pipeline` of this pipeline is left alone.',
    example: onArgo(workflow({ labels: {} })),
  },
  PL462: {
    severity: 'error',
    title: 'Workflow of another version of the pipeline',
    message: (p: { run: string }) => `Workflow ${JSON.stringify(p.run)} was made from another version of the pipeline`,
    help: () => 'Start a new run; or check out the version that it was made from, to follow it with.',
    explanation: `The runner knows from the pipeline which pod works on which item. With another list of items it would write logs under wrong names.
Each Workflow that podloom makes has a hash of what it was made from, in the annotation \`podloom.dev/spec\`.`,
    example: onArgo(workflow({ ...OURS, annotations: { 'podloom.dev/spec': '00000000' } })),
  },
  PL463: {
    severity: 'error',
    title: 'Workflow whose nodes are in a database',
    message: (p: { run: string }) =>
      `Argo keeps the nodes of Workflow ${JSON.stringify(p.run)} in its database, where podloom cannot read them; the Workflow goes on`,
    help: () =>
      'Switch `nodeStatusOffLoad` off in the workflow-controller-configmap, or follow the Workflow with `argo watch`. Fan-outs as Indexed Jobs need few nodes.',
    explanation: `With \`nodeStatusOffLoad\` Argo writes the state of all nodes to PostgreSQL or MySQL instead of into the Workflow
(https://argo-workflows.readthedocs.io/en/latest/offloading-large-workflows/). Only Argo's own server reads them there. Nodes that are compressed inside of the Workflow are read.`,
    example: onArgo({
      ...workflow(OURS),
      [WORKFLOWS]: {
        items: [Object.values(workflow(OURS, { phase: 'Running', offloadNodeStatusVersion: 'fnv:1' }))[0] as object],
        metadata: { resourceVersion: '1' },
      },
    }),
  },
  PL464: {
    severity: 'warning',
    title: 'Done items that run again',
    message: (p: { run: string; pipeline: string }) =>
      `run ${p.run} has items that are done, and its Workflow is gone: the new one runs all of them again`,
    help: (p) => `As Jobs (\`podloom run ${p.pipeline} --run ${p.run}\`) just the others would run.`,
    explanation:
      'Argo cannot skip items of a fan-out. Logs of an earlier Workflow of the same name are replaced as the items end again.',
    example: onArgo({ '/apis/argoproj.io/v1alpha1': { kind: 'Status', code: 404, reason: 'NotFound' } }, [], {
      'runs/example-1/attempts.jsonl': '{"task":"train","item":"main","index":0,"attempt":1,"pod":"a","queued":1}\n',
    }),
  },
  PL465: {
    severity: 'error',
    title: 'Cluster without Argo',
    message: (p: { server: string }) => `the cluster at ${p.server} has no Argo Workflows`,
    help: () => 'Run the pipeline as Jobs (`--target jobs`, the default), or have Argo Workflows installed.',
    explanation: 'The API server does not know the group `argoproj.io/v1alpha1`.',
    example: onArgo({ '/apis/argoproj.io/v1alpha1': { kind: 'Status', code: 404, reason: 'NotFound' } }),
  },
  PL466: {
    severity: 'warning',
    title: 'Workflow that has ended',
    message: (p: { run: string; pipeline: string }) =>
      `the Workflow of run ${p.run} has ended: what it did is told, and nothing runs again`,
    help: (p) =>
      `What is not done runs as Jobs, in the same folder: \`podloom run ${p.pipeline} --run ${p.run}\`. A new Workflow runs everything: \`podloom run ${p.pipeline} --target argo\`, or \`podloom cancel ${p.run}\` and the same command again.`,
    explanation: `A run under Argo is one Workflow, and Argo cannot skip items that are done. So the same command again, which goes on from an earlier run of Jobs,
follows a Workflow only while it is there: after its end it fetches what logs are still missing and exits as the Workflow did.`,
    example: onArgo({
      ...workflow(OURS, { phase: 'Failed' }),
      [WORKFLOWS]: {
        items: [Object.values(workflow(OURS, { phase: 'Failed' }))[0] as object],
        metadata: { resourceVersion: '1' },
      },
    }),
  },
});
