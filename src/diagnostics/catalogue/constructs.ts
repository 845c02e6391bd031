import { definitions } from '../definition.ts';

/** PL350…PL379: what users wrote in the props of a Pipeline or Task and that cannot be read as it stands. */
export const constructDefinitions = definitions({
  PL350: {
    severity: 'error',
    title: 'Reference from elsewhere',
    message: (p: { what: string; use: string }) => `${p.use} uses ${p.what}, which is not known there`,
    help: () =>
      'Use the item and index that the function of this task gets, parameters of this pipeline, and outputs of its tasks.',
    explanation:
      'A reference has a value only in the pods of its own task (items), run (parameters, outputs of the same pipeline). A reference that was kept in a variable and used in another task or pipeline would be empty there.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const letters = Items.of('a', 'b');
const digits = Items.of('1', '2');
new Task(p, 'show', { forEach: letters, command: () => ['echo', digits.item] });`,
  },
  PL351: {
    severity: 'error',
    title: 'Damaged reference or reserved character',
    message: (p: { use: string }) => `${p.use} has a damaged reference, or the reserved character U+E000 or U+E001`,
    help: () =>
      'Put the reference itself into the text, as in `--out=${index}`; do not cut, pad or change the text that it stands for.',
    explanation:
      'Inside a template literal a reference is a marker between the private characters U+E000 and U+E001. Cutting such a text (slice, replace, padEnd) destroys the marker.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { forEach: Items.of('a', 'b'), command: ({ item }) => ['echo', \`\${item}\`.slice(0, 2)] });`,
  },
  PL352: {
    severity: 'error',
    title: 'List of a batch inside a text',
    message: (p: { use: string }) => `${p.use} has the list of a batch inside a text`,
    help: () =>
      "Join it (`item.join(',')`), or give it as an argument of its own, which becomes one argument for each item.",
    explanation:
      'The items of a batch are a list. What stands between them in a text is for the author of the pipeline to say.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { forEach: Items.of('a', 'b', 'c').batch(2), command: ({ item }) => ['echo', \`all: \${item}\`] });`,
  },
  PL353: {
    severity: 'error',
    title: 'A value of the wrong kind',
    message: (p: { prop: string; found: string; wanted: string }) =>
      `\`${p.prop}\` is ${p.found}; it has to be ${p.wanted}`,
    help: (p) => `Write ${p.wanted} for \`${p.prop}\`. TypeScript's own check of the file says the same.`,
    explanation:
      'podloom runs pipelines without checking their types; what would be a type error is found here again, also for JavaScript.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: 'echo hello' as never });`,
  },
  PL354: {
    severity: 'error',
    title: 'A value that cannot be parsed',
    message: (p: { prop: string; problem: string; hint: string }) => `\`${p.prop}\`: ${p.problem}`,
    help: (p) => p.hint,
    explanation:
      'Durations are numbers of seconds or texts like `90s`, `15m`, `1h30m`, in whole seconds, because no field of Kubernetes or Argo that they end in has a fraction. GPUs are counts (`2`), products (`H100`) or both (`H100:8`). Percentages are texts like `5%`.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'wait', { command: ['sleep', '60'], timeout: 'five minutes' });`,
  },
  PL355: {
    severity: 'error',
    title: 'Edge to something without tasks',
    message: (p: { use: string; found: string }) => `${p.use} names ${p.found}`,
    help: () =>
      "Name tasks of the same pipeline, or components that hold some: `after: [decode]`, `after: [{ task: decode, on: 'completed' }]`.",
    explanation:
      'An edge orders two tasks of one run. Tasks of another pipeline belong to other runs: start that pipeline after this one has ended.',
    example: `const other = new Pipeline(app, 'other', { image: 'busybox:1.37' });
const elsewhere = new Task(other, 'elsewhere', { command: ['true'] });
const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'], after: [elsewhere] });`,
  },
  PL356: {
    severity: 'error',
    title: 'Task without an image',
    message: (p: { task: string }) => `task ${p.task} has no image`,
    help: () => "Give the task or its pipeline one: `image: 'ghcr.io/acme/train:1.4'`.",
    explanation: "Every container needs an image. A pipeline's `image` is the default of its tasks.",
    example: `const p = new Pipeline(app, 'example');
new Task(p, 'show', { command: ['echo', 'hello'] });`,
  },
  PL357: {
    severity: 'error',
    title: 'Two programs in one task',
    message: (p: { task: string }) => `task ${p.task} has both \`command\` and \`script\``,
    help: () => 'Keep one. A script takes `args` and an `interpreter`.',
    explanation: 'A container runs one program: `command` is its argv, `script` the text that an interpreter runs.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['echo'], script: 'echo hello' });`,
  },
  PL358: {
    severity: 'error',
    title: 'Reference in the text of a script',
    message: (p: { task: string }) => `the script of task ${p.task} has a reference in its text`,
    help: () =>
      'Bring the value in through the environment: `env: ({ item }) => ({ SHARD: item })` and "$SHARD" in the script, or through `args`.',
    explanation:
      'Text of users is data. A value that was spliced into program text could change what the program does.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', parameters: { name: 'world' } });
new Task(p, 'show', { script: \`echo hello \${p.parameters.name}\` });`,
  },
  PL359: {
    severity: 'error',
    title: 'References to items without a command',
    message: (p: { task: string }) => `task ${p.task} has forEach but neither \`command\` nor \`script\``,
    help: () =>
      "Write the image's program as `command`: a script of podloom sets the item and then starts it, and the image's entrypoint is not known when the pipeline is compiled.",
    explanation:
      'Items reach a container through a generated shell script that ends in `exec`. It replaces the entrypoint of the image.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { forEach: Items.of('a', 'b') });`,
  },
  PL360: {
    severity: 'error',
    title: 'Retries without limit, or backoff without base',
    message: (p: { task: string; missing: string }) => `\`retries\` of ${p.task} has no ${p.missing}`,
    help: () => "Write both: `retries: { limit: 3, backoff: { base: '30s', factor: 2, cap: '10m' } }`.",
    explanation:
      'Argo retries without a limit for ever and then does not wait between attempts at all; a backoff without duration fails at run time with "no base duration specified" (argo-workflows 4.1 workflow/controller/operator.go).',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'], retries: { on: ['failed'] } as never });`,
  },
  PL361: {
    severity: 'error',
    title: 'Pipeline without tasks',
    message: (p: { pipeline: string }) => `pipeline ${p.pipeline} has no tasks`,
    help: () => "Make one: `new Task(pipeline, 'hello', { command: ['echo', 'hello'] })`.",
    explanation: 'Argo refuses a DAG without tasks; an empty pipeline is a mistake on every target.',
    example: `new Pipeline(app, 'example', { image: 'busybox:1.37' });`,
  },
  PL362: {
    severity: 'error',
    title: 'Object item used as text',
    message: (p: { use: string; fields: string }) =>
      `${p.use} uses a whole item, but the items are objects with the fields ${p.fields}`,
    help: (p) => `Use one of its fields: ${p.fields}.`,
    explanation: 'An object has no one text. Each field is a reference of its own.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { forEach: Items.of({ lr: 0.1, seed: 1 }), command: ({ item }) => ['train', \`\${item}\`] });`,
  },
  PL363: {
    severity: 'error',
    title: 'Both forEach and replicas',
    message: (p: { task: string }) => `task ${p.task} has both \`forEach\` and \`replicas\``,
    help: () => 'Put the replicas into a task of their own, or drop one of the two.',
    explanation:
      'Replicas are the ranks of one job that start and fail together; items are independent of one another.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { forEach: Items.of('a'), replicas: 2, command: ['true'] });`,
  },
  PL364: {
    severity: 'error',
    title: 'Code of a pipeline throws while it is compiled',
    message: (p: { what: string; error: string }) => `${p.what} threw: ${p.error}`,
    help: () => 'Correct the code: functions of the item run once, with references in place of values.',
    explanation:
      'Functions of the item, getters and objects of other packages run while podloom compiles the pipeline. An item is a reference there: its value is known only in the pod.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const parse = (text: unknown) => { if (typeof text !== 'string') throw new Error('no text'); return text; };
new Task(p, 'show', { forEach: Items.of('a', 'b'), command: ({ item }) => ['echo', parse(item)] });`,
  },
  PL365: {
    severity: 'error',
    title: 'Unknown property',
    message: (p: { owner: string; prop: string; hint: string }) => `${p.owner} has no property \`${p.prop}\``,
    help: (p) => p.hint,
    explanation:
      'A misspelled property would be ignored, and what it should say would be missing in the cluster. podloom runs pipelines without checking their types, so this is found here again.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'], security: { readonlyRoot: true } as object });`,
  },
  PL366: {
    severity: 'error',
    title: 'Reference in a plain text',
    message: (p: { field: string; owner: string }) =>
      `\`${p.field}\` of ${p.owner} has a reference in it, but is needed before the run gives it a value`,
    help: () => 'Write the text out. References work in `command`, `args`, `env` and `when`.',
    explanation:
      'Parameters, items and outputs get their values in the run. Images, names, paths of mounts, labels and patches are in the manifests before that. Characters U+E000 and U+E001, which mark references, are taken for one too.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', parameters: { tag: '1.4' } });
new Task(p, 'show', { image: \`ghcr.io/acme/train:\${p.parameters.tag}\`, command: ['true'] });`,
  },
});
