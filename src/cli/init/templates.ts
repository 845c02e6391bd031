import { ownPackage } from '../version.ts';

/** Files of a new project, by path. `name`: of the package. */
export function projectFiles(name: string): { readonly [path: string]: string } {
  return {
    'package.json': packageJson(name),
    'tsconfig.json': TSCONFIG,
    'cdk8s.yaml': CDK8S,
    '.gitignore': 'node_modules/\nruns/\n.cdk8s-out/\n',
    'pipelines/hello.ts': PIPELINE,
    'test/hello.test.ts': TEST,
    '.github/workflows/synth.yml': WORKFLOW,
  };
}

function packageJson(name: string): string {
  const { version, peerDependencies, devDependencies, engines } = ownPackage();
  const content = {
    name,
    private: true,
    type: 'module',
    engines,
    scripts: {
      synth: 'podloom synth',
      check: 'podloom synth --check',
      validate: 'podloom validate',
      start: 'podloom run hello --local',
      test: 'vitest run',
      typecheck: 'tsc --noEmit',
    },
    dependencies: { podloom: `^${version}`, ...peerDependencies },
    // The package `node` gives the scripts a Node of their own, whatever the machine has; newer npm wants its install script allowed.
    devDependencies: {
      '@types/node': devDependencies['@types/node'],
      node: devDependencies.node,
      typescript: devDependencies.typescript,
      vitest: devDependencies.vitest,
    },
    allowScripts: { node: true },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2024",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true,
    "types": ["node"]
  },
  "include": ["pipelines", "test"]
}
`;

const CDK8S = `# For cdk8s-cli only: podloom never runs \`app\`. The output is a folder of its own, because cdk8s-cli empties it first.
language: typescript
app: podloom synth --cdk8s
output: .cdk8s-out
`;

const PIPELINE = `import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';

const app = new App();
export const hello = new Pipeline(app, 'hello', { image: 'busybox:1.37', maxRunning: 10 });

// One pod and one log for each item, with two more attempts.
const greet = new Task(hello, 'greet', {
  forEach: Items.of('Ada', 'Grace', 'Margaret'),
  command: ({ item, index }) => ['echo', \`Hello, \${item}! You are number \${index}.\`],
  cpu: '100m',
  memory: '64Mi',
  retries: 2,
});

new Task(hello, 'farewell', {
  after: [greet],
  command: ['echo', 'Everyone has been greeted.'],
  cpu: '100m',
  memory: '64Mi',
});
`;

const TEST = `import { Testing } from 'cdk8s';
import { expect, test } from 'vitest';
import { hello } from '../pipelines/hello.ts';

test('everyone is greeted before the farewell', () => {
  const objects = Testing.synth(hello);
  const template = objects.find((object) => object.kind === 'WorkflowTemplate');
  expect(template.metadata.name).toBe('hello');
  expect(JSON.stringify(template.spec)).toContain('farewell');
});
`;

const WORKFLOW = `name: synth
on:
  push: { branches: [main] }
  pull_request:
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-node@v5
        with: { node-version: 24, cache: npm }
      - run: npm ci
      - run: npm test
      - name: dist/ is what the pipelines say
        run: npx podloom synth --check --diagnostics github
      - name: dist/ is valid
        run: npx podloom validate
`;
