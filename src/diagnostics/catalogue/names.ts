import { definitions } from '../definition.ts';

/** PL020…PL039: names of pipelines, tasks and objects. */
export const nameDefinitions = definitions({
  PL020: {
    severity: 'error',
    title: 'Two tasks with one name',
    message: (p: { first: string; second: string; name: string }) =>
      `"${p.second}" and "${p.first}" both get the task name "${p.name}"`,
    help: () => 'Give one of them another id.',
    explanation:
      'A task is named after its construct path below the pipeline: lower-case, with `-` for all that is no letter or digit. Ids that differ only in those would share one Job.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'load data', { command: ['true'] });
new Task(p, 'Load-Data', { command: ['true'] });`,
  },
  PL021: {
    severity: 'error',
    title: 'Name that no Kubernetes object can have',
    message: (p: { what: string; name: string; kind: 'label' | 'subdomain' }) =>
      `${p.what} "${p.name}" is not a name that a Kubernetes object can have`,
    help: (p) =>
      p.kind === 'label'
        ? 'Use at most 63 lower-case letters, digits and "-", with a letter or digit at both ends.'
        : 'Use at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each part.',
    explanation:
      'Names of namespaces are RFC 1123 labels, names of Secrets, ConfigMaps, claims, service accounts and priority classes RFC 1123 subdomains (apimachinery pkg/api/validation/generic.go, v1.33).',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', serviceAccount: 'Train_Bot' });
new Task(p, 'show', { command: ['true'] });`,
  },
  PL022: {
    severity: 'error',
    title: 'Name too long for what is made of it',
    message: (p: { what: string; name: string; length: number; max: number; because: string }) =>
      `${p.what} "${p.name}" is too long: ${p.because} is ${p.length} characters, and at most ${p.max} fit`,
    help: (p) =>
      `Take ${p.length - p.max} character${p.length - p.max === 1 ? '' : 's'} away from the name of the task or of the pipeline.`,
    explanation:
      'Pods of an Indexed Job get the host name `<job>-<index>`, and the API server refuses a Job whose `<name>-<completions-1>` is no DNS label (63 characters); the Job is named `<pipeline>-<task>-<run>`. Names of a CronJob and of a CronWorkflow have at most 52 characters, because their runs get 11 more (kubernetes pkg/apis/batch/validation/validation.go, v1.33; argo-workflows workflow/validate/validate.go, v4.0).',
    example: `const p = new Pipeline(app, 'a-pipeline-with-a-name-that-says-everything-about-its-purpose', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'] });`,
  },
  PL023: {
    severity: 'error',
    title: 'Two pipelines with one name',
    message: (p: { name: string }) => `two pipelines are called "${p.name}"`,
    help: () => 'Give one of them another id.',
    explanation:
      'A pipeline is named after its construct path. Its name is that of its files in `dist/` and of its objects in the cluster.',
    example: {
      files: {
        'pipelines/one.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'] });
`,
        'pipelines/two.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'] });
`,
      },
    },
  },
  PL024: {
    severity: 'error',
    title: 'Tasks of two pipelines share a Job',
    message: (p: { job: string; first: string; second: string }) =>
      `"${p.second}" and "${p.first}" would both be the Job "${p.job}"`,
    help: () => 'Rename one of the tasks or pipelines.',
    explanation:
      'A Job is named `<pipeline>-<task>`. Both names may have `-` in them, so different pairs can join to one name.',
    example: `const a = new Pipeline(app, 'train', { image: 'busybox:1.37' });
new Task(a, 'big-model', { command: ['true'] });
const b = new Pipeline(app, 'train-big', { image: 'busybox:1.37' });
new Task(b, 'model', { command: ['true'] });`,
  },
  PL025: {
    severity: 'error',
    title: 'Reserved pipeline name',
    message: (p: { name: string }) => `a pipeline cannot be called "${p.name}"`,
    help: () => 'Give the pipeline another id.',
    explanation:
      'Pipelines name their files in `dist/`, and podloom writes `kustomization.yaml` and `priority-classes.yaml` there itself.',
    example: `const p = new Pipeline(app, 'kustomization', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'] });`,
  },
  PL026: {
    severity: 'error',
    title: 'Name that is no DNS name of a Service',
    message: (p: { task: string; service: string }) =>
      `task "${p.task}" has replicas, and their Service would be called "${p.service}", which does not start with a letter`,
    help: () => 'Let the id of the pipeline start with a letter.',
    explanation:
      'Replicas find each other through a headless Service `<pipeline>-<task>`. Names of Services are RFC 1035 labels: they start with a letter (kubernetes pkg/apis/core/validation/validation.go, ValidateServiceName, v1.33).',
    example: `const p = new Pipeline(app, '3d-model', { image: 'busybox:1.37' });
new Task(p, 'train', { command: ['true'], replicas: 2 });`,
  },
});
