import { definitions, type Example } from '../definition.ts';

/** A pipeline with an object of the user's own beside its task. */
const withObject = (props: string, target: 'argo' | 'jobs'): Example => ({
  files: {
    'pipelines/hello.ts': `import { ApiObject, App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';

const app = new App();
const hello = new Pipeline(app, 'hello', { image: 'busybox:1.37' });
new Task(hello, 'greet', { command: ['echo', 'hello'] });
new ApiObject(hello, 'extra', ${props});
`,
  },
  args: ['synth', '--target', target],
});

const withFile = (text: string): Example => ({ files: { 'manifest.yaml': text }, args: ['validate', 'manifest.yaml'] });

const job = (fields: string, metadata = `name: 'again'`): string => `{
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { ${metadata} },
  spec: {
    ${fields}template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1.37' }] } },
  },
}`;

/** Limits, names, GitOps and files: part of the catalogue of validation. */
export const manifestDefinitions = definitions({
  PL316: {
    severity: 'error',
    title: 'API version that is not served',
    message: ({
      object,
      apiVersion,
    }: {
      readonly object: string;
      readonly apiVersion: string;
      readonly kind: string;
      readonly served: string;
    }) => `${object} has the apiVersion ${JSON.stringify(apiVersion)}, which no supported version serves.`,
    help: ({ kind, served }) => `Write "apiVersion: ${served}", which has ${kind} in all supported versions.`,
    explanation: `Kubernetes removes the beta versions of an API some releases after the stable one is there (deprecation guide, kubernetes.io). podloom
checks the stable versions of the kinds that it knows; kinds of other groups are accepted as they are.`,
    example: withObject(`{ apiVersion: 'batch/v1beta1', kind: 'Job', metadata: { name: 'old' } }`, 'jobs'),
  },
  PL317: {
    severity: 'error',
    title: 'Object too large for the API server',
    message: ({
      object,
      what,
      size,
      limit,
    }: {
      readonly object: string;
      readonly what: string;
      readonly size: number;
      readonly limit: number;
    }) => `${object} is too large: ${what} ${size} bytes, and at most ${limit} fit.`,
    help: () => 'Split it, or keep large content in a volume or an object store and put only its address here.',
    explanation: `The data of a ConfigMap or Secret may have 1 MiB (core/v1 types.go), all annotations of an object 256 KiB (apimachinery, objectmeta.go),
a Workflow or WorkflowTemplate 1 MiB (Argo's own limit), and etcd takes no request above 1.5 MiB (etcd documentation, system limits).`,
    example: withObject(
      `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { text: 'x'.repeat(1_200_000) } }`,
      'jobs',
    ),
  },
  PL318: {
    severity: 'warning',
    title: 'Too large for client-side apply',
    message: ({ file, object, size }: { readonly file: string; readonly object: string; readonly size: number }) =>
      `${JSON.stringify(file)} cannot be applied with plain "kubectl apply": ${object} has ${size} bytes.`,
    help: () =>
      'Apply it with "kubectl apply --server-side" (Argo CD: ServerSideApply=true), or make the object smaller.',
    explanation: `Without \`--server-side\`, kubectl stores the whole object in the annotation \`kubectl.kubernetes.io/last-applied-configuration\`, and all
annotations together may have 262144 bytes. Reported once for a file, for its largest object.`,
    example: withObject(
      `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'big' }, data: { text: 'x'.repeat(300_000) } }`,
      'argo',
    ),
  },
  PL320: {
    severity: 'error',
    title: 'Bad label or annotation',
    message: ({
      object,
      path,
      what,
      problem,
    }: {
      readonly object: string;
      readonly path: string;
      readonly what: string;
      readonly problem: string;
    }) => `${object}: ${path}: ${what} ${problem}.`,
    help: () => 'Change it. Free text belongs in the value of an annotation.',
    explanation: `Keys of labels and annotations are \`name\` or \`prefix/name\`, the name and the values of labels at most 63 letters, digits, \`-\`, \`_\` and \`.\`
(kubernetes.io, "Labels and Selectors").`,
    example: withObject(
      `{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'notes', labels: { owner: 'the vision team' } } }`,
      'jobs',
    ),
  },
  PL321: {
    severity: 'error',
    title: 'Bad object name',
    message: ({ kind, name, rule }: { readonly kind: string; readonly name: string; readonly rule: string }) =>
      `${kind} ${JSON.stringify(name)} has a name that the API server refuses: it must be ${rule}.`,
    help: () => 'Give it another name.',
    explanation: `Most names are DNS subdomains of at most 253 characters; those of Services, Namespaces and Jobs have 63, those of CronJobs and
CronWorkflows 52, because the names of what they make are longer (kubernetes.io, "Object Names and IDs").`,
    example: withObject(`{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'My_Notes' } }`, 'jobs'),
  },
  PL322: {
    severity: 'error',
    title: 'Self-deleting object in GitOps output',
    message: ({ object, field }: { readonly object: string; readonly field: string }) =>
      `${object} sets ${field}, and its file is for GitOps: the controller would make it again after each deletion, and it would run again.`,
    help: () => 'Remove the field here; finished runs are removed by what starts them.',
    explanation: `A self-healing GitOps controller (Argo CD, Flux) keeps the cluster as the repository says. An object that deletes itself when it is
done is missing then, so it is made again.`,
    example: withObject(job('ttlSecondsAfterFinished: 60,\n    '), 'argo'),
  },
  PL323: {
    severity: 'error',
    title: 'Generated name in GitOps output',
    message: ({ object }: { readonly object: string }) =>
      `${object} has metadata.generateName, and its file is for GitOps.`,
    help: () => 'Give it a fixed name with metadata.name.',
    explanation: `\`kubectl apply\`, Argo CD and Flux find an object by its name; with \`generateName\` every application makes one more object, or fails.`,
    example: withObject(job('', `name: 'again', generateName: 'again-'`), 'argo'),
  },
  PL324: {
    severity: 'error',
    title: 'Not a Kubernetes object',
    message: ({ what, problem }: { readonly what: string; readonly problem: string }) =>
      `${what} is no Kubernetes object: ${problem}.`,
    help: () => 'Write an object with apiVersion, kind and metadata.',
    explanation:
      'Each document of a file, and each manifest in an Argo `resource` template, is one object or several documents with one each.',
    example: withFile('- one\n- two\n'),
  },
  PL325: {
    severity: 'error',
    title: 'File is no valid YAML',
    message: ({ problem }: { readonly problem: string }) => `This is no valid YAML: ${problem.replace(/[.:]$/, '')}.`,
    help: ({ problem }) =>
      problem.startsWith('Missing closing')
        ? 'Close the quotes. A quoted text of several lines must be indented more than its key.'
        : 'Correct the text at this place.',
    explanation: 'Files are read as kubectl reads them: YAML 1.1 with several documents, no key twice in one object.',
    example: withFile('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: twice\n  name: again\n'),
  },
  PL327: {
    severity: 'error',
    title: 'kubeconform refuses a manifest',
    message: ({ object, problem }: { readonly object: string; readonly problem: string }) =>
      `kubeconform refuses ${object}: ${problem}`,
    help: () =>
      'Correct the manifest. kubeconform uses the same schemas as podloom, and reads YAML as Kubernetes does.',
    explanation: `\`podloom validate\` runs kubeconform (github.com/yannh/kubeconform) in strict mode over the files as a second, independent opinion. It is
only reported where podloom's own validation found nothing.`,
    example: withFile('apiVersion: example.com/v1\nkind: Limit\nmetadata:\n  name: endless\nspec:\n  seconds: .inf\n'),
  },
  PL328: {
    severity: 'error',
    title: 'Manifest that the cluster refuses',
    message: ({
      object,
      path,
      problem,
    }: {
      readonly object: string;
      readonly path: string;
      readonly problem: string;
    }) => `${object}: ${path} ${problem}.`,
    help: () =>
      'Correct it in the prop, patch or object that it comes from: the cluster would refuse the whole object.',
    explanation: `Each field is of its kind here, but not all of them go together: a mount names no volume, a limit is below its request, a rule
takes no values. These are the rules of ValidatePodSpec, ValidateJobSpec and what they call (pkg/apis/core/validation and pkg/apis/batch/validation
of Kubernetes 1.36) that hold in all supported versions; pods of Argo templates are held against them too, and workflows against what Argo's own
validation refuses (workflow/validate of Argo 3.7). They are tested against a real API server and against Argo.`,
    example: {
      files: {
        'pipelines/hello.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';

const app = new App();
const hello = new Pipeline(app, 'hello', { image: 'busybox:1.37' });
new Task(hello, 'greet', {
  command: ['echo', 'hello'],
  podSpecPatch: { containers: [{ name: 'main', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
});
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
});
