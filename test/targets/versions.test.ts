/** What podloom makes fits every Kubernetes and Argo that a profile can have: no field of its own is unknown to one of them. */
import { App } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { compile, targetNames } from '../../src/compile.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { defaultProfile, type Profile } from '../../src/ir/profile.ts';
import { validateManifests } from '../../src/validate/validate-manifests.ts';
import { type Feature, features } from './features.ts';

const minors = Array.from({ length: 10 }, (_, index) => `1.${28 + index}`);
const argos = ['3.7', '4.0', '4.1'] as const;
const newest: Profile = { ...defaultProfile, kubernetes: '1.37', argo: '4.1' };

/** Codes of the errors of each feature on each target, `name target code`. */
async function errors(profile: Profile): Promise<string[]> {
  const found = await Promise.all(
    features.flatMap((feature) => targetNames.map((target) => errorsOf(feature, target, profile))),
  );
  return found.flat();
}

async function errorsOf(feature: Feature, target: (typeof targetNames)[number], profile: Profile): Promise<string[]> {
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(feature.make(new App()) as never, diagnostics);
  const { bundles } = compile([pipeline], profile, [target], diagnostics);
  const files = bundles.flatMap((bundle) => bundle.files);
  await validateManifests(files, profile, diagnostics);
  const codes = diagnostics.sorted().flatMap(({ severity, code }) => (severity === 'error' ? [code] : []));
  return [...new Set(codes)].map((code) => `${feature.name} ${target} ${code}`);
}

const ofNewest = errors(newest);

describe.each(minors)('Kubernetes %s', (kubernetes) => {
  test.each(argos)('Argo %s', async (argo) => {
    const known = await ofNewest;
    const found = (await errors({ ...defaultProfile, kubernetes, argo })).filter((error) => !known.includes(error));
    const other = found.filter((error) => !error.endsWith(' PL262'));
    expect(other).toEqual([]);
    if (kubernetes === '1.28') expect(found).toContain('`forEach`, 5,000 items argo PL262');
    else expect(found).toEqual([]);
  });
});

test('errors that no version changes are the target’s own', async () => {
  expect(await ofNewest).toEqual(['`after`: itemwise, 5,000 items argo PL229', 'files in an S3-like store jobs PL260']);
});
