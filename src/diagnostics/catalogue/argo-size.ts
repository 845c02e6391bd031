import { definitions } from '../definition.ts';

const head = "import { App } from 'cdk8s';\nimport { Items, Pipeline, Task } from 'podloom';\nconst app = new App();\n";
const example = (body: string) => ({
  files: { 'pipelines/example.ts': `${head}${body}` },
  args: ['synth', '--target', 'argo'],
});
const pipeline = "const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });\n";
const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** PL221…PL227, PL234: caps of Argo, and what a large workflow meets. */
export const argoSizeDefinitions = definitions({
  PL221: {
    severity: 'error',
    title: 'More templates than Argo takes',
    message: (p: { templates: number; dags: number; argo: string }) =>
      `the workflow needs ${p.templates} templates (${p.dags} of them DAGs), and Argo ${p.argo} takes 200`,
    help: () =>
      'Make tasks the same but for the text of their command and environment (then they share a template), use forEach, or split the pipeline.',
    explanation:
      '`spec.templates` has `maxItems: 200` in the full CRDs of Argo 4.0 and 4.1 (manifests/base/crds/full); Argo 3.7 has no bound. Tasks that differ only in literal text of their command, arguments and environment share one template.',
    example: example(
      `${pipeline}for (let i = 0; i < 220; i++) new Task(p, \`task-\${i}\`, { command: ['true'], memory: \`\${64 + i}Mi\` });\n`,
    ),
  },
  PL222: {
    severity: 'error',
    title: 'DAG that Argo cannot hold',
    message: (p: { tasks: number; left: number }) =>
      `${p.tasks} tasks are too many for one DAG of Argo, which takes 200, and nested DAGs with the same meaning still leave ${p.left}`,
    help: () =>
      'Use forEach for tasks that are alike, join groups of tasks through one task, or synthesize for jobs only (--target jobs).',
    explanation:
      'A DAG template has `maxItems: 200` tasks in the full CRDs of Argo 4. podloom nests chains, and tasks with the same predecessors and successors, as long as nobody can tell the difference; conditions and outputs that others use set a limit to that.',
    example: example(
      `${pipeline}const first = [];
for (let i = 0; i < 210; i++) first.push(new Task(p, \`a-\${i}\`, { command: ['true'] }));
first.forEach((task, i) => {
  new Task(p, \`b-\${i}\`, { after: [{ task, on: 'failed' }, first[(i + 1) % 210]], command: ['true'] });
});
`,
    ),
  },
  PL223: {
    severity: 'warning',
    title: 'DAG with barriers under Argo',
    message: (p: { tasks: number; left: number }) =>
      `${p.tasks} tasks do not fit nested DAGs of 200 with the same meaning (${p.left} would be left), so that each task waits for all tasks of the level before it`,
    help: () =>
      'Use forEach for tasks that are alike, or join groups of tasks through one task, if waiting for a whole level is too long.',
    explanation:
      'A DAG template has `maxItems: 200` tasks in the full CRDs of Argo 4. With barriers the order is kept, but a task starts later than it could, and does not run when any task of an earlier level failed.',
    example: example(
      `${pipeline}const first = [];
for (let i = 0; i < 210; i++) first.push(new Task(p, \`a-\${i}\`, { command: ['true'] }));
first.forEach((task, i) => {
  new Task(p, \`b-\${i}\`, { after: [task, first[(i + 1) % 210]], command: ['true'] });
});
`,
    ),
  },
  PL224: {
    severity: 'error',
    title: 'Workflow larger than Argo takes',
    message: (p: { bytes: number }) => `the workflow has ${grouped(p.bytes)} bytes, and Argo takes 1,048,576`,
    help: () =>
      'Shorten what tasks repeat (environment, scripts), use forEach for tasks that are alike, or split the pipeline.',
    explanation:
      'Argo stores the whole spec in each Workflow, uncompressed, and refuses more than 1 MiB in all (MAX_WORKFLOW_SIZE in workflow/packer/packer.go; argo-workflows issue 7121).',
    example: example(
      `${pipeline}for (let i = 0; i < 150; i++) new Task(p, \`task-\${i}\`, { command: ['echo', String(i).repeat(4000)] });\n`,
    ),
  },
  PL225: {
    severity: 'warning',
    title: 'Workflow that may outgrow Argo',
    message: (p: { spec: number; nodes: number; items: number }) =>
      `the workflow has ${grouped(p.spec)} bytes and the state of its ${grouped(p.items)} nodes about ${grouped(p.nodes)}: together more than the 1,048,576 that Argo takes without a database`,
    help: () =>
      'Have Argo offload node status to a database, use fewer tasks or forEach, or synthesize for jobs only (--target jobs).',
    explanation:
      'Spec and compressed node status have to fit 1 MiB (workflow/packer/packer.go), unless the controller has `nodeStatusOffLoad` and a database (docs/offloading-large-workflows.md). 110 bytes a node, or 180 with retries, is what was measured on 3.7.',
    example: example(
      `${pipeline}const loop = { forEach: Items.range(0, 4500), argoStrategy: 'loop', retries: 0 } as const;
new Task(p, 'a', { ...loop, command: ({ item }) => ['echo', item] });
new Task(p, 'b', { ...loop, command: ({ item }) => ['echo', item] });
new Task(p, 'c', { command: ['echo', 'long '.repeat(14000)] });
`,
    ),
  },
  PL226: {
    severity: 'warning',
    title: 'Two nodes with one id in Argo',
    message: (p: { first: string; second: string; run: string }) =>
      `in a run called "${p.run}" the nodes "${p.first}" and "${p.second}" have the same id, and Argo would run only one of them`,
    help: () => 'Rename one of the tasks, or start runs under another name.',
    explanation:
      'The id of a node is the 32-bit FNV-1a hash of its name, which starts with the name of the run (NodeID in pkg/apis/workflow/v1alpha1/types.go; argo-workflows issue 16376, fixed after 4.1.2). The names of scheduled runs are not known before, so the name of the pipeline stands for them.',
    example: example(
      `${pipeline}new Task(p, 'decode-hot-208', { command: ['true'] });\nnew Task(p, 'report-south-404', { command: ['true'] });\n`,
    ),
  },
  PL227: {
    severity: 'warning',
    title: 'Many nodes for 32-bit ids in Argo',
    message: (p: { nodes: number; probability: number }) =>
      `a run has ${grouped(p.nodes)} nodes, and in ${(p.probability * 100).toFixed(1)} % of all runs two of them have the same id, so that one does not run`,
    help: () =>
      'Use forEach with fewer, larger pods (`itemsPerPod`, or an Indexed Job: argoStrategy), or split the pipeline.',
    explanation:
      'The id of a node is the 32-bit FNV-1a hash of its name (argo-workflows issue 16376, fixed after 4.1.2). The names of runs are not known before, so this is what is to be expected of n nodes: 1 - exp(-n(n-1)/2^33).',
    example: example(
      `${pipeline}const loop = { forEach: Items.range(0, 2500), argoStrategy: 'loop' } as const;
new Task(p, 'a', { ...loop, command: ({ item }) => ['echo', item] });
new Task(p, 'b', { ...loop, command: ({ item }) => ['echo', item] });
`,
    ),
  },
  PL234: {
    severity: 'error',
    title: 'More parameters than Argo takes',
    message: (p: { count: number; argo: string }) =>
      `the pipeline has ${p.count} parameters, and Argo ${p.argo} takes 500`,
    help: () => 'Put parameters together, for example as one JSON text.',
    explanation:
      '`arguments.parameters` and `inputs.parameters` have `maxItems: 500` in the full CRDs of Argo 4.0 and 4.1.',
    example: example(
      `const parameters = Object.fromEntries(Array.from({ length: 501 }, (_, i) => [\`p\${i}\`, 1]));
const p = new Pipeline(app, 'example', { image: 'busybox:1.37', parameters });
new Task(p, 'a', { command: ['true'] });
`,
    ),
  },
});
