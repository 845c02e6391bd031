/**
 * What the API server of Kubernetes 1.36 or Argo's validation refuses, podloom refuses first, with the user's line. For each damaged
 * pipeline both are asked: podloom with its checks, and the authorities about what podloom would emit without them.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runNode } from '../../load/projects.ts';
import type { Answer } from './refused-child.ts';
import { patches } from './refused-patches.ts';
import { pipelines } from './refused-pipelines.ts';
import type { Row, Rows } from './refused-rows.ts';
import { stricter } from './refused-stricter.ts';
import { Authorities } from './samples-authorities.ts';

const repository = join(import.meta.dirname, '../../..');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'podloom-refused-')));
const head = `import { ApiObject, App, JsonPatch } from 'cdk8s';
import { eq, Items, Output, Pipeline, Task, Volume } from 'podloom';
const app = new App();
const image = 'busybox:1.37';
`;

let authorities: Authorities;
let answers: { readonly [name: string]: Answer };
beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repository, join(folder, 'node_modules/podloom'));
  for (const name of ['cdk8s', 'constructs']) {
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  const all = Object.entries<Row>({ ...pipelines, ...patches, ...stricter });
  const rows = all.map(([name, row], number) => ({ name, ...row, file: `row-${number}.ts` }));
  for (const { file, source } of rows) writeFileSync(join(folder, file), `${head}${source}\n`);
  const child = join(import.meta.dirname, 'refused-child.ts');
  const asked = runNode(child, JSON.stringify({ root: folder, rows }));
  [answers, authorities] = await Promise.all([asked as Promise<typeof answers>, Authorities.open('refused')]);
});
afterAll(() => {
  authorities.close();
  rmSync(folder, { recursive: true, force: true });
});

/** podloom's verdict on a row, and what the authorities refuse of what it would emit. */
async function verdicts(name: string): Promise<readonly string[]> {
  const { objects } = answers[name] as Answer;
  expect(objects, 'without checks nothing is made: the row needs `instead`').toBeDefined();
  return await authorities.refusals(objects ?? []);
}

const tables: readonly (readonly [title: string, rows: Rows])[] = [
  ['damaged pipelines', pipelines],
  ['damaged patches', patches],
];
describe.each(tables)('%s', (_, rows) => {
  test('are many', () => {
    expect(Object.keys(rows).length).toBeGreaterThanOrEqual(60);
  });

  test.each(Object.entries(rows))('%s', async (name, { code, line = 5 }) => {
    expect((answers[name] as Answer).errors).toContain(`${code}:${line}`);
    expect(await verdicts(name), 'nobody refuses it: it belongs to the stricter rows').not.toEqual([]);
  });
});

describe('podloom is stricter, on purpose', () => {
  test.each(Object.entries(stricter))('%s', async (name, { code, line = 5 }) => {
    expect((answers[name] as Answer).errors).toContain(`${code}:${line}`);
    // Were it refused, it would belong to the rows above.
    expect(await verdicts(name)).toEqual([]);
  });
});
