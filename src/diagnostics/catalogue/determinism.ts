import { definitions } from '../definition.ts';

/** `call` is what the source says, for example `Date.now()` or `process.env.HOME`. */
export interface Read {
  readonly call: string;
}

const why = `The same sources have to give the same manifests on every machine and on every day: CI compares them with
what is committed (\`podloom synth --check\`), GitOps applies what differs, and a reviewer reads the difference. podloom
watches these calls while it loads the files of a project, and \`--check\` also looks for them in the sources, where a
branch or a function that did not run this time may hide them. Code in \`node_modules\` is not watched.`;

export const determinismDefinitions = definitions({
  PL200: {
    severity: 'error',
    title: 'Clock read while building',
    message: ({ call }: Read) => `${call} reads the clock while the pipeline is built, so each build differs`,
    help: () =>
      "write the date out, or make it a parameter of the pipeline that is given for each run; in a pod, ask the container's own clock",
    explanation: why,
    example: 'new Pipeline(app, `train-${new Date().getFullYear()}`, { image: "ghcr.io/acme/train:1.4" });\n',
  },
  PL201: {
    severity: 'error',
    title: 'Randomness used while building',
    message: ({ call }: Read) => `${call} is random, so each build differs`,
    help: () =>
      'write the value out (a seed is a fine item: Items.range(0, 8)), or draw it in the container and keep it as an output',
    explanation: why,
    example:
      "const pipeline = new Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n" +
      "new Task(pipeline, 'fit', { command: ['python', 'fit.py', `--seed=${Math.floor(Math.random() * 100)}`] });\n",
  },
  PL202: {
    severity: 'error',
    title: 'Environment read while building',
    message: ({ call }: Read) => `${call} reads the environment of the machine that builds the pipeline`,
    help: () =>
      'use a parameter of the pipeline for what changes from run to run, and a Secret or a ConfigMap in `env` of the task for what belongs to the cluster',
    explanation: why,
    example:
      "const pipeline = new Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n" +
      "new Task(pipeline, 'fit', { command: ['python', 'fit.py', `--bucket=${process.env.BUCKET}`] });\n",
  },
  PL203: {
    severity: 'error',
    title: 'Network used while building',
    message: ({ call }: Read) => `${call} uses the network while the pipeline is built`,
    help: () =>
      'fetch the data once into a file of the project and read that (Items.lines, Items.json), or fetch it in a task whose output is the list for the next',
    explanation: why,
    example:
      "const list = await fetch('data:text/plain,a').then((answer) => answer.text());\n" +
      "const pipeline = new Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n" +
      "new Task(pipeline, 'fit', { forEach: Items.of(list), command: ({ item }) => ['fit', item] });\n",
  },
  PL204: {
    severity: 'error',
    title: 'Subprocess started while building',
    message: ({ call }: Read) => `${call} starts a program while the pipeline is built`,
    help: () =>
      'run it beforehand and keep what it prints in a file of the project, or run it in a task; an image tag of the current commit is a parameter',
    explanation: why,
    example: {
      files: {
        'pipelines/example.ts':
          "import { execSync } from 'node:child_process';\n" +
          "import { App } from 'cdk8s';\n" +
          "import { Pipeline, Task } from 'podloom';\n\n" +
          'const app = new App();\n' +
          "const commit = execSync('echo 3f2c1d0', { encoding: 'utf8' }).trim();\n" +
          "const pipeline = new Pipeline(app, 'train', { image: `ghcr.io/acme/train:${commit}` });\n" +
          "new Task(pipeline, 'fit', { command: ['python', 'fit.py'] });\n",
      },
    },
  },
  PL205: {
    severity: 'error',
    title: 'Fact about this machine used while building',
    message: ({ call }: Read) => `${call} tells about the machine that builds the pipeline, not about the cluster`,
    help: () =>
      'write the value out; for a path, start from import.meta.dirname or give podloom a path relative to the project root',
    explanation: `${why}\n\nThe working directory counts too: it is another one in an editor, in CI and in a subfolder.`,
    example: {
      files: {
        'pipelines/example.ts':
          "import { cpus } from 'node:os';\n" +
          "import { App } from 'cdk8s';\n" +
          "import { Pipeline, Task } from 'podloom';\n\n" +
          'const app = new App();\n' +
          "const pipeline = new Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n" +
          "new Task(pipeline, 'fit', { command: ['python', 'fit.py'], cpu: cpus().length });\n",
      },
    },
  },
});
