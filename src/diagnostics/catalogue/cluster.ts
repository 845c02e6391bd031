import { definitions } from '../definition.ts';

/** A kubeconfig for the examples; what the server answers is in `server`. */
function kubeconfig(user = '{ token: secret }', server = 'http://127.0.0.1:8001'): string {
  return `apiVersion: v1
kind: Config
current-context: lab
contexts: [{ name: lab, context: { cluster: lab, user: me } }]
clusters: [{ name: lab, cluster: { server: '${server}' } }]
users: [{ name: me, user: ${user} }]
`;
}

/** `podloom profile` on a cluster that answers so. */
function onCluster(server: { readonly [path: string]: unknown }, config = kubeconfig()) {
  return {
    files: { 'cluster.kubeconfig': config },
    args: ['profile', '--kubeconfig', 'cluster.kubeconfig'],
    server: {
      '/version': { major: '1', minor: '36', gitVersion: 'v1.36.3' },
      '/apis': { groups: [] },
      '/api/v1/nodes': { items: [] },
      '/apis/scheduling.k8s.io/v1/priorityclasses': { items: [] },
      ...server,
    },
  };
}
const withArgo = {
  '/apis': { groups: [{ name: 'argoproj.io', versions: [{ groupVersion: 'argoproj.io/v1alpha1' }] }] },
  '/apis/argoproj.io/v1alpha1': { resources: [{ name: 'workflowtemplates' }] },
};
const deployment = (image: string) => ({ items: [{ spec: { template: { spec: { containers: [{ image }] } } } }] });
const forbidden = (what: string) => ({
  kind: 'Status',
  code: 403,
  reason: 'Forbidden',
  message: `${what} is forbidden: User "me" cannot list resource "${what}" in API group "" at the cluster scope`,
});
const profileSource = 'What `podloom profile` reads: https://kubernetes.io/docs/reference/using-api/. ';

/** PL400…PL429: clusters: reaching them, what they may tell, what they have. */
export const clusterDefinitions = definitions({
  PL400: {
    severity: 'error',
    title: 'No way to the cluster',
    message: (p: { problem: string; help: string }) => p.problem,
    help: (p) => p.help,
    explanation: `Which cluster is meant, and as whom, is in the kubeconfig, as for kubectl: \`--kubeconfig\`, else the files of KUBECONFIG, else
\`~/.kube/config\`, else the service account of the pod that podloom runs in; its current context or the one of \`--context\`. Credential plugins
(\`exec\`) are run; of the older auth-providers only the token of \`oidc\` is used, as long as it holds. Proxies (\`proxy-url\`) have to speak HTTP.`,
    example: {
      files: { 'cluster.kubeconfig': kubeconfig() },
      args: ['profile', '--kubeconfig', 'cluster.kubeconfig', '--context', 'labs'],
    },
  },
  PL401: {
    severity: 'error',
    title: 'Cluster out of reach',
    message: (p: { server: string; problem: string }) => `the API server ${p.server} cannot be reached: ${p.problem}`,
    help: () =>
      'Check that the cluster is up, the network (VPN, proxy), and the certificate authority of the kubeconfig.',
    explanation:
      'The connection was refused, cut or timed out, or the certificate of the server is not signed by the authority that the kubeconfig names, or is for another host (`tls-server-name`).',
    example: {
      files: { 'cluster.kubeconfig': kubeconfig('{}', 'https://127.0.0.1:9') },
      args: ['profile', '--kubeconfig', 'cluster.kubeconfig'],
    },
  },
  PL402: {
    severity: 'error',
    title: 'Refused by the API server',
    message: (p: { request: string; status: number; problem: string }) =>
      `the API server answered ${p.request} with ${p.status}: ${p.problem}`,
    help: (p) =>
      p.status === 401
        ? 'Get new credentials: log in again, or correct the user of the kubeconfig.'
        : 'See what the server says; its log may say more.',
    explanation:
      '401 means that the server does not know the credentials, 403 that it does, and that they are not enough, 5xx that it has troubles of its own. Requests that may be repeated were, a few times.',
    example: onCluster({ '/version': { kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' } }),
  },
  PL403: {
    severity: 'warning',
    title: 'Part of the cluster that may not be read',
    message: (p: { what: string; problem: string }) =>
      `${p.what} may not be read, so the profile does not know them: ${p.problem}`,
    help: () =>
      'Ask an administrator for `kubectl create clusterrole podloom-profile --verb=list --resource=nodes,priorityclasses.scheduling.k8s.io` and `kubectl create clusterrolebinding podloom-profile --clusterrole=podloom-profile --user=<you>`.',
    explanation: `${profileSource}Nodes and PriorityClasses are cluster-scoped, and many users may not list them. Without nodes nothing about GPUs, room and spread is
checked; without PriorityClasses every name of one is taken to be right. An administrator can run the command once and give the file to all.`,
    example: onCluster({ '/api/v1/nodes': forbidden('nodes') }),
  },
  PL404: {
    severity: 'error',
    title: 'Kubernetes too old',
    message: (p: { version: string; oldest: string }) => `the cluster has Kubernetes ${p.version}`,
    help: (p) => `podloom makes manifests for ${p.oldest} and newer.`,
    explanation:
      'Indexed Jobs, with their limits and failure policies, are what the manifests stand on; versions before 1.28 lack too much of them.',
    example: onCluster({ '/version': { major: '1', minor: '27+', gitVersion: 'v1.27.9-eks-1' } }),
  },
  PL405: {
    severity: 'warning',
    title: 'Version that podloom does not know',
    message: (p: { product: string; version: string; taken: string }) =>
      `the cluster has ${p.product} ${p.version}; the profile says ${p.taken}, the nearest that podloom knows`,
    help: () => 'Look for a newer podloom, or a newer cluster.',
    explanation:
      'What each version has is in `src/validate/since.ts`. Newer versions understand what older ones did, apart from what was removed; of older versions than those it may emit what they do not know.',
    example: onCluster({
      ...withArgo,
      '/apis/apps/v1/deployments': deployment('quay.io/argoproj/workflow-controller:v3.5.2'),
    }),
  },
  PL406: {
    severity: 'warning',
    title: 'Version of Argo that cannot be found out',
    message: (p: { taken: string }) =>
      `which Argo Workflows the cluster has cannot be found out; the profile says ${p.taken}`,
    help: () => 'Write the right one into the profile: `argo: "3.7"`, `"4.0"` or `"4.1"`.',
    explanation: `The version is in the tag of the image of Argo's controller (a Deployment, which one has to be allowed to list). Where that is not to be had, the fields
of the installed WorkflowTemplate tell 3.7, 4.0 and 4.1 apart, but only the full CRDs have fields (Argo's \`manifests/base/crds/full\`).`,
    example: onCluster({ ...withArgo, '/apis/apps/v1/deployments': { items: [] } }),
  },
  PL407: {
    severity: 'warning',
    title: 'Target that the cluster cannot run',
    message: (p: { target: string; profile: string; needs: string }) =>
      `the target ${p.target} needs ${p.needs}, which the profile "${p.profile}" does not have`,
    help: (p) => `Use \`--target jobs\`, or install ${p.needs} and read the profile again.`,
    explanation:
      'The profile lists the kinds that are installed (`crds`), and Argo\'s are not among them: the API server would refuse each object ("no matches for kind").',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const app = new App();
const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'train', { command: ['true'] });
`,
        'cluster.yaml': 'name: lab\ncrds: []\n',
      },
      args: ['synth', '--profile', 'cluster.yaml'],
    },
  },
});
