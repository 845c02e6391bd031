/** The API server of Kubernetes 1.36 and Argo 3.7's validation take all that is committed in dist/, and all that each construct gives. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { App } from 'cdk8s';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { compile, targetNames, workflowFile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { TargetName } from '../../../src/ir/bundle.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { validateManifests } from '../../../src/validate/validate-manifests.ts';
import { type Feature, features } from '../../targets/features.ts';
import { Authorities } from './samples-authorities.ts';

const dist = fileURLToPath(new URL('../../../dist/', import.meta.url));
const profile: Profile = { ...defaultProfile, kubernetes: '1.36', argo: '3.7' };

let authorities: Authorities;
beforeAll(async () => {
  authorities = await Authorities.open('samples', ['sa']);
});
afterAll(() => authorities.close());

const samples = targetNames.flatMap((target) =>
  readdirSync(`${dist}${target}`)
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .map((file) => `${target}/${file}`),
);

describe('the committed samples', () => {
  test.each(samples)('%s', async (file) => {
    const documents = parseAllDocuments(readFileSync(`${dist}${file}`, 'utf8'), { version: '1.1' });
    const objects = documents.map((document) => document.toJS() as JsonObject);
    expect(objects.length).toBeGreaterThan(0);
    expect(await authorities.refusals(objects)).toEqual([]);
  });
});

/** The objects of a construct, or nothing when the target cannot mean it. */
async function compiled(feature: Feature, target: TargetName): Promise<readonly JsonObject[] | undefined> {
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(feature.make(new App()) as never, diagnostics);
  const { bundles } = compile([pipeline], profile, [target], diagnostics);
  const files = bundles.flatMap((bundle) => bundle.files);
  await validateManifests(files, profile, diagnostics);
  if (diagnostics.hasErrors) return undefined;
  const all = target === 'argo' ? [...files, workflowFile(pipeline)] : files;
  return all.flatMap(({ manifests }) => manifests.map(({ object }) => object));
}

describe.each(targetNames)('constructs on %s', (target) => {
  test.each(features.map((feature) => [feature.group, feature.name, feature] as const))(
    '%s, %s',
    async (_, __, feature) => {
      const objects = await compiled(feature, target);
      // That a target cannot mean some of them is told in docs/targets.md, which has a test.
      if (objects !== undefined) expect(await authorities.refusals(objects)).toEqual([]);
    },
  );
});
