import { beforeAll, describe, expect, it } from 'vitest';
import { buildSchemas } from '../../scripts/build-schemas.mjs';
import { Collector } from '../../src/diagnostics/collector.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import { validateText } from '../../src/validate/validate-text.ts';

beforeAll(async () => {
  await buildSchemas();
});

async function check(text: string): Promise<string[]> {
  const diagnostics = new Collector();
  await validateText('/project/a.yaml', text, defaultProfile, diagnostics);
  return diagnostics
    .sorted()
    .map(({ code, location, message }) => `${location?.line}:${location?.column} ${code} ${message}`);
}

describe('YAML files', () => {
  it('points at keys and values of the right document', async () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: one}
data: {a: b}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: two
  lables: {a: b}
data:
  on: off
`;
    expect(await check(text)).toEqual([
      '10:3 PL310 ConfigMap "two" has metadata.lables, which is not a field there.',
      '12:7 PL311 ConfigMap "two": data.true must be text, and is false.',
    ]);
  });

  it('opens lists', async () => {
    const text = `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: Bad_Name}
`;
    expect(await check(text)).toEqual([
      '6:20 PL321 ConfigMap "Bad_Name" has a name that the API server refuses: it must be a DNS name: lower-case letters, digits, "-" and ".".',
    ]);
  });

  it('reports what is no YAML and what is no object, and goes on', async () => {
    expect(await check('- a\n---\na: [\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n')).toEqual([
      '1:1 PL324 This document is no Kubernetes object: it is not an object.',
      '4:1 PL325 This is no valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
    ]);
    expect(await check('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n')).toEqual([
      '5:3 PL325 This is no valid YAML: Map keys must be unique.',
    ]);
  });

  it('reads scalars as Kubernetes does', async () => {
    const data = 'time: 12:30:45\n  date: 2024-01-01\n  dot: .\n  word: text';
    expect(await check(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ${data}\n`)).toEqual([]);
    expect(await check('')).toEqual([]);
    expect(
      await check('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\n'),
    ).toEqual([]);
  });
});
