import { definitions, type Example } from '../definition.ts';
import { argoSizeDefinitions } from './argo-size.ts';

/** A pipeline file that is compiled for argo only. */
export function argoExample(body: string): Example {
  const imports =
    "import { App } from 'cdk8s';\nimport { Items, Output, Pipeline, Task } from 'podloom';\nconst app = new App();\n";
  return { files: { 'pipelines/example.ts': `${imports}${body}` }, args: ['synth', '--target', 'argo'] };
}

/** PL220…PL259: what Argo Workflows cannot mean, and its caps. */
export const argoDefinitions = definitions({
  ...argoSizeDefinitions,
  PL220: {
    severity: 'error',
    title: 'Loop that Argo cannot run',
    message: (p: { task: string; problem: string }) => `task "${p.task}" cannot be a loop in Argo: ${p.problem}`,
    help: () => "Leave out `argoStrategy`, or set it to 'job': then one node of Argo creates an Indexed Job.",
    explanation:
      'A loop makes a node of each pod, and the state of all nodes has to fit 1 MiB (MAX_WORKFLOW_SIZE, workflow/packer/packer.go of Argo 3.7 and 4.1). Argo has no words for tolerated failures, for a deadline over all items of a loop, or for pods that start and fail together; an Indexed Job has.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'count', { forEach: Items.range(0, 20000), argoStrategy: 'loop', command: ({ item }) => ['echo', item] });
`,
    ),
  },
  PL228: {
    severity: 'error',
    title: 'Condition on items that Argo cannot see',
    message: (p: { task: string; upstream: string; on: string; reason: string }) =>
      `task "${p.task}" waits for "${p.upstream}" with \`${p.on}\`, but Argo cannot see its items: ${p.reason}`,
    help: (p) =>
      `Wait with \`succeeded\`, \`failed\` or \`completed\`, let fewer items run in "${p.upstream}" (a loop without maxRunning), or synthesize for jobs only (--target jobs).`,
    explanation:
      'Argo evaluates `AnySucceeded` and its opposite on the direct children of a loop (evaluateDependsLogic in workflow/controller/dag.go, 3.7). A Job, or a loop in a nested DAG, only tells whether all of it succeeded.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const a = new Task(p, 'a', { forEach: Items.range(0, 5), maxFailed: 2, command: ({ item }) => ['echo', item] });
new Task(p, 'b', { after: { task: a, on: 'anySucceeded' }, command: ['true'] });
`,
    ),
  },
  PL229: {
    severity: 'error',
    title: 'Itemwise edges that Argo cannot keep',
    message: (p: { tasks: readonly string[]; problem: string }) =>
      `tasks ${p.tasks.map((task) => `"${task}"`).join(', ')} follow each other itemwise, which Argo cannot do: ${p.problem}`,
    help: () =>
      'Join them with `succeeded`, which waits for all items, do both steps in one task, or synthesize for jobs only (--target jobs).',
    explanation:
      'Argo has no edges between single items of two loops. podloom makes one small DAG for each item instead, which means the same only when these tasks share what they wait for, others wait for the last of them only, and their nodes fit 1 MiB.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const items = Items.range(0, 3);
const a = new Task(p, 'a', { forEach: items, command: ({ item }) => ['echo', item] });
const x = new Task(p, 'x', { command: ['true'] });
new Task(p, 'b', { forEach: items, after: [{ task: a, on: 'itemwise' }, x], command: ({ item }) => ['echo', item] });
`,
    ),
  },
  PL230: {
    severity: 'error',
    title: 'Output of a Job under Argo',
    message: (p: { task: string; upstream: string; output: string }) =>
      `task "${p.task}" uses the output "${p.output}" of "${p.upstream}", which runs as an Indexed Job under Argo`,
    help: (p) =>
      `Write it to a shared volume (Output.file) in "${p.upstream}", or let a small task after it put the value out.`,
    explanation:
      'Argo reads output parameters from pods that it makes itself. The pods of a Job are not among them: a resource node only sees the Job object.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const train = new Task(p, 'train', { replicas: 2, command: ['true'], outputs: { loss: 'number' } });
new Task(p, 'report', { command: ['echo', train.outputs.loss] });
`,
    ),
  },
  PL231: {
    severity: 'error',
    title: 'S3 file of a Job under Argo',
    message: (p: { task: string; file: string }) =>
      `task "${p.task}" runs as an Indexed Job under Argo, so nothing brings the S3 file "${p.file}" in or out`,
    help: () => 'Use Output.file on a shared volume, or let the program copy the file.',
    explanation: "Argo's executor moves artifacts in pods that Argo makes itself; the pods of a Job have none.",
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const s3 = Output.s3('/tmp/model', { bucket: 'models' });
new Task(p, 'train', { replicas: 2, command: ['true'], outputs: { model: s3 } });
`,
    ),
  },
  PL232: {
    severity: 'error',
    title: 'Parameter default that Argo expands',
    message: (p: { parameter: string }) => `the default of parameter "${p.parameter}" holds "{{", which Argo expands`,
    help: () => 'Put the text into a task, where podloom writes it so that Argo leaves it alone.',
    explanation:
      'Argo replaces `{{…}}` in the arguments of a workflow before any task sees them (substituteGlobalVariables in workflow/controller/operator.go, 3.7).',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', parameters: { text: 'Hi {{workflow.name}}' } });
new Task(p, 'a', { command: ['echo', p.parameters.text] });
`,
    ),
  },
  PL233: {
    severity: 'warning',
    title: 'Backoff of a Job under Argo',
    message: (p: { task: string }) =>
      `task "${p.task}" runs as an Indexed Job under Argo, where its \`backoff\` has no effect`,
    help: () => 'Leave it out; Kubernetes waits 10 s before the first retry and twice as long before each next one.',
    explanation: 'Retries happen inside the Job, and Jobs have one fixed exponential backoff, from 10 s to 10 minutes.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'a', {
  forEach: Items.range(0, 5), maxFailed: 1, retries: { limit: 2, backoff: { base: '5s' } },
  command: ({ item }) => ['echo', item],
});
`,
    ),
  },
  PL235: {
    severity: 'error',
    title: 'Run-time list that Argo cannot loop over',
    message: (p: { task: string; problem: string }) =>
      `task "${p.task}" runs over a list that is made at run time, which is always a loop in Argo: ${p.problem}`,
    help: () => 'Leave that out, make the list before the run, or synthesize for jobs only (--target jobs).',
    explanation:
      'The number of items is known only when the list is there, and Argo can count it for a loop but not write a Job for it: the tables of items are made by the compiler.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const find = new Task(p, 'find', { command: ['true'], outputs: { files: Output.list() } });
new Task(p, 'read', { forEach: find.outputs.files, maxFailed: 3, command: ({ item }) => ['cat', item] });
`,
    ),
  },
  PL236: {
    severity: 'warning',
    title: 'Annotation that Argo may expand',
    message: (p: { task: string; annotation: string }) =>
      `the annotation "${p.annotation}" of task "${p.task}" holds "{{", and Argo expands what it knows by such a name`,
    help: () => 'Leave the braces out of the annotation, or check that Argo has no variable of that name.',
    explanation:
      'Argo replaces `{{…}}` in a pod at least three times (ProcessArgs and substitutePodParams, 3.7). In commands and environment podloom lets the kubelet put the braces together; annotations only have an expression that gives `{{`, which a later pass may read again.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'a', { command: ['true'], annotations: { note: 'see {{workflow.name}}' } });
`,
    ),
  },
  PL237: {
    severity: 'warning',
    title: 'Bound for several Jobs at once under Argo',
    message: (p: { maxRunning: number; first: string; second: string }) =>
      `"${p.first}" and "${p.second}" are Indexed Jobs that may run at once, so up to twice maxRunning (${p.maxRunning}) pods of the pipeline may run`,
    help: () => 'Give each of the tasks a `maxRunning`, or an edge between them.',
    explanation:
      'Argo bounds the pods that it makes itself (`parallelism`). Each Job keeps the bound by itself; nothing in Kubernetes keeps it for several Jobs together.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', maxRunning: 10 });
new Task(p, 'a', { forEach: Items.range(0, 20), maxFailed: 1, command: ({ item }) => ['echo', item] });
new Task(p, 'b', { forEach: Items.range(0, 20), maxFailed: 1, command: ({ item }) => ['echo', item] });
`,
    ),
  },
  PL238: {
    severity: 'warning',
    title: 'maxFailed over several Jobs under Argo',
    message: (p: { task: string; jobs: number }) =>
      `task "${p.task}" is ${p.jobs} Jobs under Argo, and \`maxFailed\` holds for each of them`,
    help: () => 'Use `batch` or `itemsPerPod`, so that there are fewer pods and one Job holds them all.',
    explanation:
      'One Job takes at most 10,000 pods and 4 MiB of item tables. Each Job counts the failures of its own pods.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'a', { forEach: Items.range(0, 20000), maxFailed: 10, command: ({ item }) => ['echo', item] });
`,
    ),
  },
  PL239: {
    severity: 'error',
    title: 'Backoff factor that Argo does not take',
    message: (p: { task: string; factor: number }) =>
      `task "${p.task}" has the backoff factor ${p.factor}, and Argo takes whole numbers only`,
    help: (p) => `Use ${Math.max(1, Math.floor(p.factor))} or ${Math.ceil(p.factor)}.`,
    explanation: '`retryStrategy.backoff.factor` is an integer (types.go of Argo 3.7 and 4.1).',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'a', { command: ['true'], retries: { limit: 2, backoff: { base: '5s', factor: 1.5 } } });
`,
    ),
  },
  PL240: {
    severity: 'warning',
    title: 'runOnChange under Argo',
    message: () => '`runOnChange` has no effect on the argo target',
    help: () =>
      'Start runs with `argo submit --from`, a schedule or Argo Events, or use the jobs target for this pipeline.',
    explanation:
      'A WorkflowTemplate starts nothing when it changes, and a Workflow with a name of its own in a GitOps repository would be started again by every self-healing sync that finds it gone.',
    example: argoExample(
      `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', runOnChange: true });
new Task(p, 'a', { command: ['true'] });
`,
    ),
  },
});
