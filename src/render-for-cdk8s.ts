import type { Chart } from 'cdk8s';
import { compile, targetNames } from './compile.ts';
import { lowerPipeline } from './constructs/lower/pipeline.ts';
import { isPipeline } from './constructs/pipeline.ts';
import { projectRoot } from './constructs/project-root.ts';
import type { Rendering } from './constructs/renderer.ts';
import { Collector } from './diagnostics/collector.ts';
import { renderHuman } from './diagnostics/render/human.ts';
import { defaultProfile } from './ir/profile.ts';

/** Context of the cdk8s App that chooses the target under plain cdk8s: `new App()`, then `app.node.setContext('podloom:target', 'jobs')`. */
const TARGET_CONTEXT = 'podloom:target';

/**
 * What `cdk8s synth` and `Testing.synth` get: the objects of one target (default argo), without those that the chart
 * holds already as constructs of the user's own. Equal objects to those of `podloom synth`, not equal bytes.
 */
export function renderForCdk8s(chart: Chart): Rendering {
  if (!isPipeline(chart)) throw new TypeError('not a Pipeline');
  const wanted: unknown = chart.node.tryGetContext(TARGET_CONTEXT) ?? 'argo';
  const target = targetNames.find((name) => name === wanted);
  if (target === undefined)
    return { objects: [], errors: [`context ${TARGET_CONTEXT} is not one of ${targetNames.join(', ')}`] };
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(chart, diagnostics);
  const { bundles } = compile([pipeline], defaultProfile, [target], diagnostics);
  const errors = diagnostics.sorted().filter((diagnostic) => diagnostic.severity === 'error');
  const extras = new Set(pipeline.extras.map((extra) => extra.object));
  const objects = bundles
    .flatMap((bundle) => bundle.files)
    // The GitOps half of the jobs target starts runs by itself; what cdk8s applies is a run.
    .filter((file) => target === 'argo' || !file.path.endsWith('.gitops.yaml'))
    .flatMap((file) => file.manifests)
    .map((manifest) => manifest.object)
    .filter((object) => !extras.has(object));
  return { objects, errors: errors.length === 0 ? [] : [renderHuman(errors, { root: projectRoot() })] };
}
