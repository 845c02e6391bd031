import { definitions, type Example } from '../definition.ts';

const IMPORTS = `import { App } from 'cdk8s';
import { Items, Output, Pipeline, Task, Volume } from 'podloom';

const app = new App();
`;

/** A pipeline that is run on this machine; `files`: others that are there before. */
function localRun(
  body: string,
  args: readonly string[] = [],
  files: { readonly [path: string]: string } = {},
): Example {
  return {
    files: { 'pipelines/example.ts': IMPORTS + body, ...files },
    args: ['run', 'example', '--local', ...args],
  };
}

const example = "export const example = new Pipeline(app, 'example', { image: 'busybox:1.37.0' });\n";
const withParameters = (parameters: string): string =>
  `export const example = new Pipeline(app, 'example', { image: 'busybox:1.37.0', parameters: ${parameters} });\n` +
  "new Task(example, 'hello', { command: ['echo', example.parameters.rate] });\n";

const MADE_BEFORE = {
  ...{ task: 'hello', item: 'main', index: 0, attempt: 1, started: 0, ended: 1 },
  ...{ log: 'hello/main.log', fingerprint: '0123456789ab' },
};

const processes = `\`podloom run --local\` runs the commands of tasks as processes of this machine, without images and
without a cluster: for a first run, for tests and for debugging.`;

export const localDefinitions = definitions({
  PL290: {
    severity: 'error',
    title: 'No command to run locally',
    message: ({ task }: { task: string }) =>
      `task "${task}" has no command: in a cluster its image's entrypoint runs, which there is not on this machine`,
    help: () => "write the entrypoint out: command: ['python', 'main.py']",
    explanation: `${processes} A task without \`command\` or \`script\` says nothing but the name of an image.`,
    example: localRun(`${example}new Task(example, 'serve', { args: ['--port', '80'] });\n`),
  },
  PL291: {
    severity: 'error',
    title: 'Parameter not given',
    message: ({ pipeline, name }: { pipeline: string; name: string }) =>
      `pipeline "${pipeline}" needs the parameter "${name}", which has no default`,
    help: ({ name }) => `give it: -p ${name}=…`,
    explanation: 'A parameter without `default` must be given for each run.',
    example: localRun(withParameters("{ rate: { type: 'number' } }")),
  },
  PL292: {
    severity: 'error',
    title: 'Unknown parameter',
    message: ({ pipeline, name }: { pipeline: string; name: string; known: readonly string[] }) =>
      `pipeline "${pipeline}" has no parameter ${JSON.stringify(name)}`,
    help: ({ known }) =>
      known.length === 0 ? 'this pipeline has no parameters: leave it out' : `its parameters are ${known.join(', ')}`,
    explanation: 'A misspelt parameter would leave the default in force without a word.',
    example: localRun(withParameters('{ rate: 0.1 }'), ['-p', 'rte=0.5']),
  },
  PL293: {
    severity: 'error',
    title: 'Wrong value for a parameter',
    message: ({ name, text, wanted }: { name: string; text: string; wanted: string }) =>
      `parameter "${name}" is given as ${JSON.stringify(text)}, which is not ${wanted}`,
    help: ({ name, wanted }) => `give ${wanted}: -p ${name}=…`,
    explanation: 'Parameters are typed: numbers are finite decimal numbers, booleans are `true` or `false`.',
    example: localRun(withParameters('{ rate: 0.1 }'), ['-p', 'rate=fast']),
  },
  PL294: {
    severity: 'error',
    title: 'Secret or ConfigMap not at hand locally',
    message: ({ variable, kind, object }: { variable: string; kind: string; object: string }) =>
      `variable ${variable} comes from ${kind} "${object}", and there is no cluster to read it from`,
    help: ({ variable }) => `set it for this run: ${variable}=… podloom run … --local`,
    explanation: `${processes} Variables from Secrets and ConfigMaps are taken from your own environment, by the same name.
Make the source \`optional: true\` if the program can do without.`,
    example: localRun(
      `${example}new Task(example, 'upload', { command: ['true'], env: { STORE_KEY: { secret: 'store', key: 'key' } } });\n`,
    ),
  },
  PL295: {
    severity: 'error',
    title: 'Whole Secret or ConfigMap not at hand locally',
    message: ({ task, kind, object }: { task: string; kind: string; object: string }) =>
      `task "${task}" takes all variables of ${kind} "${object}", and there is no cluster that would say which they are`,
    help: () => 'name the variables in `env`, or make the source optional: your own environment is inherited',
    explanation: `${processes} The keys of a Secret or ConfigMap are known to the cluster alone.`,
    example: localRun(
      `${example}new Task(example, 'upload', { command: ['true'], envFrom: [{ secret: 'store' }] });\n`,
    ),
  },
  PL296: {
    severity: 'error',
    title: 'Volume that only a cluster has',
    message: ({ task, kind, object }: { task: string; kind: string; object: string }) =>
      `task "${task}" mounts ${kind} "${object}", and there is no cluster to read it from`,
    help: () => 'make it optional (it is an empty folder then), or run this task in a cluster',
    explanation: `${processes} Claims, host paths and emptyDirs are folders of the run; the files of a Secret or ConfigMap
are known to the cluster alone.`,
    example: localRun(
      `${example}new Task(example, 'train', { command: ['true'], volumes: [Volume.configMap('settings').mount('/etc/train')] });\n`,
    ),
  },
  PL297: {
    severity: 'error',
    title: 'Pod field that has no local meaning',
    message: ({ variable, field }: { variable: string; field: string }) =>
      `variable ${variable} is ${field} of the pod, which a process does not have`,
    help: () => 'give the program another way to learn it, or run this task in a cluster',
    explanation: `${processes} Of the fields of a pod only \`metadata.name\`, \`metadata.namespace\`, \`spec.nodeName\`,
\`status.podIP\` and \`status.hostIP\` have a counterpart there.`,
    example: localRun(
      `${example}new Task(example, 'train', { command: ['true'], env: { USER_ID: { field: 'metadata.uid' } } });\n`,
    ),
  },
  PL298: {
    severity: 'error',
    title: 'Output in a store',
    message: ({ task, output }: { task: string; output: string }) =>
      `output "${output}" of task "${task}" goes to an S3-like store, which the local engine does not write to`,
    help: () => 'put the file on a volume, Output.file(data, …), or run this task in a cluster',
    explanation: `${processes} Uploads to a store are made by Argo's executor.`,
    example: localRun(
      `${example}new Task(example, 'train', {\n  command: ['true'],\n  outputs: { model: Output.s3('/tmp/model.pt', { bucket: 'models', key: 'model.pt' }) },\n});\n`,
    ),
  },
  PL299: {
    severity: 'warning',
    title: 'Working directory of the image',
    message: ({ task, workingDir }: { task: string; workingDir: string }) =>
      `task "${task}" works in ${workingDir} of its image; locally it runs in the root of the project`,
    help: () => 'nothing, if the program finds its files there',
    explanation: `${processes} They start in the root of the project, or in the folder of a volume that is mounted at
\`workingDir\`.`,
    example: localRun(`${example}new Task(example, 'train', { command: ['true'], workingDir: '/app' });\n`),
  },
  PL300: {
    severity: 'warning',
    title: 'Hardware that is not reserved locally',
    message: ({ tasks, words }: { tasks: readonly string[]; words: readonly string[] }) =>
      `the local engine does nothing about ${words.join(', ')} (${tasks.length === 1 ? 'task' : 'tasks'} ${some(tasks)})`,
    help: () => 'limit what runs at once with --max-running, if this machine is smaller than the cluster',
    explanation: `${processes} It starts as many as the machine has CPUs, or \`--max-running\`, and leaves the rest to the
operating system.`,
    example: localRun(`${example}new Task(example, 'train', { command: ['true'], gpu: 1 });\n`),
  },
  PL301: {
    severity: 'error',
    title: 'Bad name for a run',
    message: ({ run }: { run: string }) => `${JSON.stringify(run)} cannot be the name of a run`,
    help: () => 'take lower-case letters, digits and "-", at most 63, with a letter or digit first and last',
    explanation:
      'The name of a run names a folder, and labels and objects of a cluster, so it is a DNS label (RFC 1123).',
    example: localRun(`${example}new Task(example, 'hello', { command: ['true'] });\n`, ['--run', '../elsewhere']),
  },
  PL302: {
    severity: 'error',
    title: 'Nothing of this name to rerun',
    message: ({ pipeline, rerun }: { pipeline: string; rerun: string }) =>
      `pipeline "${pipeline}" has no task or item ${JSON.stringify(rerun)} to run again`,
    help: () => 'name a task, an item as its log is named, or <task>/<item>; or take "failed", "changed" or "all"',
    explanation: '`--rerun` takes `failed` (the default), `changed`, `all`, a task, an item, or `<task>/<item>`.',
    example: localRun(`${example}new Task(example, 'hello', { command: ['true'] });\n`, ['--rerun', 'helo']),
  },
  PL303: {
    severity: 'error',
    title: 'Run cannot be written',
    message: ({ path, code }: { path: string; code: string }) => `cannot write ${path}: ${reasonOf(code)}`,
    help: () => 'make room or give access, then run again: what is done stays done',
    explanation: `A log that cannot be written whole would say that something is done which nobody can check, so the run
stops. A half-written log is never counted as done.`,
    example: localRun(`${example}new Task(example, 'hello', { command: ['true'] });\n`, [], { runs: 'not a folder\n' }),
  },
  PL304: {
    severity: 'error',
    title: 'Run has other parameters',
    message: ({ run, names }: { run: string; names: readonly string[] }) =>
      `run "${run}" was begun with other values of ${names.join(', ')}`,
    help: () => 'take another --run name, run with --rerun changed what uses them, or start anew with --rerun all',
    explanation: 'Done items are skipped, and those of this run were made with other parameters.',
    example: localRun(withParameters('{ rate: 0.1 }'), ['-p', 'rate=0.5'], {
      'runs/example/run.json': `${JSON.stringify({ version: 1, parameters: { rate: 0.1 } })}\n`,
    }),
  },
  PL305: {
    severity: 'warning',
    title: 'Mount path written out',
    message: ({ task, path }: { task: string; path: string }) =>
      `task "${task}" names ${path}, where a volume is in its pods; locally that is another folder`,
    help: () => 'put the mount itself into the text: `${data}/model.pt`, with data = Volume.claim(…).mount(…)',
    explanation: `${processes} A volume is a folder of the run there (\`runs/<run>/_volumes/…\`), and a reference to its mount
gives that folder.`,
    example: localRun(
      `${example}new Task(example, 'train', { command: ['ls', '/data/in'], volumes: [Volume.claim('data').mount('/data')] });\n`,
    ),
  },
  PL306: {
    severity: 'error',
    title: 'Run is going on already',
    message: ({ run, pid }: { run: string; pid: number }) => `run "${run}" is in the hands of process ${pid}`,
    help: () => 'wait for it or end it, or take another --run name',
    explanation: 'Two runners on one run would run items twice and write over each other.',
    example: localRun(`${example}new Task(example, 'hello', { command: ['true'] });\n`, [], {
      'runs/example/run.lock': '1\n',
    }),
  },
  PL308: {
    severity: 'warning',
    title: 'Done items of another version',
    message: ({ task, count }: { task: string; count: number }) =>
      `${count} done ${count === 1 ? 'item' : 'items'} of task "${task}" ${count === 1 ? 'was' : 'were'} made by another version of it`,
    help: ({ count }) => `--rerun changed runs ${count === 1 ? 'it' : 'them'} again`,
    explanation: `Done items are skipped, whatever has become of their task since. What counts as a change: the image, the command
or script and its arguments, environment, mounts, working directory, security context and \`replicas\`, the outputs that are declared,
the values of parameters and upstream outputs that the task uses, and the item itself; its number only if the task uses \`index\`.
Resources, retries, timeouts, bounds and placement do not count, and nobody knows what is behind a tag of an image or in a volume.`,
    example: localRun(`${example}new Task(example, 'hello', { command: ['true'] });\n`, [], {
      'runs/example/hello/main.log': '',
      'runs/example/attempts.jsonl': `${JSON.stringify(MADE_BEFORE)}\n`,
    }),
  },
});

function some(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `"${name}"`);
  return names.length > 3 ? `${shown.join(', ')} and ${names.length - 3} more` : shown.join(', ');
}

function reasonOf(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full';
    case 'EACCES':
    case 'EPERM':
      return 'no access';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'there is a file where a folder should be';
    default:
      return code;
  }
}
