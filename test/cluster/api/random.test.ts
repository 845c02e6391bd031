/**
 * Random pipelines over the whole construct surface: whatever podloom accepts, the API server and Argo accept. A new seed each time,
 * which is printed: PODLOOM_SEED=… repeats a run, PODLOOM_RUNS=… changes how many pipelines there are.
 */
import { App } from 'cdk8s';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compile, targetNames, workflowFile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import { assemble } from '../../../src/emit/assemble.ts';
import type { TargetName } from '../../../src/ir/bundle.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { validateManifests } from '../../../src/validate/validate-manifests.ts';
import { buildPipeline, type PipelineShape, pipelineShape } from '../../rig/random-pipeline.ts';
import { surface } from '../../rig/random-pipeline-surface.ts';
import { Authorities } from './samples-authorities.ts';

const RUNS = Number(process.env['PODLOOM_RUNS'] ?? 2000);
const SEED = Number(process.env['PODLOOM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Pipelines that are asked about at once. */
const BATCH = 16;
/** Counter-examples that are made small and shown; more say nothing new. */
const SHOWN = 5;

/** A newer server also takes what is made for an older one. What Argo 4 is stricter in, podloom knows. */
const profiles: readonly Profile[] = ['1.36', '1.33', '1.30', '1.28'].flatMap((kubernetes) =>
  (['3.7', '4.1'] as const).map((argo) => ({ ...defaultProfile, kubernetes, argo })),
);

let authorities: Authorities;
beforeAll(async () => {
  authorities = await Authorities.open('random', ['trainer']);
});
afterAll(() => authorities.close());

interface Random {
  readonly shape: PipelineShape;
  readonly profile: Profile;
}
const random: fc.Arbitrary<Random> = fc.record({ shape: pipelineShape, profile: fc.constantFrom(...profiles) });

/** The objects on a target, or undefined when podloom refuses the pipeline. */
async function objectsOf({ shape, profile }: Random, target: TargetName, used: Set<string>) {
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(buildPipeline(new App(), shape, used) as never, diagnostics);
  const { bundles } = compile([pipeline], profile, [target], diagnostics);
  assemble(bundles, new Map(), diagnostics);
  const files = bundles.flatMap((bundle) => bundle.files);
  await validateManifests(files, profile, diagnostics);
  if (diagnostics.hasErrors) return undefined;
  const all = target === 'argo' ? [...files, workflowFile(pipeline)] : files;
  const objects = all.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  return [...new Map(objects.map((object) => [JSON.stringify(object), object])).values()];
}

/** What is refused although podloom accepted it; undefined when podloom accepts it for no target. */
async function verdict(one: Random, used: Set<string> = new Set()): Promise<string[] | undefined> {
  const accepted: JsonObject[][] = [];
  for (const target of targetNames) {
    const objects = await objectsOf(one, target, used);
    if (objects !== undefined) accepted.push(objects);
  }
  if (accepted.length === 0) return undefined;
  const refused = await Promise.all(accepted.map((objects) => authorities.refusals(objects)));
  return refused.flat();
}

/** The smallest pipeline with a refusal that fast-check finds from this one on. */
async function smallest(index: number): Promise<string> {
  const property = fc.asyncProperty(random, async (one) => {
    const refused = await verdict(one);
    if (refused !== undefined && refused.length > 0) throw new Error(refused.join('\n'));
  });
  const { counterexample, errorInstance } = await fc.check(property, { seed: SEED, path: String(index), numRuns: 1 });
  return `${String((errorInstance as Error | null)?.message)}\n${fc.stringify(counterexample)}`;
}

test(`${RUNS} random pipelines: what podloom accepts, the API server and Argo accept`, {
  timeout: 900_000,
}, async () => {
  console.log(`PODLOOM_SEED=${SEED} PODLOOM_RUNS=${RUNS}`);
  const pipelines = fc.sample(random, { seed: SEED, numRuns: RUNS });
  const reached = new Map(surface().map((word) => [word, 0]));
  const failed = new Map<string, number>();
  let accepted = 0;
  for (let start = 0; start < pipelines.length; start += BATCH) {
    const batch = pipelines.slice(start, start + BATCH).map(async (one, offset) => {
      const used = new Set<string>();
      const refused = await verdict(one, used);
      if (refused === undefined) return;
      accepted++;
      for (const word of used) if (reached.has(word)) reached.set(word, (reached.get(word) ?? 0) + 1);
      // One of each kind: names differ.
      const kind = refused[0]?.replaceAll(/"[^"]*"|\d+/g, '…');
      if (kind !== undefined && !failed.has(kind)) failed.set(kind, start + offset);
    });
    await Promise.all(batch);
  }
  console.log(`${accepted} of ${RUNS} accepted; ${authorities.requests} requests`);
  const shown: string[] = [];
  for (const index of [...failed.values()].slice(0, SHOWN)) shown.push(await smallest(index));
  expect(shown, shown.join('\n\n')).toEqual([]);
  // The generator has to keep reaching everything, or the property says nothing. A short run by hand cannot.
  expect(accepted).toBeGreaterThan(RUNS * 0.6);
  const missed = [...reached].filter(([, count]) => count === 0).map(([word]) => word);
  if (RUNS >= 1000) expect(missed).toEqual([]);
});
