import { definitions } from '../definition.ts';

const header = `import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';

const app = new App();
`;
const pipeline = "const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });\n";
const showing = (items: string) =>
  `${pipeline}new Task(p, 'show', { forEach: ${items}, command: ({ item }) => ['echo', \`\${item}\`] });`;
const withFile = (items: string, name: string, content: string) => ({
  files: { 'pipelines/example.ts': `${header}${showing(items)}\n`, [name]: content },
});

/** PL040…PL069: where items come from, lists of items, and how they reach containers. */
export const itemDefinitions = definitions({
  PL040: {
    severity: 'error',
    title: 'Items file cannot be read',
    message: (p: { file: string; reason: string }) => `the items file ${p.file} cannot be read: ${p.reason}`,
    help: () =>
      'Paths start at the project root: the nearest folder with a package.json. Check the spelling and the permissions.',
    explanation: 'The file is missing, is a folder, or may not be read. The working directory does not matter.',
    example: showing("Items.lines('missing.txt')"),
  },
  PL041: {
    severity: 'error',
    title: 'Items file is not UTF-8',
    message: (p: { file: string; line: number; column: number }) =>
      `${p.file} has invalid UTF-8 at line ${p.line}, byte ${p.column}`,
    help: () =>
      'Convert it, for example with: iconv -f latin1 -t utf-8. Lists of binary names need another encoding, such as base64.',
    explanation:
      'Items travel in ConfigMaps, whose `data` is UTF-8 (Kubernetes API, ConfigMap v1). Replacing the bytes would change the item without a word.',
    // Examples are text, so this one makes its file from bytes.
    example: {
      files: {
        'pipelines/example.ts': `${header}import { writeFileSync } from 'node:fs';
writeFileSync(new URL('../names.txt', import.meta.url), Buffer.from([0x6e, 0xff, 0x0a]));
${showing("Items.lines('names.txt')")}\n`,
      },
    },
  },
  PL042: {
    severity: 'error',
    title: 'Character that no item can have',
    message: (p: { what: string; character: string }) => `${p.what} has ${p.character}`,
    help: () => 'Leave it out, or encode the value, for example as base64 or JSON.',
    explanation:
      'Arguments and environment variables end at a NUL (execve(2)); half of a surrogate pair has no UTF-8; U+E000 and U+E001 mark references inside texts of podloom, and a reference has no value while items are listed.',
    example: showing("Items.of('a\\0b')"),
  },
  PL043: {
    severity: 'error',
    title: 'Line of an items file too long',
    message: (p: { file: string; line: number }) => `line ${p.line} of ${p.file} is longer than 128 KiB`,
    help: () => 'Put the data into files on a volume and list their paths.',
    explanation:
      'Linux takes at most 131,072 bytes for one argument or environment variable (MAX_ARG_STRLEN, execve(2)), so no command could get the item.',
    example: withFile("Items.lines('long.txt')", 'long.txt', `${'x'.repeat(131_073)}\n`),
  },
  PL044: {
    severity: 'error',
    title: 'Bad JSON in an items file',
    message: (p: { file: string; line: number; column: number; problem: string }) =>
      `${p.file}:${p.line}:${p.column}: ${p.problem}`,
    help: () => 'The file has to be one JSON list; with the ending .jsonl or .ndjson, one JSON value on each line.',
    explanation: 'RFC 8259. JSON has no comments, no trailing commas, and only double quotes.',
    example: withFile("Items.json('items.json')", 'items.json', '["a",\n "b",]\n'),
  },
  PL045: {
    severity: 'error',
    title: 'Bad CSV in an items file',
    message: (p: { file: string; line: number; problem: string }) => `${p.file}:${p.line}: ${p.problem}`,
    help: () =>
      'Each row has as many fields as the header; a field with the delimiter, a quote or a newline stands in double quotes, with quotes doubled.',
    explanation:
      'RFC 4180. A row with fewer or more fields than the header is mostly a quote that is missing, so it is never filled up silently.',
    example: withFile(
      "Items.csv('items.csv').map(({ path }) => `${path}`)",
      'items.csv',
      'path,size\na.tar,1\nb.tar\n',
    ),
  },
  PL046: {
    severity: 'error',
    title: 'Item does not match its schema',
    message: (p: { where: string; problem: string }) => `${p.where} does not match the schema: ${p.problem}`,
    help: () =>
      'Correct the data or the schema. All fields of a CSV file are text: z.coerce.number() makes numbers of them.',
    explanation:
      'The schema is zod or any other Standard Schema (standardschema.dev, version 1), validated synchronously.',
    example: {
      files: {
        'pipelines/example.ts': `${header}const schema = {
  '~standard': {
    version: 1,
    vendor: 'example',
    validate: (value: unknown) => (typeof value === 'string' ? { value } : { issues: [{ message: 'expected text' }] }),
  },
} as const;
${showing("Items.json('items.json', schema)")}\n`,
        'items.json': '["a", 2]\n',
      },
    },
  },
  PL047: {
    severity: 'error',
    title: 'Item is neither scalar nor flat object',
    message: (p: { where: string; found: string }) => `${p.where} is ${p.found}`,
    help: () =>
      'An item is a string, a finite number, a boolean, or an object of those without objects inside. Give richer items as the path of a file.',
    explanation: 'Each item becomes arguments and environment variables, which are text.',
    example: `${pipeline}const items = Items.of({ path: 'a', range: [1, 2] } as never);
new Task(p, 'show', { forEach: items, command: ['true'] });`,
  },
  PL048: {
    severity: 'error',
    title: 'Scalars and objects in one list',
    message: (p: { scalar: string; object: string }) =>
      `the items are of two kinds: ${p.scalar} is a scalar, ${p.object} is an object`,
    help: () => 'Use .map() to make all of them scalars, or all of them objects.',
    explanation: 'The command is written once for all items, with `item` or with `item.field`.',
    example: `${pipeline}const items = Items.of<string | { path: string }>('a', { path: 'b' });
new Task(p, 'show', { forEach: items, command: ['true'] });`,
  },
  PL049: {
    severity: 'error',
    title: 'Bad argument of an Items function',
    message: (p: { call: string; problem: string }) => `${p.call}: ${p.problem}`,
    help: (p: { call: string; problem: string; help?: string }) =>
      p.help ?? 'See "Items" in the README for what it takes.',
    explanation:
      'Ranges need finite numbers and a step other than 0; patterns have at most 4,096 characters; lists have at most 999,999,999 computed or 10,000,000 listed items.',
    example: showing('Items.range(0, 10, 0)'),
  },
  PL050: {
    severity: 'error',
    title: 'Empty item list',
    message: (p: { source: string }) => `\`forEach\` has no items: ${p.source} is empty`,
    help: () => 'Check the file, the pattern or the filter. To run nothing on purpose, leave the task out.',
    explanation: 'A task without items would succeed without doing anything, which hides a wrong path or filter.',
    example: showing("Items.of('a', 'b').filter(() => false)"),
  },
  PL051: {
    severity: 'error',
    title: 'Duplicate items',
    message: (p: { source: string; name: string; first: string; second: string }) =>
      `${p.source} has two items with the name ${p.name}: ${p.first} and ${p.second}`,
    help: () => 'Remove one. If both are meant, make them differ, for example with a field that numbers them.',
    explanation:
      'The name of an item is that of its log and of its entry in the state of a run, so two items with one name could not be told apart.',
    example: showing("Items.of('a.tar', 'b.tar', 'a.tar')"),
  },
  PL052: {
    severity: 'error',
    title: 'Unknown item field',
    message: (p: { field: string; fields: string }) => `items have no field ${p.field}; they have ${p.fields}`,
    help: (p: { field: string; fields: string; hint: string }) => p.hint,
    explanation:
      'TypeScript reports it in the editor; plain JavaScript and data whose type was asserted are checked here.',
    example: `${pipeline}const items = Items.of({ path: 'a' }, { path: 'b' });
new Task(p, 'show', { forEach: items, command: ({ item }) => ['cat', (item as never as { pth: string }).pth] });`,
  },
  PL053: {
    severity: 'error',
    title: 'Item without forEach',
    message: (p: { use: string }) => `${p.use} uses an item or its index, but the task has no \`forEach\``,
    help: () => 'Add `forEach`, or leave the reference out.',
    explanation: 'Only a task that runs once for each item has an item and an index.',
    example: `${pipeline}new Task(p, 'show', { command: ({ index }) => ['echo', index] } as never);`,
  },
  PL054: {
    severity: 'error',
    title: 'Item where there is a batch',
    message: (p: { use: string; batch: number }) =>
      `${p.use} uses a single item, but the command gets batches of ${p.batch}`,
    help: () => 'Use the list as an argument of its own, or `item.join(",")`.',
    explanation: 'With `batch(n)` a command works on several items at once.',
    example: `${pipeline}const items = Items.of('a', 'b', 'c', 'd');
new Task(p, 'show', { forEach: items.batch(2), command: () => ['echo', items.item] });`,
  },
  PL055: {
    severity: 'error',
    title: 'Item too large',
    message: (p: { source: string; item: string; kibibytes: number }) =>
      `${p.item} of ${p.source} has ${p.kibibytes} KiB; at most 127 fit`,
    help: () => 'Put the data into a file on a volume and give its path as the item.',
    explanation:
      'Linux takes at most 131,072 bytes for one argument or environment variable, with its name (MAX_ARG_STRLEN, execve(2)).',
    example: showing("Items.of('a', 'x'.repeat(140_000))"),
  },
  PL056: {
    severity: 'error',
    title: 'Bad number of items',
    message: (p: { prop: string; value: string }) => `\`${p.prop}\` is ${p.value}: it has to be a whole number from 1`,
    help: () => 'Give a whole number, for example 10.',
    explanation:
      '`batch(n)` gives n items to one command; `itemsPerPod: n` runs n commands one after the other in one pod.',
    example: `${pipeline}new Task(p, 'show', { forEach: Items.of('a', 'b'), itemsPerPod: 0, command: ['true'] });`,
  },
  PL057: {
    severity: 'error',
    title: 'Command needed',
    message: (p: { task: string; reason: string }) => `task "${p.task}" has ${p.reason} but no \`command\``,
    help: () => 'Write the command, also when it is the entrypoint of the image: `command: [...]`.',
    explanation:
      'The container starts with a small script that sets up the item (or gathers the outputs) and then starts the command. What the entrypoint of an image is, only the kubelet knows.',
    example: `${pipeline}new Task(p, 'show', { args: ['--all'], outputs: { loss: 'number', steps: 'number' } });`,
  },
  PL058: {
    severity: 'error',
    title: 'Environment variable that the item script cannot keep',
    message: (p: { variable: string; reason: string }) => `the environment variable ${p.variable} ${p.reason}`,
    help: () => 'Give it another name: letters, digits and "_", not starting with a digit.',
    explanation:
      'Tasks with `forEach` start through a shell. It sets ITEM (or ITEM_<FIELD> for each field) for the program, and shells drop variables whose names are not theirs (POSIX.1-2024, Shell Command Language 2.5.3).',
    example: `${pipeline}new Task(p, 'show', { forEach: Items.of('a', 'b'), env: { ITEM: 'x' }, command: ['true'] });`,
  },
  PL060: {
    severity: 'warning',
    title: 'Large item tables',
    message: (p: { task: string; mebibytes: string }) =>
      `the items of task "${p.task}" take ${p.mebibytes} MiB of tables`,
    help: () =>
      'Make items shorter with map(), compute them with Items.range or Items.braces, or list them in a file that the pod fetches.',
    explanation:
      'Tables are ConfigMaps in etcd, whose whole database is 2 GiB by default (etcd documentation, "System limits"). From 16 MiB this is a warning, above 64 MiB an error.',
    example: showing('Items.range(0, 180_000).map((number) => `${number}`.padStart(80, "x"))'),
  },
  PL061: {
    severity: 'error',
    title: 'Item tables too large',
    message: (p: { task: string; mebibytes: string }) =>
      `the items of task "${p.task}" take ${p.mebibytes} MiB of tables; at most 64 fit`,
    help: () =>
      'Make items shorter with map(), compute them with Items.range or Items.braces, split the task into several, or list the items in a file that the pod fetches.',
    explanation:
      'Tables are ConfigMaps in etcd, whose whole database is 2 GiB by default (etcd documentation, "System limits").',
    example: showing('Items.range(0, 1_000).map((number) => `${number}`.padStart(80_000, "x"))'),
  },
  PL062: {
    severity: 'error',
    title: 'Too large for a ConfigMap',
    message: (p: { what: string; kibibytes: number }) =>
      `${p.what} has ${p.kibibytes} KiB; at most 900 fit a ConfigMap`,
    help: () => 'Make the batch smaller, or put the data into the image or on a volume.',
    explanation:
      'The data of a ConfigMap may have 1 MiB (Kubernetes documentation, "ConfigMaps"); the rest is left for its metadata.',
    example: `${pipeline}new Task(p, 'show', { script: '#' + 'x'.repeat(1_000_000) });`,
  },
  PL063: {
    severity: 'error',
    title: 'Two values in one environment variable',
    message: (p: { variable: string; first: string; second: string }) =>
      `${p.first} and ${p.second} would both be ${p.variable}`,
    help: () => 'Rename one of them; case and punctuation do not count.',
    explanation:
      'Values reach the pod in environment variables with names in capitals, in which everything but letters and digits is "_".',
    example: `${pipeline}const ab = new Task(p, 'a-b', { command: ['true'], outputs: { c: 'string' } });
const a = new Task(p, 'a', { command: ['true'], outputs: { 'b-c': 'string' } });
new Task(p, 'show', { command: ['echo', ab.outputs.c, a.outputs['b-c']] });`,
  },
  PL064: {
    severity: 'error',
    title: 'Run-time list with several items in a pod',
    message: (p: { task: string; list: string }) =>
      `task "${p.task}" takes several items of the run-time list ${p.list} in one pod`,
    help: () => 'Leave out `itemsPerPod`, or use the jobs target.',
    explanation: 'Argo starts one pod for each element of a list that a task puts out (Workflow field `withParam`).',
    example: `${pipeline}const find = new Task(p, 'find', { command: ['sh', '-c', 'ls > $PODLOOM_OUTPUT_FILES'], outputs: { files: Output.list() } });
new Task(p, 'show', { forEach: find.outputs.files, itemsPerPod: 2, command: ({ item }) => ['echo', item] });`,
  },
});
