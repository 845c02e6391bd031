import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildKubeconform } from '../../scripts/build-kubeconform.mjs';
import { buildSchemas } from '../../scripts/build-schemas.mjs';
import { Collector } from '../../src/diagnostics/collector.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import { type KubeconformResult, runKubeconform } from '../../src/validate/kubeconform.ts';
import { reportKubeconform } from '../../src/validate/report-kubeconform.ts';
import { loadIndex, loadValidator } from '../../src/validate/schemas.ts';
import { validateText } from '../../src/validate/validate-text.ts';
import { corpus } from './corpus.ts';

await buildSchemas();
await buildKubeconform();
const probe = await runKubeconform([]);
const folder = mkdtempSync(join(tmpdir(), 'podloom-kubeconform-'));
const first = join(folder, 'first.yaml');
writeFileSync(first, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
const available = probe.kind === 'checked' && (await runKubeconform([first])).kind === 'checked';

async function run(files: readonly string[]): Promise<readonly KubeconformResult[]> {
  const outcome = await runKubeconform(files);
  if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
  return outcome.results;
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('kubeconform', () => {
  it('is there in CI', () => {
    expect(available || process.env.CI !== 'true').toBe(true);
  });
});

describe.skipIf(!available)('kubeconform with the schemas of podloom', () => {
  beforeAll(() => mkdirSync(join(folder, 'other')));

  it('names the file as it was given, in several folders', async () => {
    const second = join(folder, 'other', 'first.yaml');
    writeFileSync(
      second,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndate: {}\n---\napiVersion: a.b/v1\nkind: Own\nmetadata: {name: c}\n',
    );
    expect(await run([first, second])).toEqual([
      { file: first, kind: 'ConfigMap', name: 'a', status: 'valid', message: '' },
      {
        file: second,
        kind: 'ConfigMap',
        name: 'b',
        status: 'invalid',
        message: expect.stringContaining("additional properties 'date' not allowed"),
      },
      { file: second, kind: 'Own', name: 'c', status: 'skipped', message: '' },
    ]);
  });

  it('takes more files than fit a command line', async () => {
    const many = Array.from({ length: 2500 }, (_, index) =>
      join(folder, 'other', `${'long-'.repeat(15)}${index}.yaml`),
    );
    for (const file of many) writeFileSync(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');
    const results = await run(many);
    expect(results.map(({ file }) => file)).toEqual(many);
    expect(results.every(({ status }) => status === 'valid')).toBe(true);
  });

  it('reports what only it has found', async () => {
    const file = join(folder, 'endless.yaml');
    const text = 'apiVersion: example.com/v1\nkind: Limit\nmetadata:\n  name: endless\nspec:\n  seconds: .inf\n';
    writeFileSync(file, text);
    const diagnostics = new Collector();
    await validateText(file, text, defaultProfile, diagnostics);
    expect(diagnostics.sorted()).toEqual([]);
    const results = await run([file]);
    reportKubeconform(results, diagnostics);
    expect(diagnostics.sorted()).toMatchObject([{ code: 'PL327', location: { file, line: 1, column: 1 } }]);
    expect(diagnostics.sorted()[0]?.message).toBe(
      'kubeconform refuses a document: error converting YAML to JSON: json: unsupported value: +Inf',
    );

    const both = new Collector();
    await validateText(file, '- a', defaultProfile, both);
    reportKubeconform(results, both);
    expect(both.sorted().map(({ code }) => code)).toEqual(['PL324']);
  });

  it('agrees with the validators of the compiler on good and damaged objects', async () => {
    const objects = corpus(400);
    const { kinds } = await loadIndex();
    const files = objects.map((object, index) => {
      const file = join(folder, `${index}.json`);
      writeFileSync(file, JSON.stringify(object));
      return file;
    });
    const verdicts = new Map((await run(files)).map(({ file, status, message }) => [file, { status, message }]));
    const disagreements: unknown[] = [];
    let valid = 0;
    for (const [index, object] of objects.entries()) {
      const kind = kinds[`${object.apiVersion} ${object.kind}`];
      if (kind === undefined) throw new Error(`no schema of ${object.kind}`);
      const ours = (await loadValidator(kind))(object);
      const theirs = verdicts.get(files[index] as string);
      if (ours) valid++;
      if (ours !== (theirs?.status === 'valid')) disagreements.push({ object, ours, theirs });
    }
    expect(disagreements).toEqual([]);
    // Neither side may be trivial.
    expect(valid).toBeGreaterThan(60);
    expect(objects.length - valid).toBeGreaterThan(150);
  });
});
