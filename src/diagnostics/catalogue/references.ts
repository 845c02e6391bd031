import { definitions } from '../definition.ts';

const p = "const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });\n";

/** PL130…PL159: references, parameters, expressions, outputs, names in the environment. */
export const referenceDefinitions = definitions({
  PL130: {
    severity: 'error',
    title: 'Output of a task that is not upstream',
    message: (p: { task: string; upstream: string; output: string; path: readonly string[] }) =>
      `task "${p.task}" uses output "${p.output}" of "${p.upstream}", which is not upstream of it: ${p.path.join(' → ')}`,
    help: (p) => `Remove an edge of that path, or do not use the output in "${p.task}".`,
    explanation:
      'An output has a value once its task has ended. Using it makes an edge by itself, which would close a cycle here.',
    example: `${p}const train = new Task(p, 'train', { command: ['true'], outputs: { loss: 'number' } });
const decode = new Task(p, 'decode', { command: ['echo', train.outputs.loss] });
train.node.addDependency(decode);`,
  },
  PL134: {
    severity: 'error',
    title: 'Parameter without a default in a run that nobody starts',
    message: (p: { parameter: string; cause: string }) =>
      `parameter "${p.parameter}" has no default, but the pipeline has ${p.cause}`,
    help: () => 'Give the parameter a default.',
    explanation:
      'Scheduled runs, and runs that a GitOps commit starts, have nobody who could give a value. Argo refuses such a CronWorkflow.',
    example: `const p = new Pipeline(app, 'example', {
  image: 'busybox:1.37',
  schedule: '0 2 * * *',
  parameters: { day: { type: 'string' } },
});
new Task(p, 'show', { command: ['echo', p.parameters.day] });`,
  },
  PL135: {
    severity: 'error',
    title: 'Parameter that contradicts itself',
    message: (p: { parameter: string; problem: string }) => `parameter "${p.parameter}": ${p.problem}`,
    help: () => 'Let the default be one of the options, and all of them of the type of the parameter.',
    explanation: 'What a run gives for a parameter is checked against its type and its options; so is the default.',
    example: `const p = new Pipeline(app, 'example', {
  image: 'busybox:1.37',
  parameters: { size: { type: 'string', default: 'huge', options: ['small', 'large'] } },
});
new Task(p, 'show', { command: ['echo', p.parameters.size] });`,
  },
  PL136: {
    severity: 'error',
    title: 'Condition that compares different types',
    message: (p: { problem: string }) => `\`when\` ${p.problem}`,
    help: () =>
      'Compare values of one type; there is no conversion. Write the literal in the type of the parameter or output.',
    explanation:
      'Targets evaluate conditions in different languages (expr in Argo, the runner for Jobs). Without conversions they all agree.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', parameters: { epochs: 3 } });
new Task(p, 'show', { command: ['true'], when: eq(p.parameters.epochs, '3' as never) });`,
  },
  PL137: {
    severity: 'error',
    title: 'Output that may be missing',
    message: (p: { task: string; upstream: string; output: string; because: string }) =>
      `task "${p.task}" uses output "${p.output}" of "${p.upstream}", which may have none: ${p.because}`,
    help: (p) =>
      p.because.includes('skip')
        ? `Give "${p.task}" the same \`when\`, or let "${p.upstream}" run always.`
        : 'Write what is needed to a shared volume, where a file may be missing.',
    explanation:
      'A task that is skipped, has failed or never ran has no outputs. There is no value that would be right for all programs, so the pipeline has to say what happens then.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37', parameters: { tune: false } });
const tune = new Task(p, 'tune', { command: ['true'], outputs: { lr: 'number' }, when: eq(p.parameters.tune, true) });
new Task(p, 'train', { command: ['train', tune.outputs.lr] });`,
  },
  PL140: {
    severity: 'error',
    title: 'Bad name of an environment variable',
    message: (p: { name: string; problem: string }) => `the name ${p.name} in \`env\` ${p.problem}`,
    help: () => 'Use letters, digits and "_", and start with a letter or "_".',
    explanation:
      'Kubernetes before 1.34 refuses other names (apimachinery pkg/util/validation/validation.go, IsEnvVarName).',
    example: `${p}new Task(p, 'show', { command: ['true'], env: { '2ND': 'x' } });`,
  },
  PL142: {
    severity: 'error',
    title: 'Reserved environment variable',
    message: (p: { name: string; by: string }) => `\`env\` sets ${p.name}, which ${p.by}`,
    help: () => 'Use another name.',
    explanation:
      'Items, parameters, outputs and ranks reach a container in these variables. A value of the user would hide them.',
    example: `${p}new Task(p, 'show', { command: ['true'], env: { PODLOOM_INDEX: '3' } });`,
  },
  PL143: {
    severity: 'error',
    title: 'Environment variable that a shell drops',
    message: (p: { name: string }) =>
      `the name ${p.name} in \`env\` would be lost: a shell gathers the outputs of this task`,
    help: () =>
      'Use letters, digits and "_", or start the program through `env`: `command: ["env", "a.b=1", "program"]`.',
    explanation:
      'On the jobs target a script in /bin/sh gathers several outputs. Shells may drop variables whose names they cannot hold (POSIX, Shell and Utilities, 2.5.3: dash does, bash does not).',
    example: `${p}new Task(p, 'show', { command: ['true'], outputs: { loss: 'number', best: 'string' }, env: { 'discovery.type': 'single-node' } });`,
  },
  PL144: {
    severity: 'error',
    title: 'Two names that are one in the environment',
    message: (p: { what: string; first: string; second: string; variable: string }) =>
      `the ${p.what} "${p.first}" and "${p.second}" are both ${p.variable} in the environment`,
    help: () => 'Rename one of them.',
    explanation:
      'Parameters and outputs reach containers in variables that are named after them: upper-case, with `_` for all that is no letter or digit.',
    example: `${p}new Task(p, 'show', { command: ['true'], outputs: { 'best-lr': 'number', best_lr: 'number' } });`,
  },
  PL145: {
    severity: 'error',
    title: 'Bad name of a parameter or output',
    message: (p: { what: string; name: string }) =>
      `the name ${p.name} of ${p.what} has other characters than letters, digits, "-" and "_"`,
    help: () => 'Start with a letter, and use at most 63 letters, digits, "-" and "_".',
    explanation:
      'The name is a key of a ConfigMap, a part of a variable name and a parameter of Argo, whose names have only these characters (workflow/validate/validate.go, paramOrArtifactNameRegex, v4.0).',
    example: `${p}new Task(p, 'show', { command: ['true'], outputs: { 'best lr': 'number' } });`,
  },
  PL146: {
    severity: 'error',
    title: 'Output that many pods would write',
    message: (p: { task: string; output: string; upstream: string }) =>
      `task "${p.task}" uses output "${p.output}" of "${p.upstream}", which runs once for each of its items`,
    help: () => 'Let a task without `forEach` gather the results from a shared volume and put out the value.',
    explanation:
      'A value or list output is one value. A task with `forEach` would have one for each item, and none of them is the one.',
    example: `${p}const fit = new Task(p, 'fit', { forEach: Items.of('a', 'b'), command: ({ item }) => ['fit', item], outputs: { loss: 'number' } });
new Task(p, 'show', { command: ['echo', fit.outputs.loss] });`,
  },
  PL147: {
    severity: 'error',
    title: 'Outcome of the run used before its end',
    message: (p: { task: string }) => `task "${p.task}" uses the status of the run, but it is no exit task`,
    help: () => 'Make it an exit task: `onExit: true`.',
    explanation: 'How the run ended is known only when all main tasks have ended.',
    example: `${p}new Task(p, 'notify', { command: ['echo', p.status] });`,
  },
});
