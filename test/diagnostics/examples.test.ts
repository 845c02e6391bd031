/** The example of each diagnostic, with all that it prints. `UPDATE=1` writes what is expected anew. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Code, catalogue } from '../../src/diagnostics/catalogue.ts';
import type { Example } from '../../src/diagnostics/definition.ts';
import { runNode } from '../load/projects.ts';
import type { Ran } from './examples-child.ts';
import { variants } from './variants.ts';

const repository = join(import.meta.dirname, '../..');
const expected = join(import.meta.dirname, 'expected');
const codes = (Object.keys(catalogue) as Code[]).sort();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'podloom-examples-')));
let ran: { readonly [code: string]: Ran };

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repository, join(folder, 'node_modules/podloom'));
  for (const name of ['cdk8s', 'cdk8s-plus-28', 'constructs', 'zod']) {
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
  }
  const child = join(import.meta.dirname, 'examples-child.ts');
  ran = (await runNode(child, JSON.stringify({ folder, codes }))) as { readonly [code: string]: Ran };
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(codes)('%s', (code) => {
  const { exitCode, printed } = ran[code] as Ran;
  const file = join(expected, `${code}.txt`);
  expect(printed, 'the example does not cause its diagnostic').toMatch(new RegExp(`\\b${code}\\b`));
  const example: string | Example = catalogue[code].example;
  // `validate` exits with 1 for manifests that are not valid: that is its answer, and 2 for files that it cannot read.
  const isVerdict = typeof example === 'object' && example.args?.[0] === 'validate';
  if (catalogue[code].severity === 'error') expect(isVerdict ? [1, 2] : [2]).toContain(exitCode);
  else expect(exitCode).toBeGreaterThanOrEqual(0);
  if (process.env.UPDATE === '1') writeFileSync(file, printed);
  expect(printed).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
});

test.each(Object.keys(variants))('%s', (name) => {
  const { exitCode, printed } = ran[name] as Ran;
  expect(exitCode).toBe(2);
  const file = join(import.meta.dirname, 'variants', `${name}.txt`);
  if (process.env.UPDATE === '1') writeFileSync(file, printed);
  expect(printed).toBe(existsSync(file) ? readFileSync(file, 'utf8') : '');
});

test('what is expected belongs to a diagnostic', () => {
  expect(readdirSync(expected).filter((name) => !Object.hasOwn(catalogue, name.replace(/\.txt$/, '')))).toEqual([]);
});
