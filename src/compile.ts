import { Collector } from './diagnostics/collector.ts';
import type { Bundle, BundleFile, TargetName } from './ir/bundle.ts';
import type { Pipeline } from './ir/pipeline.ts';
import type { Profile } from './ir/profile.ts';
import { checkInstalled, checkProject, checks } from './passes/index.ts';
import { argoTarget, workflow } from './targets/argo/index.ts';
import { jobsTarget } from './targets/jobs/index.ts';
import { priorityClasses } from './targets/pod/index.ts';
import type { Target } from './targets/target.ts';

export interface Compilation {
  /** Empty when there are errors. One for each pipeline and target, in the order of the pipelines. */
  readonly bundles: readonly Bundle[];
  readonly diagnostics: Collector;
}

const targetByName: { readonly [name in TargetName]: Target } = { argo: argoTarget, jobs: jobsTarget };
export const targetNames: readonly TargetName[] = ['argo', 'jobs'];

/**
 * IR to manifests: all checks, then each target. Pure: reads no file, clock or environment.
 * `diagnostics` may hold what the lowering of the constructs found; with an error in it nothing is lowered to a target.
 */
export function compile(
  pipelines: readonly Pipeline[],
  profile: Profile,
  targets: readonly TargetName[],
  diagnostics: Collector = new Collector(),
): Compilation {
  checkProject(pipelines, diagnostics);
  checkInstalled(pipelines, profile, targets, diagnostics);
  for (const pipeline of pipelines) for (const check of checks) check(pipeline, profile, diagnostics);
  // Targets find tasks by name: with two of one name they would report what is not so.
  const sound = pipelines.filter(({ tasks }) => new Set(tasks.map(({ name }) => name)).size === tasks.length);
  for (const target of targets) {
    for (const pipeline of sound) targetByName[target].supports(pipeline, profile, diagnostics);
  }
  if (diagnostics.hasErrors) return { bundles: [], diagnostics };
  const bundles = pipelines.flatMap((pipeline) =>
    targets.map((target) => withPriorityClasses(targetByName[target].lower(pipeline, profile, diagnostics), pipeline)),
  );
  return { bundles: diagnostics.hasErrors ? [] : bundles, diagnostics };
}

/** Cluster-scoped objects of podloom's own are in a file that all pipelines share; emit joins their parts. */
function withPriorityClasses(bundle: Bundle, pipeline: Pipeline): Bundle {
  const manifests = priorityClasses([pipeline]);
  if (manifests.length === 0) return bundle;
  const file = { path: `${bundle.target}/priority-classes.yaml`, manifests, gitops: true };
  return { ...bundle, files: [...bundle.files, file] };
}

/** A Workflow that starts one run of the pipeline's WorkflowTemplate, for those who ask for it. */
export function workflowFile(pipeline: Pipeline): BundleFile {
  const manifests = [{ object: workflow(pipeline), origin: pipeline.origin }];
  return { path: `argo/${pipeline.name}.workflow.yaml`, manifests, gitops: false };
}
