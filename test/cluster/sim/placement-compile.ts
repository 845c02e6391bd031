import { compile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/index.ts';
import type { Bundle, TargetName } from '../../../src/ir/bundle.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { workflow } from '../../../src/targets/argo/index.ts';
import { taskManifests } from '../../../src/targets/jobs/tasks.ts';

/** The versions of the cluster under test. */
export const simProfile: Profile = { ...defaultProfile, name: 'sim', kubernetes: '1.36', argo: '3.7' };

/** Any pipeline, whatever its parameters. */
export type AnyPipeline = Parameters<typeof lowerPipeline>[0] & Pipeline;

/** What the compiler makes of a pipeline; throws what it says against it. */
export function bundleOf(pipeline: AnyPipeline, target: TargetName, profile: Profile = simProfile): Bundle {
  const diagnostics = new Collector();
  const lowered = lowerPipeline(pipeline, diagnostics);
  const { bundles } = compile([lowered], profile, [target], diagnostics);
  const [bundle] = bundles;
  if (bundle === undefined) throw new Error(findingsOf(pipeline, profile).join('\n'));
  return bundle;
}

/** `PL164 error`, … for both targets, each once. */
export function findingsOf(pipeline: AnyPipeline, profile: Profile): string[] {
  const diagnostics = new Collector();
  compile([lowerPipeline(pipeline, diagnostics)], profile, ['argo', 'jobs'], diagnostics);
  return [...new Set(diagnostics.sorted().map(({ code, severity, message }) => `${code} ${severity}: ${message}`))];
}

export function objectsOf(bundle: Bundle, wanted: (path: string) => boolean = () => true): readonly JsonObject[] {
  return bundle.files
    .filter(({ path }) => wanted(path))
    .flatMap(({ manifests }) => manifests.map(({ object }) => object));
}

/** The PriorityClasses that a pipeline brings along. */
export function priorityClassesOf(bundle: Bundle): readonly JsonObject[] {
  return objectsOf(bundle, (path) => path.endsWith('/priority-classes.yaml'));
}

export interface JobsRun {
  /** Applied before: the same for all runs. */
  readonly shared: readonly JsonObject[];
  /** In the order in which a runner makes them. Named and labelled for this run, as `docs` say that the runner does. */
  readonly jobs: readonly JsonObject[];
}

/** What a runner makes for one run of the jobs target. Nothing releases tasks in order: for pipelines without edges. */
export function jobsRun(pipeline: AnyPipeline, run: string, profile: Profile = simProfile): JobsRun {
  const bundle = bundleOf(pipeline, 'jobs', profile);
  const lowered = lowerPipeline(pipeline, new Collector());
  const parts = lowered.tasks.map(taskManifests(lowered, profile, run));
  const jobs = parts.flatMap((part) => part.jobs.map(({ object }) => named(object, run)));
  const shared = [...priorityClassesOf(bundle), ...parts.flatMap((part) => part.shared.map(({ object }) => object))];
  return { shared, jobs };
}

function named(job: JsonObject, run: string): JsonObject {
  const metadata = job['metadata'] as JsonObject;
  return { ...job, metadata: { ...metadata, name: `${metadata['name']}-${run}` } };
}

export interface ArgoRun {
  readonly shared: readonly JsonObject[];
  /** To be created; its name is generated. */
  readonly workflow: JsonObject;
}

/** What is applied for the argo target, and what starts a run of it. */
export function argoRun(pipeline: AnyPipeline, profile: Profile = simProfile): ArgoRun {
  return {
    shared: objectsOf(bundleOf(pipeline, 'argo', profile)),
    workflow: workflow(lowerPipeline(pipeline, new Collector())),
  };
}
