import { definitions } from '../definition.ts';

const node = 'Node.js documentation, "Modules: TypeScript" and "Modules: ECMAScript modules" (v24).';

export const loadDefinitions = definitions({
  PL001: {
    severity: 'error',
    title: 'Pipeline file not found',
    message: ({ file }: { file: string }) => `there is no file ${file}`,
    help: () => 'name a file of the project, relative to its root, or the id of a pipeline in pipelines/',
    explanation: 'A file that was named on the command line or in the configuration does not exist.',
    example: { files: {}, args: ['synth', 'pipelines/missing.ts'] },
  },
  PL002: {
    severity: 'error',
    title: 'Pipeline file cannot be read',
    message: ({ file, reason }: { file: string; reason: string }) => `${file} cannot be read as a pipeline: ${reason}`,
    help: () => 'a pipeline is a TypeScript or JavaScript module in UTF-8: .ts, .mts, .js or .mjs',
    explanation: `A folder, a file without permission to read it, bytes that are not UTF-8, or a kind of file that Node does not
run, such as .tsx. Source: ${node}`,
    example: {
      files: { 'pipelines/example.tsx': 'export const page = <p>no pipeline</p>;\n' },
      args: ['synth', 'pipelines/example.tsx'],
    },
  },
  PL003: {
    severity: 'error',
    title: 'Syntax error',
    message: ({ error }: { error: string }) => `syntax error: ${error}`,
    help: () => 'correct the syntax; `npx tsc --noEmit` shows all errors of a project at once',
    explanation: 'Node cannot parse the file, so nothing in it was run. The other pipelines are still compiled.',
    example: "const pipeline = new Pipeline(app, 'train', { image: );\n",
  },
  PL004: {
    severity: 'error',
    title: 'TypeScript syntax that needs a compiler',
    message: ({ error }: { error: string }) => error,
    help: () =>
      'Node runs TypeScript by leaving the types out: write a const object instead of an enum, a module instead of a namespace, and assign fields instead of parameter properties; `erasableSyntaxOnly` in tsconfig.json shows such places',
    explanation: `podloom has no build step. Source: ${node}`,
    example:
      "enum Stage { Decode = 'decode' }\nnew Pipeline(app, Stage.Decode, { image: 'ghcr.io/acme/train:1.4' });\n",
  },
  PL005: {
    severity: 'error',
    title: 'Import cannot be resolved',
    message: ({ specifier, reason }: { specifier: string; reason: string; fix: string }) =>
      `cannot import ${JSON.stringify(specifier)}: ${reason}`,
    help: ({ fix }) => fix,
    explanation: `Imports of the project's own files name the file with its extension (\`./shared.ts\`); packages have to be
installed. Source: ${node}`,
    example: "import { images } from './images';\nnew Pipeline(app, 'train', { image: images.train });\n",
  },
  PL006: {
    severity: 'error',
    title: 'Module has no such export',
    message: ({ specifier, name }: { specifier: string; name: string }) =>
      `${JSON.stringify(specifier)} does not export ${JSON.stringify(name)}`,
    help: () =>
      'check the spelling; a type is imported with `import type`, because Node leaves types out without looking at what they are',
    explanation: `The names that a module exports are checked before anything runs. Source: ${node}`,
    example:
      "import { Pipelines } from 'podloom';\nnew Pipelines(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n",
  },
  PL007: {
    severity: 'error',
    title: 'ES module and CommonJS mixed up',
    message: ({ error }: { error: string; fix: string }) => error,
    help: ({ fix }) => fix,
    explanation: `The nearest package.json decides what a .ts or .js file is: an ES module with \`"type": "module"\`, CommonJS with
\`"type": "commonjs"\`. Source: ${node}`,
    example:
      "const { readFileSync } = require('node:fs');\nnew Pipeline(app, 'train', { image: readFileSync('image.txt', 'utf8') });\n",
  },
  PL008: {
    severity: 'error',
    title: 'Error in the code of a pipeline',
    message: ({ error }: { error: string }) => error,
    help: () => 'correct the code; the pipelines of this file are left out until it loads',
    explanation: `The code of the file threw. The place is the innermost line of your own code; the lines that called it, and the
causes of the error, are notes. Pipelines that the file made before are dropped, those of other files are compiled.`,
    example:
      "const images = new Map([['train', 'ghcr.io/acme/train:1.4']]);\n" +
      'function imageOf(name: string): string {\n' +
      '  const image = images.get(name);\n' +
      '  if (image === undefined) throw new RangeError(`no image for ${name}`);\n' +
      '  return image;\n' +
      '}\n' +
      "new Pipeline(app, 'train', { image: imageOf('evaluate') });\n",
  },
  PL009: {
    severity: 'error',
    title: 'Error that nobody caught',
    message: ({ error }: { error: string }) => `an error was not caught: ${error}`,
    help: () => 'await the promise, so that the pipeline is made from its result, or catch the error',
    explanation: 'A promise was rejected, or a callback threw, while the file was loaded, and no code waited for it.',
    example:
      'async function readImages(): Promise<never> {\n' +
      "  throw new Error('images.json is empty');\n" +
      '}\n' +
      'readImages();\n' +
      "const pipeline = new Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n" +
      "new Task(pipeline, 'fit', { command: ['python', 'fit.py'] });\n",
  },
  PL010: {
    severity: 'error',
    title: 'process.exit in a pipeline',
    message: ({ call }: { call: string }) => `${call} is called while the file is loaded`,
    help: () => 'throw an error instead: it is reported with its line, and other pipelines are still compiled',
    explanation:
      'A pipeline file declares; it does not decide about the process that reads it. The call is stopped by an exception.',
    example:
      "if (app.charts.length === 0) process.exit(1);\nnew Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n",
  },
  PL011: {
    severity: 'error',
    title: 'Pipeline file never finishes',
    message: ({ file }: { file: string }) => `${file} waits for something that never happens`,
    help: () =>
      'look for an `await` at the top level of this file, or of a file that it imports, whose promise is never settled',
    explanation: `A file is loaded when its top-level \`await\`s are done. podloom stops waiting when nothing is left to wait for, or
after 60 seconds when a server, an interval or a connection is still open.`,
    example: 'const image = await new Promise<string>(() => {});\n' + "new Pipeline(app, 'train', { image });\n",
  },
  PL012: {
    severity: 'error',
    title: 'File without a pipeline',
    message: ({ file }: { file: string; fix: string }) => `${file} makes no pipeline`,
    help: ({ fix }) => fix,
    explanation: `Every file that podloom is told to compile, and without arguments that is every file directly in pipelines/, makes at
least one \`Pipeline\` when it is loaded. Files that other pipeline files import are helpers and may make none.`,
    example:
      'export function trainPipeline() {\n' +
      "  return new Pipeline(app, 'train', { image: 'ghcr.io/acme/train:1.4' });\n" +
      '}\n',
  },
  PL013: {
    severity: 'error',
    title: 'Two copies of podloom',
    message: ({ theirs, ours }: { theirs: string; ours: string }) =>
      `this pipeline is made with the podloom in ${theirs}, but the command that compiles it is the one in ${ours}`,
    help: () => "run the project's own podloom (`npx podloom`, or an npm script), and install only one",
    explanation: `Two copies can be two versions, which do not understand each other's pipelines. It happens with a global
installation beside the one of the project, and in workspaces in which two packages install their own.`,
    example: {
      files: {
        'node_modules/podloom/package.json':
          '{ "name": "podloom", "version": "0.0.1", "type": "module", "exports": "./lib/index.js" }\n',
        'node_modules/podloom/lib/index.js':
          "import { Chart } from 'cdk8s';\n" +
          'export class Pipeline extends Chart {\n' +
          '  constructor(scope, id) {\n' +
          '    super(scope, id);\n' +
          "    globalThis[Symbol.for('podloom.host')]?.register(this, new URL('.', import.meta.url).href);\n" +
          '  }\n' +
          '}\n',
        'pipelines/example.ts':
          "import { App } from 'cdk8s';\nimport { Pipeline } from 'podloom';\n\nnew Pipeline(new App(), 'train');\n",
      },
    },
  },
  PL014: {
    severity: 'error',
    title: 'Built-in objects are changed',
    message: (p: { file: string; names: readonly string[] }) =>
      `${p.file} changes ${p.names.slice(0, 5).join(', ')}${p.names.length > 5 ? ' and more' : ''}, which podloom needs as it was`,
    help: () => 'Leave built-in objects as they are. A package that the file imports may be what changes them.',
    explanation:
      'Pipelines run in the process that compiles them, and all code there shares the built-in objects. podloom puts back what was replaced, taken away, or added to Object.prototype, and goes on with the other files.',
    example: `const p = new Pipeline(app, 'example', { image: 'busybox:1.37' });
new Task(p, 'show', { command: ['true'] });
delete (Array.prototype as { map?: unknown }).map;`,
  },
});
