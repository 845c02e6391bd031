import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchemas } from '../../scripts/build-schemas.mjs';
import { Collector } from '../../src/diagnostics/collector.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import { jsonSchemasFolder } from '../../src/validate/locate.ts';
import { versionedFields } from '../../src/validate/since.ts';
import { validateText } from '../../src/validate/validate-text.ts';
import { goModules } from './go-modules.ts';

const shared = fileURLToPath(new URL('../../../shared/data/', import.meta.url));
const examples = join(shared, 'argo-examples');
const newest = join(shared, 'argo-schema-v4.1.2.json');
const argo37 = goModules(['github.com/argoproj/argo-workflows/v3@v3.7.4']);

interface Schema {
  readonly type?: string;
  readonly $ref?: string;
  readonly required?: readonly string[];
  readonly properties?: { readonly [field: string]: Schema };
}
type Definitions = { readonly [name: string]: Schema };

const definitionsOf = (file: string): Definitions =>
  (JSON.parse(readFileSync(file, 'utf8')) as { definitions: Definitions }).definitions;
const generated = (): Definitions => ({
  ...definitionsOf(fileURLToPath(new URL('workflow-argoproj-v1alpha1.json', jsonSchemasFolder))),
  ...definitionsOf(fileURLToPath(new URL('cronworkflow-argoproj-v1alpha1.json', jsonSchemasFolder))),
});
const upstream = (definitions: Definitions, name: string): Schema | undefined =>
  definitions[`io.argoproj.workflow.v1alpha1.${name.slice('Argo'.length)}`];
/** Ours, or made of another type of Argo's. */
const OWN = new Set(['ArgoExecutorPlugin', 'ArgoExecutorPluginSidecar', 'ArgoParallelSteps', 'ArgoTemplateContainer']);

beforeAll(async () => {
  await buildSchemas();
});

describe.skipIf(!existsSync(newest))('the schemas of Argo, against those of Argo 4.1.2', () => {
  const removed = new Set(
    versionedFields
      .filter((field) => field.removed !== undefined)
      .map(({ definition, field }) => `${definition}.${field}`),
  );

  it('have the same fields', () => {
    const theirs = definitionsOf(newest);
    const differences: string[] = [];
    for (const [name, { properties = {} }] of Object.entries(generated())) {
      const other = upstream(theirs, name)?.properties;
      if (!name.startsWith('Argo') || OWN.has(name) || other === undefined) continue;
      for (const field of Object.keys(properties))
        if (!(field in other) && !removed.has(`${name}.${field}`)) differences.push(`+ ${name}.${field}`);
      for (const field of Object.keys(other))
        if (!(field in properties) && field !== 'status') differences.push(`- ${name}.${field}`);
    }
    expect(differences).toEqual([]);
  });

  it('require nothing that Argo does not', () => {
    const theirs = definitionsOf(newest);
    const stricter = Object.entries(generated()).flatMap(([name, { required = [] }]) => {
      const other = name.startsWith('Argo') && !OWN.has(name) ? upstream(theirs, name) : undefined;
      return other === undefined
        ? []
        : required.filter((field) => !other.required?.includes(field)).map((field) => `${name}.${field}`);
    });
    expect(stricter).toEqual([]);
  });
});

describe.skipIf(argo37 === undefined)('the table of versions, against Argo 3.7.4', () => {
  it('has every field that 3.7 lacks, and every one that it alone has', () => {
    const old = definitionsOf(join((argo37 as string[])[0] as string, 'api/jsonschema/schema.json'));
    const listed = new Map(versionedFields.map((field) => [`${field.definition}.${field.field}`, field]));
    const wrong: string[] = [];
    for (const [name, { properties = {} }] of Object.entries(generated())) {
      const other = upstream(old, name)?.properties;
      if (!name.startsWith('Argo') || OWN.has(name) || other === undefined) continue;
      for (const field of Object.keys(properties)) {
        if (field in other !== (listed.get(`${name}.${field}`)?.since === undefined)) wrong.push(`${name}.${field}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Valid for Argo, and refused here for these reasons. */
const REFUSED: { readonly [file: string]: string } = {
  // YAML 1.2 wants the second line of a quoted text indented more than its key; go-yaml does not.
  'ci-output-artifact.yaml': 'PL325',
  'ci.yaml': 'PL325',
  'influxdb-ci.yaml': 'PL325',
  'k8s-orchestration.yaml': 'PL325',
  'nested-workflow.yaml': 'PL325',
  'secrets.yaml': 'PL325',
  'sidecar.yaml': 'PL325',
  'volumes-emptydir.yaml': 'PL325',
  // The same key twice; kubeconform refuses it too.
  'k8s-patch-json-workflow.yaml': 'PL325',
  // It has neither name nor generateName.
  'k8s-jobs.yaml': 'PL312',
};

describe.skipIf(!existsSync(examples))('the examples of Argo 4.1.2', () => {
  it('are accepted, but for those that are listed', async () => {
    const refused: { [file: string]: string } = {};
    let checked = 0;
    for (const file of (readdirSync(examples, { recursive: true }) as string[])
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()) {
      const diagnostics = new Collector();
      const text = readFileSync(join(examples, file), 'utf8');
      checked += (await validateText(file, text, { ...defaultProfile, kubernetes: '1.36', argo: '4.1' }, diagnostics))
        .checked;
      const [first] = diagnostics.sorted();
      if (first !== undefined) refused[file] = first.code;
    }
    expect(refused).toEqual(REFUSED);
    expect(checked).toBeGreaterThan(100);
  });
});
