import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Loaded, type Project, ProjectFolder } from './projects.ts';

const start = "import { App, Chart } from 'cdk8s';\nimport { Pipeline } from 'podloom';\n";
const pipeline = (id: string) => `${start}export const ${id} = new Pipeline(new App(), '${id}');\n`;

const projects = {
  several: {
    files: {
      'pipelines/a.ts': pipeline('one') + "new Pipeline(new App(), 'two');\n",
      'pipelines/b.ts': pipeline('three'),
    },
  },
  'one imports another': {
    files: {
      'pipelines/a.ts': `import { b } from './b.ts';\n${pipeline('a')}console.error(b.node.id);\n`,
      'pipelines/b.ts': pipeline('b'),
    },
  },
  'only the importer is asked for': {
    files: { 'pipelines/a.ts': `import './b.ts';\n${pipeline('a')}`, 'pipelines/b.ts': pipeline('b') },
    load: ['pipelines/a.ts'],
  },
  'the imported one fails': {
    files: {
      'pipelines/a.ts': `import './b.ts';\n${pipeline('a')}`,
      'pipelines/b.ts': `${pipeline('b')}throw new Error('no');\n`,
      'pipelines/c.ts': pipeline('c'),
    },
  },
  'the importer fails': {
    files: {
      'pipelines/a.ts': `import './b.ts';\n${pipeline('a')}throw new Error('no');\n`,
      'pipelines/b.ts': pipeline('b'),
    },
  },
  'made by a helper': {
    files: {
      'pipelines/a.ts': "import { make } from './b.ts';\nmake('first');\n",
      'pipelines/b.ts': `${start}export const make = (id: string) => new Pipeline(new App(), id);\nmake('second');\n`,
    },
  },
  'helper in the same folder': {
    files: {
      'pipelines/a.ts': `import { id } from './shared.ts';\n${start}new Pipeline(new App(), id);\n`,
      'pipelines/shared.ts': "export const id = 'shared';\n",
    },
  },
  'passes on a pipeline': {
    files: { 'pipelines/a.ts': "export { b } from '../lib/b.ts';\n", 'lib/b.ts': pipeline('b') },
  },
  'one app': {
    files: {
      'pipelines/a.ts': `${start}const app = new App();\nnew Pipeline(app, 'x');\nnew Pipeline(app, 'y');\nnew Chart(app, 'z');\napp.synth();\nprocess.stdout.write(app.synthYaml());\n`,
    },
  },
  'subclass after await': {
    files: {
      'pipelines/a.ts': `${start}class Mine extends Pipeline {}\nawait new Promise((done) => setTimeout(done, 5));\nnew Mine(new App(), 'mine');\n`,
    },
  },
  commonjs: {
    files: {
      'pipelines/a.cjs':
        "const { App } = require('cdk8s');\nconst { Pipeline } = require('podloom');\nnew Pipeline(new App(), 'old');\n",
    },
  },
  'no type in package.json': { files: { 'package.json': '{}', 'pipelines/a.ts': pipeline('a') } },
  prints: {
    files: {
      'pipelines/a.ts': `${pipeline('a')}console.log('hello'); process.stdout.write('there\\n'); console.info('%s', 'you');\n`,
    },
  },
  'same file twice': {
    files: { 'pipelines/a.ts': pipeline('a') },
    load: ['pipelines/a.ts', './pipelines/../pipelines/a.ts'],
  },
  'two copies of podloom': {
    files: {
      'node_modules/podloom/package.json': '{ "name": "podloom", "type": "module", "exports": "./lib/index.js" }',
      'node_modules/podloom/lib/index.js':
        "import { Chart } from 'cdk8s';\nexport class Pipeline extends Chart {\n  constructor(scope, id) {\n    super(scope, id);\n    globalThis[Symbol.for('podloom.host')]?.register(this, new URL('.', import.meta.url).href);\n  }\n}\n",
      'pipelines/a.ts': pipeline('a'),
    },
  },
  nothing: { files: {} },
} satisfies { [name: string]: Project };

const folder = new ProjectFolder();
let loaded: { [name in keyof typeof projects]: Loaded };
beforeAll(async () => {
  loaded = await folder.load(projects);
});
afterAll(() => folder.dispose());

function pipelinesOf(name: keyof typeof projects): string[] {
  return loaded[name].pipelines.map(([id, file]) => `${id} ${file}`);
}

test('every pipeline of every file is found, exported or not', () => {
  expect(pipelinesOf('several')).toEqual(['one pipelines/a.ts', 'two pipelines/a.ts', 'three pipelines/b.ts']);
  expect(loaded.several.printed).toBe('');
});

test('a pipeline belongs to the file that made it, once', () => {
  expect(pipelinesOf('one imports another')).toEqual(['b pipelines/b.ts', 'a pipelines/a.ts']);
  expect(pipelinesOf('same file twice')).toEqual(['a pipelines/a.ts']);
  expect(pipelinesOf('made by a helper')).toEqual(['second pipelines/b.ts', 'first pipelines/a.ts']);
  expect(pipelinesOf('only the importer is asked for')).toEqual(['b pipelines/a.ts', 'a pipelines/a.ts']);
});

test('a failed file takes its own pipelines with it, and those of files that import it', () => {
  expect(pipelinesOf('the imported one fails')).toEqual(['c pipelines/c.ts']);
  expect(loaded['the imported one fails'].printed).toMatch(
    /^pipelines\/b\.ts:4:7 error PL008: Error: no\n[\s\S]*\n1 error\n$/,
  );
  expect(pipelinesOf('the importer fails')).toEqual(['b pipelines/b.ts']);
});

test('files that only help are no error', () => {
  expect(pipelinesOf('helper in the same folder')).toEqual(['shared pipelines/a.ts']);
  expect(loaded['helper in the same folder'].printed).toBe('');
  expect(pipelinesOf('passes on a pipeline')).toEqual(['b pipelines/a.ts']);
  expect(loaded['passes on a pipeline'].printed).toBe('');
});

test('app.synth() does nothing, and writes nothing', () => {
  expect(pipelinesOf('one app')).toEqual(['x pipelines/a.ts', 'y pipelines/a.ts']);
  expect(loaded['one app']).toMatchObject({ apps: 1, printed: '', stdout: '', stderr: '' });
});

test('subclasses, top-level await, CommonJS and packages without a type', () => {
  expect(pipelinesOf('subclass after await')).toEqual(['mine pipelines/a.ts']);
  expect(pipelinesOf('commonjs')).toEqual(['old pipelines/a.cjs']);
  expect(pipelinesOf('no type in package.json')).toEqual(['a pipelines/a.ts']);
  expect(loaded['no type in package.json']).toMatchObject({ printed: '', stderr: '' });
});

test('what user code prints goes to stderr', () => {
  expect(loaded.prints).toMatchObject({ stdout: '', stderr: 'hello\nthere\nyou\n' });
});

test('inputs are the modules of the user', () => {
  expect(loaded['passes on a pipeline'].inputs).toEqual(['lib/b.ts', 'pipelines/a.ts']);
});

test('no files, no result', () => {
  expect(loaded.nothing).toEqual({ pipelines: [], apps: 0, inputs: [], printed: '', stdout: '', stderr: '' });
});

test('a pipeline of another copy of podloom is an error', () => {
  const { printed, pipelines } = loaded['two copies of podloom'];
  expect(pipelines).toEqual([]);
  expect(printed).toContain(
    'pipelines/a.ts:3:18 error PL013: this pipeline is made with the podloom in node_modules/podloom/lib, but the command that compiles it is the one in ',
  );
});
