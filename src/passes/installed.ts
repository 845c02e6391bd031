import type { Collector } from '../diagnostics/collector.ts';
import type { TargetName } from '../ir/bundle.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';

/** The cluster has the kinds that a target makes, when the profile lists what is installed. Said once, at the first pipeline. */
export function checkInstalled(
  pipelines: readonly Pipeline[],
  profile: Profile,
  targets: readonly TargetName[],
  diagnostics: Collector,
): void {
  const [first] = pipelines;
  if (profile.crds === undefined || first === undefined || !targets.includes('argo')) return;
  if (profile.crds.some((name) => name.startsWith('workflowtemplates.argoproj.io/'))) return;
  const params = { target: 'argo', profile: profile.name, needs: 'Argo Workflows' };
  diagnostics.report('PL407', params, { origin: first.origin });
}
