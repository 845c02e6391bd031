import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchemas } from '../../scripts/build-schemas.mjs';
import { jsonSchemasFolder } from '../../src/validate/locate.ts';
import { versionedFields } from '../../src/validate/since.ts';
import { goModules } from './go-modules.ts';

/** Minors of k8s.io/api up to the one of the schemas. */
const MINORS = [28, 29, 30, 31, 32, 33, 34, 35, 36];
const GROUPS: { readonly [prefix: string]: string } = {
  AppsV1: 'apps/v1',
  BatchV1: 'batch/v1',
  CoreV1: 'core/v1',
  NetworkingV1: 'networking/v1',
  PolicyV1: 'policy/v1',
  RbacV1: 'rbac/v1',
  SchedulingV1: 'scheduling/v1',
};
/** Go embeds these structs: in JSON their fields stand one level up. */
const EMBEDDED = new Set([
  'ephemeralContainerCommon',
  'handler',
  'ingressRuleValue',
  'localObjectReference',
  'persistentVolumeSource',
  'volumeSource',
]);
/** Written with another letter case in the proto than in JSON. */
const SPELLING: { readonly [field: string]: string } = { aPIGroup: 'apiGroup' };

const folders = goModules([...MINORS.map((minor) => `k8s.io/api@v0.${minor}.0`), 'k8s.io/kubernetes@v1.36.3']);

/** Fields by `<prefix><message>` as JSON has them. */
function fieldsOf(folder: string): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const [prefix, group] of Object.entries(GROUPS)) {
    const messages = new Map<string, [field: string, type: string][]>();
    let current: [string, string][] = [];
    for (const line of readFileSync(join(folder, group, 'generated.proto'), 'utf8').split('\n')) {
      const message = /^message (\w+)/.exec(line)?.[1];
      if (message !== undefined) {
        current = [];
        messages.set(message, current);
      }
      const field = /^ {2}(?:optional|repeated|map<[^>]+>)\s+(?:([\w.]+)\s+)?(\w+) = \d+/.exec(line);
      if (field !== null) current.push([field[2] as string, field[1] ?? '']);
    }
    const expand = (name: string): string[] =>
      (messages.get(name) ?? []).flatMap(([field, type]) =>
        EMBEDDED.has(field) ? expand(type.replace(/^.*\./, '')) : [SPELLING[field] ?? field],
      );
    for (const name of messages.keys()) all.set(prefix + name, new Set(expand(name)));
  }
  return all;
}

function schemaFields(): Map<string, readonly string[]> {
  const all = new Map<string, readonly string[]>();
  const folder = fileURLToPath(jsonSchemasFolder);
  for (const file of readdirSync(folder)) {
    const { definitions } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      definitions: Record<string, { properties?: object }>;
    };
    for (const [name, { properties }] of Object.entries(definitions)) all.set(name, Object.keys(properties ?? {}));
  }
  return all;
}

beforeAll(async () => {
  await buildSchemas();
});

describe.skipIf(folders === undefined)('the table of versions, against the sources of Kubernetes', () => {
  const versions = () =>
    MINORS.map((minor, index) => [`1.${minor}`, fieldsOf((folders as string[])[index] as string)] as const);
  const table = new Map(versionedFields.map((field) => [`${field.definition}.${field.field}`, field]));

  it('has the first version of every field that Kubernetes 1.28 lacks', () => {
    const sources = versions();
    const wrong: string[] = [];
    for (const [definition, fields] of schemaFields()) {
      if (!Object.keys(GROUPS).some((prefix) => definition.startsWith(prefix)) || !sources.at(-1)?.[1].has(definition))
        continue;
      for (const field of fields) {
        if (field === 'apiVersion' || field === 'kind') continue;
        const first = sources.find(([, messages]) => messages.get(definition)?.has(field))?.[0];
        const whole = sources.find(([, messages]) => messages.has(definition))?.[0];
        // The fields of a definition that is new are reached only through a field that is new.
        const expected = first === whole ? '1.28' : first;
        const listed = table.get(`${definition}.${field}`)?.since ?? '1.28';
        if (listed !== expected) wrong.push(`${definition}.${field}: ${listed} is listed, ${expected} is right`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has every field of Kubernetes 1.36', () => {
    const newest = versions().at(-1)?.[1] as Map<string, Set<string>>;
    const missing: string[] = [];
    for (const [definition, fields] of schemaFields()) {
      for (const field of newest.get(definition) ?? [])
        if (!fields.includes(field)) missing.push(`${definition}.${field}`);
    }
    expect(missing).toEqual([]);
  });

  it('has the version in which each feature gate is on by default', () => {
    const source = readFileSync(join((folders as string[]).at(-1) as string, 'pkg/features/kube_features.go'), 'utf8');
    const gates = new Map<string, string | undefined>();
    for (const [, gate, rows] of source.matchAll(/\n\t(\w+): \{\n((?:\t\t\{Version.*\n)+)/g)) {
      gates.set(gate as string, /MustParse\("([\d.]+)"\), Default: true/.exec(rows as string)?.[1]);
    }
    const listed = versionedFields.filter(({ gate }) => gate !== undefined);
    const known = listed.filter(({ gate }) => gates.has(gate as string));
    expect(known.filter(({ gate, enabled }) => gates.get(gate as string) !== enabled)).toEqual([]);
    // Removed from the source after it had been on for long: k8s.io/kubernetes 1.33, the same file.
    expect(listed.filter((field) => !known.includes(field)).map(({ gate }) => gate)).toEqual([
      'ServiceTrafficDistribution',
    ]);
  });

  it('has the version in which resource.k8s.io/v1 came', () => {
    const first = MINORS.find((_, index) => existsSync(join((folders as string[])[index] as string, 'resource/v1')));
    expect(table.get('ResourceV1ResourceClaim.apiVersion')?.since).toBe(`1.${first}`);
  });
});
