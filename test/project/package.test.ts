import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The package as users get it: packed, installed into an empty folder outside of the repository, with its peers.
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'podloom-package-'));
const versions = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies as Record<string, string>;
const env = { ...process.env, NODE_OPTIONS: '', PATH: `${dirname(process.execPath)}:${process.env.PATH}` };

beforeAll(() => {
  npm(root, 'pack', '--silent', '--pack-destination', folder);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) as string;
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }\n');
  const peers = ['cdk8s', 'constructs', 'cdk8s-plus-28', 'typescript'].map((name) => `${name}@${versions[name]}`);
  npm(folder, 'install', '--no-audit', '--no-fund', '--silent', `./${tarball}`, ...peers, '@types/node@24');
  mkdirSync(join(folder, 'pipelines'));
  writeFileSync(join(folder, 'pipelines/hello.ts'), pipeline);
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pipeline = `import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';

export const hello = new Pipeline(new App(), 'hello', { image: 'busybox:1.37' });
new Task(hello, 'greet', { forEach: Items.of({ name: 'Ada' }), command: ({ item }) => ['echo', \`Hello \${item.name}\`] });
`;

describe('the packed package', () => {
  test('synthesizes and validates', () => {
    const synth = podloom('synth');
    expect(synth.stderr).toContain('dist');
    expect(synth.status).toBe(0);
    expect(readFileSync(join(folder, 'dist/argo/hello.yaml'), 'utf8')).toContain('kind: WorkflowTemplate');
    const validate = podloom('validate');
    expect(validate.stderr + validate.stdout).toContain('kubeconform');
    expect(validate.status).toBe(0);
  });

  test('finds what is wrong, with its line', () => {
    writeFileSync(
      join(folder, 'pipelines/wrong.ts'),
      pipeline.replaceAll('hello', 'wrong').replace("'busybox:1.37'", "'Busy Box'"),
    );
    const synth = podloom('synth', '--check');
    rmSync(join(folder, 'pipelines/wrong.ts'));
    expect(synth.status).toBe(2);
    expect(synth.stderr).toMatch(/pipelines\/wrong\.ts:5:1 error PL\d+: /);
  });

  test('has its types', () => {
    const tsconfig = {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2023',
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        types: ['node'],
      },
      include: ['pipelines'],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const check = () =>
      spawnSync(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: folder, encoding: 'utf8' });
    expect(check().stdout).toBe('');
    writeFileSync(join(folder, 'pipelines/hello.ts'), pipeline.replace('item.name', 'item.nam'));
    expect(check().stdout).toContain("Property 'nam' does not exist");
    writeFileSync(join(folder, 'pipelines/hello.ts'), pipeline);
  });

  test('runs a pipeline on this machine', () => {
    const run = podloom('run', 'hello', '--local');
    expect(run.stderr).not.toContain('error');
    expect(run.status).toBe(0);
    expect(run.stderr).toContain('report: runs/hello/report.html\n');
    const logs = readdirSync(join(folder, 'runs/hello/greet'));
    expect(logs).toHaveLength(1);
    expect(readFileSync(join(folder, 'runs/hello/greet', logs[0] as string), 'utf8')).toBe('Hello Ada\n');
  });

  test('works from CommonJS, and with Testing.synth', () => {
    const script = `
      const { App, Testing } = require('cdk8s');
      const { Pipeline, Task } = require('podloom');
      const p = new Pipeline(new App(), 'p', { image: 'busybox:1.37' });
      new Task(p, 't', { command: ['true'] });
      console.log(Testing.synth(p).map((object) => object.kind).join(' '));`;
    const output = execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8', env });
    expect(output).toContain('WorkflowTemplate');
  });

  test('carries no sources and no tests', () => {
    const installed = join(folder, 'node_modules/podloom');
    expect(existsSync(join(installed, 'lib/index.d.ts'))).toBe(true);
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'DIAGNOSTICS.md',
      'LICENSE',
      'README.md',
      'bin',
      'build',
      'lib',
      'package.json',
    ]);
  });
});

function npm(cwd: string, ...args: string[]): void {
  execFileSync('npm', args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
}

function podloom(...args: string[]) {
  return spawnSync(process.execPath, ['node_modules/podloom/bin/podloom.cjs', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
}
