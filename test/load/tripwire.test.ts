import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loaded, type Project, ProjectFolder } from './projects.ts';

const train = "import { App } from 'cdk8s';\nimport { Pipeline } from 'podloom';\nnew Pipeline(new App(), 'train');\n";
/** Line 4 is the first of the text. */
const body = (text: string, more: Project['files'] = {}): Project => ({
  files: { 'pipelines/a.ts': train + text, ...more },
});

const projects = {
  clock: body(
    'Date.now();\nnew Date();\nDate();\nperformance.now();\nprocess.hrtime();\nprocess.hrtime.bigint();\nprocess.uptime();\n',
  ),
  'clock with arguments': body(
    "new Date(2020, 1, 1);\nnew Date('2020-01-01').toISOString();\nDate.UTC(2020);\nDate.parse('2020-01-01');\n",
  ),
  randomness: body(
    "import nodeCrypto, { randomBytes, webcrypto } from 'node:crypto';\nMath.random();\n[1].map(Math.random);\ncrypto.randomUUID();\ncrypto.getRandomValues(new Uint8Array(1));\nrandomBytes(1);\nnodeCrypto.randomInt(9);\nwebcrypto.randomUUID();\n",
  ),
  environment: body(
    "import { env } from 'node:process';\nprocess.env.HOME;\nconst { PATH } = process.env;\n'CI' in process.env;\n({ ...process.env });\nenv['NOT-A-NAME'];\nprocess.env.MINE = 'x';\ndelete process.env.MINE;\nif (PATH === undefined) throw new Error('no value');\n",
  ),
  network: body(
    "import { connect } from 'node:net';\nimport http from 'node:http';\nimport * as dns from 'node:dns/promises';\nconst quiet = () => undefined;\nfetch('http://127.0.0.1:1/').catch(quiet);\nconnect(1, '127.0.0.1').on('error', quiet);\nhttp.get('http://127.0.0.1:1/').on('error', quiet);\nawait dns.lookup('localhost').catch(quiet);\n",
  ),
  subprocess: body(
    "import { exec, execFileSync } from 'node:child_process';\nimport { promisify } from 'node:util';\nexecFileSync('true');\nconst { stdout } = await promisify(exec)('echo works');\nif (stdout !== 'works\\n') throw new Error('broken');\n",
  ),
  machine: body("import os, { cpus } from 'node:os';\nos.hostname();\ncpus();\nprocess.cwd();\nconst same = os.EOL;\n"),
  'from a package': body("import { all } from 'noisy';\nall();\n", {
    'node_modules/noisy/package.json': '{ "name": "noisy", "type": "module", "exports": "./index.js" }',
    'node_modules/noisy/index.js':
      "import { execSync } from 'node:child_process';\nexport function all() {\n  Math.random();\n  Date.now();\n  process.env.HOME;\n  process.cwd();\n  execSync('true');\n}\n",
  }),
  'in a helper': body(
    "import { stamp } from './lib/stamp.ts';\nfunction twice() {\n  return stamp() + stamp();\n}\ntwice();\n",
    {
      'pipelines/lib/stamp.ts': 'export const stamp = (): string => new Date().toISOString();\n',
    },
  ),
  'often, and in a loop': body('for (let i = 0; i < 200_000; i++) Math.random();\n'),
  values: body(
    "const now = Date.now();\nif (!(new Date(now) instanceof Date) || Math.abs(now - new Date().getTime()) > 60_000) throw new Error('clock');\nclass Day extends Date {}\nif (!(new Day(0) instanceof Day) || new Day(0).getTime() !== 0) throw new Error('subclass');\nif (Date.name !== 'Date' || Math.random.name !== 'random' || Date.length !== 7) throw new Error('names');\nif (JSON.stringify(Object.keys(process.env).sort()) !== '[\"HOME\",\"PATH\"]') throw new Error('env');\n",
  ),
  'kept for later': body(
    'const { random } = Math;\nconst { env } = process;\nsetTimeout(() => [random(), env.HOME], 50);\n',
  ),
  'after that': body('await new Promise((done) => setTimeout(done, 100));\n'),
} satisfies { [name: string]: Project };

const folder = new ProjectFolder();
let loaded: { [name in keyof typeof projects]: Loaded };
beforeAll(async () => {
  loaded = await folder.load(projects);
});
afterAll(() => folder.dispose());

/** The first lines of the diagnostics, without the folder. */
function headsOf(name: keyof typeof projects): string[] {
  const heads = loaded[name].printed.split('\n').filter((line) => line.includes(' error PL'));
  return heads.map((line) =>
    line.replace('pipelines/', '').replace(/ error (PL\d+): (\S+(?: Date\(\))?) .*$/, ' $1 $2'),
  );
}

test('clock', () => {
  expect(headsOf('clock')).toEqual([
    'a.ts:4:6 PL200 Date.now()',
    'a.ts:5:1 PL200 new Date()',
    'a.ts:6:1 PL200 Date()',
    'a.ts:7:13 PL200 performance.now()',
    'a.ts:8:9 PL200 process.hrtime()',
    'a.ts:9:16 PL200 process.hrtime.bigint()',
    'a.ts:10:9 PL200 process.uptime()',
  ]);
  expect(headsOf('clock with arguments')).toEqual([]);
});

test('randomness', () => {
  expect(headsOf('randomness')).toEqual([
    'a.ts:5:6 PL201 Math.random()',
    'a.ts:6:5 PL201 Math.random()',
    'a.ts:7:8 PL201 crypto.randomUUID()',
    'a.ts:8:8 PL201 crypto.getRandomValues()',
    'a.ts:9:1 PL201 crypto.randomBytes()',
    'a.ts:10:12 PL201 crypto.randomInt()',
    'a.ts:11:11 PL201 crypto.randomUUID()',
  ]);
});

test('environment: reads, not writes', () => {
  expect(headsOf('environment')).toEqual([
    'a.ts:5:13 PL202 process.env.HOME',
    'a.ts:6:9 PL202 process.env.PATH',
    'a.ts:7:6 PL202 process.env.CI',
    'a.ts:8:15 PL202 process.env',
    'a.ts:9:4 PL202 process.env["NOT-A-NAME"]',
  ]);
});

test('network', () => {
  expect(headsOf('network')).toEqual([
    'a.ts:8:1 PL203 fetch()',
    'a.ts:9:1 PL203 net.connect()',
    'a.ts:10:6 PL203 http.get()',
    'a.ts:11:11 PL203 dns.promises.lookup()',
  ]);
});

test('subprocess, which still works', () => {
  expect(headsOf('subprocess')).toEqual([
    'a.ts:6:1 PL204 child_process.execFileSync()',
    'a.ts:7:41 PL204 child_process.exec()',
  ]);
});

test('facts about the machine', () => {
  expect(headsOf('machine')).toEqual([
    'a.ts:5:4 PL205 os.hostname()',
    'a.ts:6:1 PL205 os.cpus()',
    'a.ts:7:9 PL205 process.cwd()',
  ]);
});

test('what a package does is its own affair', () => {
  expect(loaded['from a package'].printed).toBe('');
});

test('the whole text, with the lines that called', () => {
  expect(
    loaded['in a helper'].printed,
  ).toBe(`pipelines/lib/stamp.ts:1:36 error PL200: new Date() reads the clock while the pipeline is built, so each build differs
  > 1 | export const stamp = (): string => new Date().toISOString();
      |                                    ^
  help: write the date out, or make it a parameter of the pipeline that is given for each run; in a pod, ask the container's own clock
  note: called from here (pipelines/a.ts:6:10)
  note: called from here (pipelines/a.ts:8:1)

1 error
`);
});

test('one read, one report', () => {
  expect(headsOf('often, and in a loop')).toEqual(['a.ts:4:40 PL201 Math.random()']);
});

test('calls give what they always give', () => {
  expect(loaded.values.printed).not.toContain('PL008');
  expect(loaded.values.pipelines).toEqual([['train', 'pipelines/a.ts']]);
});

test('what user code keeps is silent when its project is done', () => {
  expect(headsOf('kept for later')).toEqual([]);
  expect(headsOf('after that')).toEqual([]);
});
