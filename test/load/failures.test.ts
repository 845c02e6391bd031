import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loaded, type Project, ProjectFolder } from './projects.ts';

const start = "import { App } from 'cdk8s';\nimport { Pipeline } from 'podloom';\n";
const train = `${start}export const train = new Pipeline(new App(), 'train', { image: 'ghcr.io/acme/train:1.4' });\n`;
const body = (text: string): Project => ({ files: { 'pipelines/bad.ts': start + text, 'pipelines/good.ts': train } });

/** Each has one bad file, whose message is compared as a whole; the good one beside it must still be loaded. */
const projects = {
  'syntax-error': body('const x: string = ;\n'),
  'syntax-error-in-javascript': {
    files: { 'pipelines/bad.js': 'export const a = 1;\n\nlet b = {;\n', 'pipelines/good.ts': train },
  },
  'declared-twice': body('const a = 1;\nconst b = 2;\nconst a = 3;\n'),
  enum: body('\n  enum Stage { Decode }\n'),
  'parameter-property': body('class A { constructor(private x: number) {} }\n'),
  'no-extension': {
    files: {
      'pipelines/bad.ts': "import { a } from './lib/shared';\n",
      'pipelines/lib/shared.ts': 'export const a = 1;\n',
      'pipelines/good.ts': train,
    },
  },
  'no-such-package': body("import { z } from 'no-such-package/deep';\n"),
  'no-such-file': body("import { z } from '../shared/nothing.ts';\n"),
  'no-such-builtin': body("import { z } from 'node:nothing';\n"),
  'folder-import': {
    files: { 'pipelines/bad.ts': "import './lib';\n", 'pipelines/lib/index.ts': '', 'pipelines/good.ts': train },
  },
  'package-without-that-path': body("import 'podloom/lib/constructs/task.js';\n"),
  'json-without-attribute': {
    files: {
      'pipelines/bad.ts': "import list from './list.json';\n",
      'pipelines/list.json': '[]',
      'pipelines/good.ts': train,
    },
    load: ['pipelines/bad.ts', 'pipelines/good.ts'],
  },
  'yaml-import': {
    files: { 'pipelines/bad.ts': "import './list.yaml';\n", 'pipelines/list.yaml': '', 'pipelines/good.ts': train },
    load: ['pipelines/bad.ts', 'pipelines/good.ts'],
  },
  'missing-export': body("import { Taks } from 'podloom';\nnew Taks();\n"),
  'import-in-commonjs': { files: { 'pipelines/bad.cjs': start, 'pipelines/good.ts': train } },
  'require-in-module': body("const fs = require('node:fs');\n"),
  dirname: body('console.error(__dirname);\n'),
  'error-in-helper-file': {
    files: {
      'pipelines/bad.ts': "import { check } from './lib/check.ts';\ncheck('a');\n",
      'pipelines/lib/check.ts':
        'export function check(name: string): never {\n  throw new RangeError(`no image for ${name}`);\n}\n',
      'pipelines/good.ts': train,
    },
  },
  'syntax-error-in-helper-file': {
    files: {
      'pipelines/bad.ts': "import './lib/b.ts';\n",
      'pipelines/lib/b.ts': 'export const = 1;\n',
      'pipelines/good.ts': train,
    },
  },
  causes: body(
    "try {\n  JSON.parse('{');\n} catch (cause) {\n  throw new Error('images.json is damaged', { cause });\n}\n",
  ),
  'not-an-error': body('throw { code: 7, nested: { deep: {} } };\n'),
  'thrown-undefined': body('throw undefined;\n'),
  'hostile-value': body(
    "throw new Proxy({}, { get() { throw new Error('no'); }, getPrototypeOf() { throw new Error('no'); } });\n",
  ),
  'hostile-text': body("throw new Error('\\u001b[2J\\u0007line one\\nline two\\u202e');\n"),
  'error-from-package': body(
    "new Pipeline(new App(), 'x');\nconst app = new App();\nnew Pipeline(app, 'y');\nnew Pipeline(app, 'y');\n",
  ),
  'rejected-promise': body(
    "const read = async () => {\n  await null;\n  throw new Error('later');\n};\nread();\nnew Pipeline(new App(), 'x');\n",
  ),
  'error-in-callback': body(
    "setTimeout(() => { throw new Error('in a timer'); }, 0);\nawait new Promise((done) => setTimeout(done, 20));\n",
  ),
  exit: body(
    'function stop(): never {\n  process.exit(3);\n}\ntry {\n  stop();\n} catch {}\nnew Pipeline(new App(), "x");\n',
  ),
  'waits-for-nothing': body('const list: string[] = await new Promise(() => {});\n'),
  'waits-with-open-timer': {
    ...body('setInterval(() => {}, 1000);\nawait new Promise(() => {});\n'),
    timeoutSeconds: 0.2,
  },
  missing: { files: { 'pipelines/good.ts': train }, load: ['pipelines/bad.ts', 'pipelines/good.ts'] },
  folder: {
    files: { 'pipelines/bad.ts/a.txt': '', 'pipelines/good.ts': train },
    load: ['pipelines/bad.ts', 'pipelines/good.ts'],
  },
  'not-utf8': { files: { 'pipelines/good.ts': train, 'pipelines/bad.ts': Uint8Array.of(0x61, 0xff, 0x0a) } },
  tsx: { files: { 'pipelines/bad.tsx': '', 'pipelines/good.ts': train } },
  'no-pipeline': { files: { 'pipelines/bad.ts': 'export const a = 1;\n', 'pipelines/good.ts': train } },
  'exports-function': body("export default function (): Pipeline {\n  return new Pipeline(new App(), 'x');\n}\n"),
  'exports-class': body('export class Train extends Pipeline {}\n'),
  'exports-promise': body(
    'const make = async () => {\n  await new Promise((done) => setTimeout(done, 10_000));\n};\nexport const train = make();\n',
  ),
} satisfies { [name: string]: Project };

const expectedFolder = join(import.meta.dirname, 'expected');
const folder = new ProjectFolder();
let loaded: { [name: string]: Loaded };

beforeAll(async () => {
  loaded = await folder.load(projects);
});
afterAll(() => folder.dispose());

test.each(Object.keys(projects))('%s', (name) => {
  const result = loaded[name] as Loaded;
  const file = join(expectedFolder, `${name}.txt`);
  if (process.env.UPDATE === '1') writeFileSync(file, result.printed);
  expect(result.printed).toBe(readFileSync(file, 'utf8'));
  expect(result.pipelines).toEqual([['train', 'pipelines/good.ts']]);
  expect(result.stdout).toBe('');
});

test('there is a test for each expected text', () => {
  expect(readdirSync(expectedFolder).sort()).toEqual(
    Object.keys(projects)
      .map((name) => `${name}.txt`)
      .sort(),
  );
});
