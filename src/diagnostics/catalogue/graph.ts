import { definitions } from '../definition.ts';

const argoOrder =
  'A pipeline is a directed graph without cycles: a task starts when all its edges hold, and in a cycle none ever could. Argo refuses cycles too (workflow/validate/validate.go, v4.0).';

/** PL100…PL129: edges between tasks. */
export const graphDefinitions = definitions({
  PL100: {
    severity: 'error',
    title: 'Cycle of tasks',
    message: (p: { path: readonly string[] }) => `tasks wait for each other in a cycle: ${p.path.join(' → ')}`,
    help: () => 'Remove one of these edges.',
    explanation: argoOrder,
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const decode = new Task(p, 'decode', { command: ['true'] });
const train = new Task(p, 'train', { after: [decode], command: ['true'] });
decode.node.addDependency(train);`,
  },
  PL103: {
    severity: 'error',
    title: 'Task that waits for itself',
    message: (p: { task: string }) => `task "${p.task}" runs after itself`,
    help: () => 'Remove the edge. A task that should run again has `retries`; one that runs many times has `forEach`.',
    explanation: argoOrder,
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const train = new Task(p, 'train', { command: ['true'] });
train.node.addDependency(train);`,
  },
  PL104: {
    severity: 'error',
    title: 'Itemwise edge between different items',
    message: (p: { task: string; upstream: string; problem: string }) =>
      `task "${p.task}" runs itemwise after "${p.upstream}", but ${p.problem}`,
    help: () =>
      "Give both tasks the same items in `forEach`, or let the edge wait for the whole task: `on: 'succeeded'`.",
    explanation:
      'On an itemwise edge item i may start as soon as item i of the upstream task has succeeded: both tasks need one list, in one order, in batches of one size.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const decode = new Task(p, 'decode', { forEach: Items.of('a', 'b'), command: ({ item }) => ['echo', item] });
new Task(p, 'check', {
  after: [{ task: decode, on: 'itemwise' }],
  forEach: Items.of('a', 'c'),
  command: ({ item }) => ['echo', item],
});`,
  },
  PL105: {
    severity: 'error',
    title: 'Edge on items of a task without items',
    message: (p: { task: string; upstream: string; on: string }) =>
      `task "${p.task}" runs after "${p.upstream}" on \`${p.on}\`, but "${p.upstream}" has no forEach`,
    help: (p) => `Write \`on: '${p.on === 'allFailed' ? 'failed' : 'succeeded'}'\`.`,
    explanation:
      '`anySucceeded` and `allFailed` speak of the items of the upstream task. A task without items succeeds or fails as a whole.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const train = new Task(p, 'train', { command: ['true'] });
new Task(p, 'report', { after: [{ task: train, on: 'allFailed' }], command: ['true'] });`,
  },
  PL106: {
    severity: 'error',
    title: 'Exit task after a main task',
    message: (p: { task: string; upstream: string }) =>
      `exit task "${p.task}" runs after "${p.upstream}", which is no exit task`,
    help: () =>
      'Remove the edge: an exit task runs after all others by itself. How the run ended is in `pipeline.status`.',
    explanation:
      'Exit tasks run after all other tasks have ended, however they ended. Argo runs them as a graph of its own, which cannot name tasks of the main one (`onExit`).',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const train = new Task(p, 'train', { command: ['true'] });
new Task(p, 'notify', { onExit: true, after: [train], command: ['true'] });`,
  },
  PL107: {
    severity: 'error',
    title: 'Main task after an exit task',
    message: (p: { task: string; upstream: string }) => `task "${p.task}" runs after the exit task "${p.upstream}"`,
    help: (p) => `Make "${p.task}" an exit task too (\`onExit: true\`), or "${p.upstream}" an ordinary one.`,
    explanation:
      'Exit tasks run after all other tasks have ended. A main task that waited for one would wait for itself.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'train', { command: ['true'] });
const notify = new Task(p, 'notify', { onExit: true, command: ['true'] });
new Task(p, 'after', { after: [notify], command: ['true'] });`,
  },
  PL108: {
    severity: 'error',
    title: 'Edges that exclude each other',
    message: (p: { task: string; upstream: string; first: string; second: string }) =>
      `task "${p.task}" can never run: "${p.upstream}" would have to be both \`${p.first}\` and \`${p.second}\``,
    help: () => "Keep one of the two edges, or use `on: 'completed'` for either.",
    explanation:
      'All edges of a task have to hold. Using an output of a task makes a `succeeded` edge to it by itself.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
const train = new Task(p, 'train', { command: ['true'] });
new Task(p, 'report', { after: [train, { task: train, on: 'failed' }], command: ['true'] });`,
  },
  PL109: {
    severity: 'error',
    title: 'Only exit tasks',
    message: (p: { pipeline: string }) => `pipeline "${p.pipeline}" has only exit tasks`,
    help: () => 'Leave `onExit` out of at least one task.',
    explanation: 'Exit tasks follow the main ones. Argo refuses a Workflow whose entrypoint has no task.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'notify', { onExit: true, command: ['true'] });`,
  },
});
