import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { didYouMean } from '../units/suggest.ts';

/** Kubernetes has these two in every cluster. */
const builtIn: readonly string[] = ['system-cluster-critical', 'system-node-critical'];

/** PriorityClasses of the cluster are in the profile, when it lists them. */
export function checkPriorities(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void {
  if (profile.priorityClasses === undefined) return;
  const known = [...profile.priorityClasses, ...builtIn];
  for (const { placement, origin } of pipeline.tasks) {
    const { priority } = placement;
    if (priority?.kind !== 'class' || known.includes(priority.name)) continue;
    const list = profile.priorityClasses.join(', ');
    const otherwise =
      list === '' ? 'It has none besides those of podloom: low, normal, high, critical.' : `It has ${list}.`;
    const hint = didYouMean(priority.name, profile.priorityClasses, otherwise);
    diagnostics.report('PL167', { name: priority.name, profile: profile.name, hint }, { origin });
  }
}
