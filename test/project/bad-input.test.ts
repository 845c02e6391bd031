/** Whatever is wrong with the input: a diagnostic, exit code 2, and an output folder that is byte for byte as it was. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bin, CONDITION, linkPackages, node } from '../cli/process-rig.ts';
import { runNode } from '../load/projects.ts';
import { alone, type Case, cases } from './bad-input-cases.ts';
import type { Ran } from './bad-input-child.ts';

const HEAD = `import { App } from 'cdk8s';
import { Items, Pipeline, Task } from 'podloom';
const app = new App();
const p = new Pipeline(app, 'bad', { image: 'busybox:1.37' });
`;
const GOOD = `${HEAD.replace('bad', 'good')}new Task(p, 'a', { command: ['true'] });\n`;
const parent = mkdtempSync(join(tmpdir(), 'podloom-bad-input-'));
const template = join(parent, 'template');
const all = Object.entries(cases).map(([name, each], at) => ({ name, each, cwd: join(parent, `case-${at}`) }));
let before: ReadonlyMap<string, ReadonlyMap<string, string>>;
let ran: { readonly [name: string]: Ran };

beforeAll(async () => {
  write(template, { 'package.json': '{"type":"module"}', 'pipelines/good.js': GOOD });
  linkPackages(template);
  execFileSync(process.execPath, [CONDITION, bin, 'synth'], { cwd: template, stdio: 'ignore' });
  before = new Map(all.map(({ name, each, cwd }) => [name, prepare(cwd, each)]));
  const jobs = all.map(({ name, each, cwd }) => ({ name, cwd, args: each.args ?? ['synth'] }));
  ran = (await runNode(join(import.meta.dirname, 'bad-input-child.ts'), JSON.stringify(jobs))) as typeof ran;
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

test.each(all)('$name', ({ name, each, cwd }) => {
  check(ran[name] as Ran, each);
  expect(read(join(cwd))).toEqual(before.get(name));
});

test.each(Object.entries(alone).map(([name, each], at) => ({ name, each, at })))(
  'alone: $name',
  async ({ each, at }) => {
    const cwd = join(parent, `alone-${at}`);
    const kept = prepare(cwd, each);
    check(await node(cwd, [bin, ...(each.args ?? ['synth'])]), each);
    expect(read(cwd)).toEqual(kept);
  },
  30_000,
);

test('a line of 200 MB', async () => {
  const cwd = join(parent, 'long-line');
  const each = {
    js: "new Task(p, 'a', { forEach: Items.lines('i.txt'), command: ({ item }) => ['x', item] });",
    says: ['PL0'],
  };
  const kept = prepare(cwd, each);
  writeFileSync(join(cwd, 'i.txt'), Buffer.alloc(200_000_000, 'x'));
  check(await node(cwd, ['--max-old-space-size=300', bin, 'synth']), each);
  rmSync(join(cwd, 'i.txt'));
  expect(read(cwd)).toEqual(kept);
});

function check({ code, stderr }: Ran, { says }: Case): void {
  expect(stderr).not.toMatch(/podloom has a bug|^\s+at .*[\\/]src[\\/]/m);
  for (const text of says) expect(stderr).toContain(text);
  expect(code).toBe(2);
}

/** Makes the project of a case; returns its files as they are before podloom runs. */
function prepare(cwd: string, each: Case): ReadonlyMap<string, string> {
  cpSync(template, cwd, { recursive: true, verbatimSymlinks: true });
  if (each.js !== undefined) write(cwd, { 'pipelines/bad.js': `${HEAD}${each.js}\n` });
  if (each.ts !== undefined) write(cwd, { 'pipelines/bad.ts': `${HEAD}${each.ts}\n` });
  write(cwd, each.files ?? {});
  if (each.before !== undefined) execFileSync('sh', ['-c', each.before], { cwd });
  return read(cwd);
}

function write(root: string, files: NonNullable<Case['files']>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** All files of the project but its packages. */
function read(root: string): ReadonlyMap<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const own = files.filter((file) => !file.includes('/node_modules/'));
  return new Map(own.sort().map((file) => [file.slice(root.length), readFileSync(file, 'latin1')]));
}
