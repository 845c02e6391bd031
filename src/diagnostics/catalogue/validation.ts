import { definitions, type Example } from '../definition.ts';
import { manifestDefinitions } from './validation-manifests.ts';

/** A pipeline with one task that has these further properties. */
const withTask = (props: string, target: 'argo' | 'jobs'): Example => ({
  files: {
    'pipelines/hello.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';

const app = new App();
const hello = new Pipeline(app, 'hello', { image: 'busybox:1.37' });
new Task(hello, 'greet', {
  command: ['echo', 'hello'],
  ${props},
});
`,
  },
  args: ['synth', '--target', target],
});

export interface Where {
  /** In words: `Job "train"`. */
  readonly object: string;
  /** `spec.template.spec.containers[0].image` */
  readonly path: string;
}

export interface Versioned extends Where {
  readonly product: string;
  /** Of the profile. */
  readonly version: string;
}

/** Schemas and versions. Limits, names and files are in validation-manifests.ts. */
export const validationDefinitions = definitions({
  PL310: {
    severity: 'error',
    title: 'Unknown field in a manifest',
    message: ({ object, path }: Where & { readonly help: string }) =>
      `${object} has ${path}, which is not a field there.`,
    help: ({ help }) => help,
    explanation: `Every object is checked against the schema of its kind (Kubernetes 1.36, Argo Workflows 4.1) before it is written.
The API server drops unknown fields without a word, unless it is asked for strict validation, so that a misspelt field has no effect.`,
    example: withTask('jobPatch: { spec: { backofLimit: 2 } }', 'jobs'),
  },
  PL311: {
    severity: 'error',
    title: 'Wrong value in a manifest',
    message: ({
      object,
      path,
      expected,
      value,
    }: Where & { readonly expected: string; readonly value: string; readonly help: string }) =>
      `${object}: ${path === '' ? 'it' : path} must be ${expected}, and is ${value}.`,
    help: ({ help }) => help,
    explanation: `The value does not fit the schema of the object's kind: another type, not one of the allowed words, or out of range. The API
server would refuse the object. A quantity is text or a number; fields such as \`maxUnavailable\` take a whole number or text.`,
    example: withTask(`jobPatch: { spec: { backoffLimit: '2' } }`, 'jobs'),
  },
  PL312: {
    severity: 'error',
    title: 'Missing field in a manifest',
    message: ({ object, path }: Where) => `${object} lacks ${path}, which must be there.`,
    help: () => 'Add the field.',
    explanation: `The schema of the object's kind requires the field, and the API server would refuse the object without it.`,
    example: withTask(`jobPatch: { spec: { selector: { matchExpressions: [{ key: 'app' }] } } }`, 'jobs'),
  },
  PL313: {
    severity: 'error',
    title: 'Field newer than the cluster',
    message: ({ object, path, product, version, since }: Versioned & { readonly since: string }) =>
      `${object}: ${path} came with ${product} ${since}, and the profile has ${version}.`,
    help: ({ product, since }) =>
      `Leave it out, or set ${product} to ${since} or newer in the profile when the cluster has it.`,
    explanation: `Not every version of Kubernetes and Argo Workflows knows every field, and older ones drop it or refuse the object. When each field
came is in \`src/validate/since.ts\`, with its sources; the versions of your cluster are in the profile (default: Kubernetes 1.33, Argo 4.0).`,
    example: withTask(`jobPatch: { spec: { template: { spec: { hostnameOverride: 'worker' } } } }`, 'jobs'),
  },
  PL314: {
    severity: 'warning',
    title: 'Field that is off by default',
    message: ({
      object,
      path,
      version,
      gate,
    }: Versioned & { readonly gate: string; readonly enabled: string | undefined }) =>
      `${object}: ${path} has no effect in Kubernetes ${version} unless the feature gate ${gate} is on.`,
    help: ({ enabled, gate }) =>
      enabled === undefined
        ? `Turn ${gate} on in the cluster, or leave the field out.`
        : `Turn ${gate} on in the cluster, use Kubernetes ${enabled} or newer, where it is on by default, or leave the field out.`,
    explanation: `Kubernetes has the field behind a feature gate that is off by default in this version: the API server then drops the field silently
(pkg/features/kube_features.go of Kubernetes 1.36).`,
    example: withTask(`jobPatch: { spec: { template: { spec: { resources: { limits: { cpu: '4' } } } } } }`, 'jobs'),
  },
  PL315: {
    severity: 'error',
    title: 'Field that was removed',
    message: ({
      object,
      path,
      product,
      version,
      removed,
    }: Versioned & { readonly removed: string; readonly instead: string | undefined }) =>
      `${object}: ${path} was removed in ${product} ${removed}, and the profile has ${version}.`,
    help: ({ instead }) =>
      instead === undefined
        ? 'Leave it out.'
        : `Write ${JSON.stringify(instead)} instead, which all supported versions have.`,
    explanation: `Argo Workflows 4.0 removed the singular \`schedule\` of CronWorkflows and the singular \`mutex\` and \`semaphore\` of
synchronization (docs/upgrading.md of Argo Workflows 4.0).`,
    example: withTask(`argoTemplatePatch: { synchronization: { mutex: { name: 'one' } } }`, 'argo'),
  },
  ...manifestDefinitions,
});
