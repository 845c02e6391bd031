/** Bad input of any kind, and what has to be in what is printed. */
export interface Case {
  /** Text of pipelines/bad.js or .ts, below the imports and a pipeline `p`. */
  readonly js?: string;
  readonly ts?: string;
  readonly files?: { readonly [path: string]: string | Uint8Array };
  /** Shell commands in the project, before podloom runs. */
  readonly before?: string;
  readonly args?: readonly string[];
  /** Codes or texts that are printed. */
  readonly says: readonly string[];
}

const loop = (props: string) => `new Task(p, 'a', { forEach: Items.of('x'), ${props} });`;
const lines = (file: string) =>
  `new Task(p, 'a', { forEach: Items.lines('${file}'), command: ({ item }) => ['x', item] });`;

/** Cases that leave the process as it was. */
export const cases: { readonly [name: string]: Case } = {
  'syntax error': { ts: 'const x = ;', says: ['pipelines/bad.ts:5:11', 'PL003'] },
  'several files, several problems': {
    ts: "new Task(p, 'a', { gpu: 'no:no:no', memory: '8Gb' });",
    files: { 'pipelines/worse.ts': 'const x = ;', 'pipelines/worst.ts': "import './nope.ts';" },
    says: ['PL354', 'PL003', 'PL005', 'bad.ts:5:1', 'worse.ts:1:11', 'worst.ts:1:8'],
  },
  enum: { ts: 'enum A { B }', says: ['bad.ts:5:1', 'PL004'] },
  namespace: { ts: 'namespace N { export const a = 1; }', says: ['bad.ts:5:1', 'PL004'] },
  'missing module': { ts: "import './nope.ts';", says: ['bad.ts:5:8', 'PL005'] },
  'throw of an error': { ts: "throw new Error('boom');", says: ['bad.ts:5:7', 'PL008', 'boom'] },
  'throw of a text': { ts: "throw 'boom';", says: ['pipelines/bad.ts error PL008', "'boom' was thrown"] },
  'throw of null': { ts: 'throw null;', says: ['PL008: null was thrown'] },
  'throw of an error without stack': {
    js: "const e = new Error('bare'); e.stack = undefined; throw e;",
    says: ['PL008: Error: bare'],
  },
  'throw of an error with a message that throws': {
    js: "const e = new Error(); Object.defineProperty(e, 'message', { get() { throw 1; } }); throw e;",
    says: ['PL008', 'cannot be shown'],
  },
  'throw of a proxy': {
    js: 'throw new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; } });',
    says: ['PL008'],
  },
  'throw in a function of the item': {
    js: loop("command: () => { throw new Error('inside'); }"),
    says: ['bad.js:5', 'PL364', 'inside'],
  },
  'throw of a text in env': { js: loop("command: ['x'], env: () => { throw 'inside'; }"), says: ['PL364', 'inside'] },
  'throw in map': {
    js: "Items.of('a').map(() => { throw new Error('in map'); });",
    says: ['bad.js:5', 'PL008', 'in map'],
  },
  'throw in a component': {
    js: "class C { constructor() { throw new TypeError('component'); } }\nnew C();",
    says: ['bad.js:5', 'PL008', 'called from here (pipelines/bad.js:6:1)'],
  },
  'endless recursion': { js: 'const f = () => f() + 1; f();', says: ['PL008', 'Maximum call stack'] },
  'endless recursion in a function of the item': {
    js: `const f = () => f() + 1; ${loop('command: () => [f()]')}`,
    says: ['PL364'],
  },
  'items file missing': { js: lines('nope.txt'), says: ['bad.js:5', 'PL040'] },
  'items file is a folder': { js: lines('pipelines'), says: ['PL040', 'it is a folder'] },
  'items file empty': { js: lines('i.txt'), files: { 'i.txt': '' }, says: ['PL050'] },
  'items file not UTF-8': {
    js: lines('i.txt'),
    files: { 'i.txt': Uint8Array.of(65, 10, 255, 10) },
    says: ['PL041', 'i.txt:2:1'],
  },
  'items file with NUL': { js: lines('i.txt'), files: { 'i.txt': 'a\nb\0\n' }, says: ['PL042', 'i.txt:2:2'] },
  'CSV broken': {
    js: "new Task(p, 'a', { forEach: Items.csv('i.csv'), command: ({ item }) => ['x', item.a] });",
    files: { 'i.csv': 'a,b\n1\n"x' },
    says: ['PL045', '2 errors'],
  },
  'JSON broken': {
    js: "new Task(p, 'a', { forEach: Items.json('i.json'), command: ({ item }) => ['x', item.a] });",
    files: { 'i.json': '[{"a":1},' },
    says: ['PL044', '1 error'],
  },
  'items of all kinds': {
    js: loop('command: 1').replace("'x'", "'x', null, undefined, () => 1, Symbol('s'), 10n, [1], NaN, 1e400"),
    says: ['PL047', 'NaN', 'Infinity'],
  },
  'items not from Items': {
    js: "new Task(p, 'a', { forEach: ['a'], command: ['x'] });",
    says: ['PL353', '`forEach` is a list'],
  },
  'arguments of Items': { js: 'Items.braces(42);', says: ['bad.js:5', 'Items.braces takes text'] },
  'function expected': { js: "Items.of('a').map('no');", says: ['map takes a function'] },
  'pipeline file empty': { files: { 'pipelines/bad.ts': '' }, says: ['PL012'] },
  'pipeline file binary': { files: { 'pipelines/bad.ts': Uint8Array.of(0, 255, 254) }, says: ['PL002', 'not UTF-8'] },
  'pipeline file is a folder': { files: { 'pipelines/bad.ts/x': '' }, says: ['PL002', 'it is a folder'] },
  'pipeline file missing': { args: ['synth', 'pipelines/nope.ts'], says: ['PL001'] },
  'no such pipeline': { args: ['synth', 'goood'], says: ['PL336', 'Did you mean "good"?'] },
  'two pipelines of one name': {
    js: '',
    files: {
      'pipelines/other.js':
        "import './bad.js';\nimport { App } from 'cdk8s';\nimport { Pipeline } from 'podloom';\nnew Pipeline(new App(), 'bad');",
    },
    says: ['PL023', 'the first one is made here'],
  },
  'id that is no text': {
    js: "new Task(p, 5, { command: ['x'] });",
    says: ['bad.js:5:1', 'the id of a task has to be text'],
  },
  'the same id twice': {
    js: "new Task(p, 'a'); new Task(p, 'a');",
    says: ['bad.js:5', "already a Construct with name 'a'"],
  },
  'a task without a scope': {
    js: "new Task(undefined, 'a', { command: ['x'] });",
    says: ['bad.js:5:1', 'is not in a pipeline'],
  },
  'a task in an app': { js: "new Task(app, 'a', { command: ['x'] });", says: ['bad.js:5:1', 'is not in a pipeline'] },
  'props null': { js: "new Task(p, 'a', null);", says: ['bad.js:5:1', 'have to be an object, not null'] },
  'props unknown': {
    js: "new Task(p, 'a', { comand: ['x'], security: { readonlyRoot: true } });",
    says: ['PL365', 'Did you mean "command"?', 'Did you mean "readOnlyRoot"?'],
  },
  'props that are promises': {
    js: "new Task(p, 'a', { command: Promise.resolve(['x']) });",
    says: ['PL353', '`command` is an object'],
  },
  'props that hold themselves': {
    js: "const c = {}; c.c = c; new Task(p, 'a', { command: ['x'], podSpecPatch: c, labels: c });",
    says: ['PL353', 'holds itself', '`labels.c`'],
  },
  'a getter that throws': {
    js: "new Task(p, 'a', { get command() { throw new Error('getter'); } });",
    says: ['bad.js:5', 'getter'],
  },
  'a proxy that throws': {
    js: "new Task(p, 'a', { command: ['x'], after: new Proxy({}, { has() { throw new Error('trap'); } }) });",
    says: ['PL364', 'trap'],
  },
  'a field of items that are texts': {
    js: loop("command: ['x'], env: ({ item }) => ({ NAME: item.name })"),
    says: ['bad.js:5:1', 'PL052', '"name"'],
  },
  'a cut marker': { js: loop('command: ({ item }) => [`${item}`.slice(1)]'), says: ['PL351'] },
  'a name for a file of its own': {
    js: "new Task(new Pipeline(app, 'kustomization', { image: 'a:1' }), 'a');",
    says: ['PL025'],
  },
  'a rejection that nobody handles': { js: "Promise.reject(new Error('lost'));", says: ['bad.js:5', 'PL009', 'lost'] },
  'profile missing': { args: ['synth', '--profile', 'nope.yaml'], says: ['PL334', 'nope.yaml'] },
  'profile broken': { files: { 'p.yaml': 'a: [' }, args: ['synth', '--profile', 'p.yaml'], says: ['PL334', 'p.yaml:'] },
  'profile with unknown fields': {
    files: { 'p.yaml': 'kubernetis: "1.33"' },
    args: ['synth', '--profile', 'p.yaml'],
    says: ['PL334', 'kubernetis'],
  },
  'profile of no version': {
    files: { 'p.yaml': 'kubernetes: "9.9"' },
    args: ['synth', '--profile', 'p.yaml'],
    says: ['PL334', '9.9'],
  },
  'profile is a folder': { args: ['synth', '--profile', 'pipelines'], says: ['PL334'] },
  'profile of aliases that explode': {
    files: {
      'p.yaml': `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi'].map((key, at) => `${key}: &${key} [${`*${'abcdefgh'[at]}, `.repeat(9)}]\n`).join('')}`,
    },
    args: ['synth', '--profile', 'p.yaml'],
    says: ['PL334'],
  },
  'configuration broken': { files: { 'podloom.config.ts': 'export default {' }, says: ['PL335'] },
  'configuration throws null': { files: { 'podloom.config.ts': 'throw null;' }, says: ['PL335'] },
  'configuration unknown': {
    files: { 'podloom.config.ts': 'export default { outt: 1 };' },
    says: ['PL335', 'Did you mean "out"?'],
  },
  'dist is a file': { before: 'mv dist kept && echo mine > dist', says: ['dist'] },
  'an output file is a folder': {
    before: 'rm dist/argo/good.yaml && mkdir dist/argo/good.yaml',
    says: ['dist/argo/good.yaml'],
  },
  'an output file of somebody else': {
    before: 'echo "kind: Mine" > dist/argo/good.yaml',
    says: ['dist/argo/good.yaml'],
  },
  'wrong flag': { args: ['synth', '--tarjet', 'argo'], says: ['--target'] },
};

const typo = "new Task(p, 'a', { comand: ['x'] });";

/** Cases that change the process they run in, or end it: each has its own. */
export const alone: { readonly [name: string]: Case } = {
  'process.exit': { js: 'process.exit(0);', says: ['bad.js:5:9', 'PL010'] },
  'process.exit later': {
    js: 'setTimeout(() => process.exit(0)); await new Promise((done) => setTimeout(done, 50));',
    says: ['PL010'],
  },
  'an exit code of its own': { js: `process.exitCode = 0; ${typo}`, says: ['PL365'] },
  'an await that never ends': { js: 'await new Promise(() => {});', says: ['bad.js:5:1', 'PL011'] },
  'built-in taken away': { js: 'delete Array.prototype.map;', says: ['PL014', 'Array.prototype.map'] },
  'built-in replaced': {
    js: "JSON.stringify = () => { throw new Error('mine'); };",
    says: ['PL014', 'JSON.stringify'],
  },
  'global taken away': { js: 'globalThis.Map = undefined;', says: ['PL014', 'changes Map'] },
  'Object.prototype extended': { js: 'Object.prototype.foo = () => 1;', says: ['PL014', 'Object.prototype.foo'] },
  'stacks of its own': { js: `Error.prepareStackTrace = () => 42; ${typo}`, says: ['bad.js:5', 'PL365'] },
  'no stacks': { js: `Error.stackTraceLimit = 0; ${typo}`, says: ['PL365'] },
  'stdout replaced': { js: `process.stdout.write = () => { throw new Error('w'); }; ${typo}`, says: ['PL365'] },
  'another working directory': { js: `process.chdir('/'); ${lines('nope.txt')}`, says: ['PL040', 'nope.txt'] },
};
