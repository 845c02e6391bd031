import { App } from 'cdk8s';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compile, targetNames } from '../../src/compile.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { renderHuman } from '../../src/diagnostics/render/human.ts';
import { renderFile } from '../../src/emit/output-file.ts';
import { defaultProfile } from '../../src/ir/profile.ts';
import { validateManifests } from '../../src/validate/validate-manifests.ts';
import { buildPipeline, pipelineShape } from '../rig/random-pipeline.ts';
import { kubeconformRefusals } from './kubeconform.ts';

const RUNS = 250;

const hasAny = (patches: object): boolean => Object.values(patches).some((patch) => patch !== undefined);

test('random pipelines: never a crash, and what is accepted is valid', async () => {
  const accepted: string[] = [];
  const codes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(pipelineShape, async (shape) => {
      const diagnostics = new Collector();
      const pipeline = lowerPipeline(buildPipeline(new App(), shape) as never, diagnostics);
      expect(JSON.parse(JSON.stringify(pipeline))).toBeTypeOf('object');
      const { bundles } = compile([pipeline], defaultProfile, targetNames, diagnostics);
      // Errors that only the schemas find are mistakes of a check, or of a target: but for patches, which are the user's own words.
      const before = diagnostics.hasErrors || (shape.wild && pipeline.tasks.some(({ patches }) => hasAny(patches)));
      const files = bundles.flatMap((bundle) => bundle.files);
      await validateManifests(files, defaultProfile, diagnostics);
      const text = renderHuman(diagnostics.sorted(), { root: '/' });
      if (!before) expect(diagnostics.hasErrors, text).toBe(false);
      for (const { code } of diagnostics.sorted()) codes.add(code);
      for (const file of files) accepted.push(renderFile(file));
    }),
    { numRuns: RUNS },
  );
  // The generator has to reach both sides, or the property says nothing.
  expect(accepted.length).toBeGreaterThan(RUNS);
  expect(codes.size).toBeGreaterThan(20);
  const refusals = await kubeconformRefusals(accepted);
  if (refusals !== undefined) expect(refusals).toEqual([]);
});
