import type { Collector } from '../../diagnostics/collector.ts';
import type { Bundle, BundleFile, Manifest } from '../../ir/bundle.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import { maxJobNameLength } from '../pod/index.ts';
import { gitopsFile } from './gitops-file.ts';
import { inRunOrder } from './order.ts';
import { runFile } from './run-file.ts';
import { taskManifests } from './tasks.ts';

/** A pipeline as the Jobs of one run, and as what GitOps may own. In `dist/` the run has the pipeline's name. */
export function lowerToJobs(pipeline: Pipeline, profile: Profile, diagnostics: Collector): Bundle {
  const ofTask = taskManifests(pipeline, profile, pipeline.name);
  const parts = new Map(inRunOrder(pipeline.tasks).map((task) => [task.name, ofTask(task)]));
  checkNames(
    [...parts.values()].flatMap(({ jobs }) => jobs),
    diagnostics,
  );
  const files: BundleFile[] = [
    {
      path: `jobs/${pipeline.name}.yaml`,
      gitops: false,
      manifests: runFile(pipeline, [...parts.values()], pipeline.name),
    },
    { path: `jobs/${pipeline.name}.gitops.yaml`, gitops: true, manifests: gitopsFile(pipeline, profile, parts) },
  ];
  return { target: 'jobs', pipeline: pipeline.name, files };
}

/** `-` and the name of a run, which the runner keeps to eight characters. */
const RUN_ROOM = 9;

/** The checks of names know tasks, not into how many Jobs the items of one are split. */
function checkNames(jobs: readonly Manifest[], diagnostics: Collector): void {
  for (const { object, origin, task } of jobs) {
    const { name } = object['metadata'] as { readonly name: string };
    const { completions } = object['spec'] as { readonly completions?: number };
    const spare = maxJobNameLength(completions) - RUN_ROOM - name.length;
    if (spare >= 0) continue;
    const because = `"${name}-<run>", one of the Jobs that its items are split into, with the number of its last pod`;
    const params = { what: 'the task name', name: task ?? '', length: 63 - spare, max: 63, because };
    diagnostics.report('PL022', params, { origin });
  }
}
