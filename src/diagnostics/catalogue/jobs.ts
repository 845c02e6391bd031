import { definitions } from '../definition.ts';

/** PL260…PL289: what Jobs, or those of the profile's Kubernetes, cannot mean. */
export const jobsDefinitions = definitions({
  PL260: {
    severity: 'error',
    title: 'S3 output on the jobs target',
    message: (p: { task: string; output: string }) =>
      `task "${p.task}" puts "${p.output}" into an S3 store, which nothing does for a plain Job`,
    help: () =>
      'Use Output.file on a shared volume, let the program upload the file, or synthesize for argo only (--target argo).',
    explanation:
      "Argo's executor uploads and downloads artifacts beside the program. A Job has nothing of that kind, and podloom puts no programs of its own beside yours.",
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Output, Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'train', { command: ['true'], outputs: { model: Output.s3('/tmp/model.pt', { bucket: 'models' }) } });
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
  PL261: {
    severity: 'warning',
    title: 'Backoff that Jobs do not take',
    message: (p: { task: string }) => `the \`backoff\` of task "${p.task}" has no effect on the jobs target`,
    help: () =>
      'Leave it out; Kubernetes waits 10 s before the first retry and twice as long before each next one, up to 10 minutes.',
    explanation:
      'The Job controller has one exponential backoff for all Jobs, from 10 s to 10 minutes (DefaultJobPodFailureBackOff and MaxJobPodFailureBackOff in pkg/controller/job/job_controller.go, v1.33).',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'fetch', { command: ['true'], retries: { limit: 3, backoff: { base: '5s' } } });
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
  PL262: {
    severity: 'error',
    title: 'Fan-out that this Kubernetes has no Job for',
    message: (p: { task: string; version: string; first: string }) =>
      `task "${p.task}" runs for each item, and Jobs of Kubernetes ${p.version} cannot retry and fail items one by one`,
    help: (p) =>
      `Use a profile with Kubernetes ${p.first} or newer, or have Argo loop over the items: at most some thousand of them, with argoStrategy 'loop' and --target argo.`,
    explanation:
      'Items need `backoffLimitPerIndex` and the action `FailIndex`: alpha in 1.28, on from 1.29 (KEP-3850). Without them the first item that is out of retries ends all others. The argo target has such Jobs for large fan-outs, and for those with `maxFailed` or a deadline.',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { forEach: Items.range(0, 3), command: ({ item }) => ['echo', item] });
`,
        'old.json': '{ "name": "old", "kubernetes": "1.28", "argo": "3.7", "nodes": [] }\n',
      },
      args: ['synth', '--target', 'jobs', '--profile', 'old.json'],
    },
  },
  PL263: {
    severity: 'warning',
    title: 'List that may not fit a termination message',
    message: (p: { task: string; output: string; maxItems: number; fit: number }) =>
      `the list "${p.output}" of task "${p.task}" may have ${p.maxItems} items; on the jobs target all of it must fit 4,096 bytes`,
    help: (p) =>
      `Set \`maxItems\` to at most ${p.fit} if the list is short, else synthesize for argo only (--target argo).`,
    explanation:
      'Values and lists leave the pod of a Job in the termination message of its container, and the kubelet keeps 4,096 bytes of it (core/v1 types.go, terminationMessagePath). The warning counts 16 bytes for an item.',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Output, Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'find', { command: ['true'], outputs: { shards: Output.list() } });
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
  PL264: {
    severity: 'error',
    title: 'Restart policy that loses failures',
    message: (p: { task: string; policy: string }) =>
      `the pod patch of task "${p.task}" sets restartPolicy ${p.policy}; Jobs of podloom need "Never"`,
    help: () => 'Take restartPolicy out of the patch and use `retries`.',
    explanation:
      '`podFailurePolicy` and `backoffLimitPerIndex` need `restartPolicy: Never` (ValidateJobSpec, pkg/apis/batch/validation/validation.go, v1.33). With OnFailure the logs of failed attempts are lost besides.',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'], podSpecPatch: { restartPolicy: 'OnFailure' } });
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
  PL265: {
    severity: 'error',
    title: 'Volume name of podloom',
    message: (p: { task: string; volume: string }) =>
      `task "${p.task}" has a volume called "${p.volume}", as one that podloom adds to pods`,
    help: () => 'Give the volume another name.',
    explanation:
      'podloom adds volumes for items, outputs, a shell and /dev/shm to pods that need them (`podloom-items`, `podloom-outputs`, `podloom-bin`, `podloom-shm`). Volumes of a pod are told apart by their names.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'], volumes: [Volume.emptyDir('podloom-items').mount('/data')] });`,
  },
  PL266: {
    severity: 'warning',
    title: 'Starting deadline that may skip every run',
    message: (p: { seconds: number }) =>
      `the schedule gives a run ${p.seconds} s to start; a CronJob is looked at only every 10 s, so runs may never start`,
    help: () => 'Set startingDeadline to 10 s or more.',
    explanation:
      'The CronJob controller checks its schedules every 10 seconds (kubernetes.io, "CronJob limitations": a value below 10 may keep it from being scheduled).',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', {
  image: 'busybox:1.37',
  schedule: { cron: '0 3 * * *', startingDeadline: '5s' },
});
new Task(p, 'show', { command: ['true'] });
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
  PL267: {
    severity: 'warning',
    title: 'Replicas above maxRunning',
    message: (p: { task: string; replicas: number; bound: number }) =>
      `task "${p.task}" has ${p.replicas} replicas and may run ${p.bound} pods at once; replicas wait for each other, so all of them start`,
    help: (p) => `Set maxRunning to ${p.replicas} or more, or take fewer replicas.`,
    explanation:
      'Ranks of one training job meet at start-up. With fewer than all of them it would wait for ever, so `parallelism` is the number of replicas.',
    example: {
      files: {
        'pipelines/example.ts': `import { App } from 'cdk8s';
import { Pipeline, Task } from 'podloom';
const p = new Pipeline(new App(), 'example', { image: 'busybox:1.37', maxRunning: 2 });
new Task(p, 'train', { command: ['true'], replicas: 4 });
`,
      },
      args: ['synth', '--target', 'jobs'],
    },
  },
});
