import { definitions, type Example } from '../definition.ts';

const KUBECONFIG = `apiVersion: v1
kind: Config
current-context: lab
contexts: [{ name: lab, context: { cluster: lab, user: me, namespace: vision } }]
clusters: [{ name: lab, cluster: { server: 'http://127.0.0.1:8001' } }]
users: [{ name: me, user: { token: secret } }]
`;

const pipeline = (
  props: string,
  more: string,
): string => `import { ${more.includes('ApiObject') ? 'ApiObject, App' : 'App'} } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const app = new App();
const p = new Pipeline(app, 'example', { image: 'busybox:1.37'${props} });
new Task(p, 'train', { command: ['true'] });
${more}`;

const everything = {
  status: {
    incomplete: false,
    resourceRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    nonResourceRules: [],
  },
};

/** A command on a cluster that answers so. */
function onCluster(
  args: readonly string[],
  server: { readonly [path: string]: unknown },
  props = '',
  more = '',
): Example {
  return {
    files: { 'lab.kubeconfig': KUBECONFIG, 'pipelines/example.ts': pipeline(props, more) },
    args: [...args, '--kubeconfig', 'lab.kubeconfig'],
    server: {
      '/version': { major: '1', minor: '36', gitVersion: 'v1.36.3' },
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': everything,
      ...server,
    },
  };
}

const RUN = ['run', 'example', '--run', 'example-1'];
const CONFIG_MAPS = '/api/v1/namespaces/vision/configmaps';

export interface Rule {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

const ruleWords = ({ group, resource, verbs }: Rule): string =>
  `${verbs.join(', ')} ${resource}${group === '' ? '' : `.${group}`}`;
const ruleYaml = ({ group, resource, verbs }: Rule): string =>
  `{ apiGroups: [${JSON.stringify(group)}], resources: [${JSON.stringify(resource)}], verbs: ${JSON.stringify(verbs)} }`;

/** PL450…PL489: runs in a cluster, and what is applied to it. */
export const runnerDefinitions = definitions({
  PL307: {
    severity: 'error',
    title: 'Run is going on elsewhere',
    message: ({ run, holder }: { run: string; holder: string }) =>
      `run "${run}" is in the hands of another runner: ${holder}`,
    help: () =>
      'wait for it or end it there (host/process/random), or take another --run name; its Jobs go on by themselves',
    explanation: `A runner renews a Lease (coordination.k8s.io) every ten seconds while it has a run. Another one that starts, or that
comes back after it could not reach the cluster, sees that and leaves the run alone. A Lease that was not renewed for 30 s is taken over.`,
    example: onCluster(RUN, {
      [CONFIG_MAPS]: { metadata: { name: 'example-run', uid: '1', labels: { 'podloom.dev/run': 'example-1' } } },
      '/apis/batch/v1/namespaces/vision/jobs': { metadata: { name: 'example-train' } },
      '/apis/coordination.k8s.io/v1/namespaces/vision/leases/example-run-bb7d0cf1': {
        metadata: { name: 'example-run-bb7d0cf1', resourceVersion: '7' },
        spec: { holderIdentity: 'login-2/4711/9f3b01aa', leaseDurationSeconds: 0 },
      },
    }),
  },
  PL450: {
    severity: 'error',
    title: 'Permission that is missing',
    message: (p: { rules: readonly Rule[]; where: string; role: string }) =>
      `the API server does not let you ${p.rules.map(ruleWords).join('; ')} in ${p.where}`,
    help: (p) => `\`${p.role}\` prints all that has to be allowed; missing is ${p.rules.map(ruleYaml).join(', ')}.`,
    explanation: `Before the first write podloom asks the API server what you may do (SelfSubjectRulesReview, and SelfSubjectAccessReview where
that is not complete: https://kubernetes.io/docs/reference/access-authn-authz/authorization/), so that nothing is made by halves.`,
    example: onCluster(RUN, {
      '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': {
        status: { incomplete: false, resourceRules: [{ apiGroups: [''], resources: ['*'], verbs: ['*'] }] },
      },
      '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': { status: { allowed: false } },
    }),
  },
  PL451: {
    severity: 'error',
    title: 'Namespace that is not there',
    message: (p: { namespace: string }) => `there is no namespace ${JSON.stringify(p.namespace)} in the cluster`,
    help: (p) => `Make it (\`kubectl create namespace ${p.namespace}\`), or name another with --namespace.`,
    explanation:
      'podloom never makes a namespace by itself: a misspelt one would be made without a word. The namespace is that of --namespace, else of the pipeline, else of the context.',
    example: onCluster(RUN, {
      [CONFIG_MAPS]: {
        ...{ kind: 'Status', code: 404, reason: 'NotFound', message: 'namespaces "vision" not found' },
        details: { name: 'vision', kind: 'namespaces' },
      },
    }),
  },
  PL452: {
    severity: 'error',
    title: 'Fields that somebody else manages',
    message: (p: { object: string; conflicts: readonly string[] }) => `${p.object}: ${p.conflicts.join('; ')}`,
    help: () =>
      'See who that is; --force-conflicts takes the fields over. Two tools that manage one field change it back and forth.',
    explanation:
      'The API server keeps who manages which field (https://kubernetes.io/docs/reference/using-api/server-side-apply/). podloom applies as field manager `podloom`, and takes nothing over unasked.',
    example: onCluster(
      RUN,
      {
        [CONFIG_MAPS]: {},
        '/api/v1/namespaces/vision/secrets/login': {
          ...{ kind: 'Status', code: 409, reason: 'Conflict', message: 'Apply failed with 1 conflict' },
          details: {
            causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "helm" using v1', field: '.type' }],
          },
        },
      },
      '',
      "new ApiObject(p, 'login', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, type: 'Opaque' });\n",
    ),
  },
  PL453: {
    severity: 'error',
    title: 'Quota that is used up',
    message: (p: { object: string; problem: string }) => `${p.object}: ${p.problem}`,
    help: () => 'Wait until other work ends, ask for a higher ResourceQuota, or use another namespace.',
    explanation:
      'A ResourceQuota of the namespace bounds how many objects there may be, or what pods ask for in sum (https://kubernetes.io/docs/concepts/policy/resource-quotas/).',
    example: onCluster(RUN, {
      [CONFIG_MAPS]: {
        ...{ kind: 'Status', code: 403, reason: 'Forbidden' },
        message:
          'configmaps "example-run-5" is forbidden: exceeded quota: small, requested: count/configmaps=1, used: count/configmaps=5, limited: count/configmaps=5',
      },
    }),
  },
  PL454: {
    severity: 'error',
    title: 'Object that the API server does not take',
    message: (p: { object: string; problem: string; immutable: boolean }) =>
      p.immutable ? `${p.object} is there already, and ${p.problem}` : `${p.object}: ${p.problem}`,
    help: (p) =>
      p.immutable
        ? 'Delete the object in the cluster and apply again, when nothing uses it; or give it another name.'
        : 'Correct the object; if podloom made all of it, --profile may name another version than the cluster has.',
    explanation:
      'The API server checks objects beyond what schemas say, refuses fields that it does not know (field validation is strict), and lets some fields never change.',
    example: onCluster(RUN, {
      [CONFIG_MAPS]: {
        ...{ kind: 'Status', code: 422, reason: 'Invalid' },
        message: 'ConfigMap "example-run-5" is invalid: metadata.labels: Invalid value',
      },
    }),
  },
  PL455: {
    severity: 'error',
    title: 'Context that the pipeline does not go to',
    message: (p: { pipeline: string; context: string; contexts: readonly string[] }) =>
      `pipeline "${p.pipeline}" goes to the contexts ${p.contexts.join(', ')} only, and this is ${JSON.stringify(p.context)}`,
    help: () => 'Name one of them with --context, or add this one to `contexts` of the pipeline.',
    explanation:
      'A pipeline can say which contexts of the kubeconfig it may go to (`contexts`, where `*` stands for any characters), so that nobody runs it on the wrong cluster because of what the current context happens to be.',
    example: onCluster(RUN, {}, ", contexts: ['prod-*']"),
  },
  PL456: {
    severity: 'error',
    title: 'Run that cannot be prepared',
    message: (p: { problem: string }) => p.problem,
    help: () => 'Give the run another name (--run), or remove what is there.',
    explanation:
      "What belongs to a run is called after it and has its label. An object of that name that is not of the run is somebody else's, and podloom leaves it alone.",
    example: onCluster(
      RUN,
      {
        [CONFIG_MAPS]: { kind: 'Status', code: 409, reason: 'AlreadyExists', message: 'it already exists' },
        [`${CONFIG_MAPS}/example-run-bb7d0cf1`]: { metadata: { name: 'example-run-bb7d0cf1', uid: '1' } },
        [`${CONFIG_MAPS}/example-parameters-bb7d0cf1`]: {
          kind: 'ConfigMap',
          metadata: { name: 'example-parameters-bb7d0cf1' },
        },
        '/apis/batch/v1/namespaces/vision/jobs': {},
        '/apis/coordination.k8s.io/v1/namespaces/vision/leases': {
          kind: 'Status',
          code: 403,
          reason: 'Forbidden',
          message: 'no',
        },
      },
      ', parameters: { rate: 1 }',
    ),
  },
  PL457: {
    severity: 'error',
    title: 'No such log',
    message: (p: { what: string; run: string; problem: string }) =>
      `run ${p.run} has no log of ${JSON.stringify(p.what)}: ${p.problem}`,
    help: (p) =>
      `\`podloom status ${p.run}\` shows its tasks; write task/item as the names of the files in its folder are.`,
    explanation:
      'The logs of a run are in its folder, `<task>/<item>.log` or `.err`; of a task without items the item is `main`. What runs in a cluster and is not here yet is read from its pod.',
    example: {
      files: {
        'runs/words/run.json':
          '{"version":1,"pipeline":"words","run":"words","engine":"local","parameters":{},"status":"failed","started":0,"tasks":[]}\n',
        'runs/words/count/main.err': 'no such file\n',
      },
      args: ['logs', 'cuont', '--run', 'words'],
    },
  },
});
