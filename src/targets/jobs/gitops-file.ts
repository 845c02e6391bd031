import type { Manifest } from '../../ir/bundle.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { conductorAccount, conductorCronJob, conductorJob } from './conductor.ts';
import { planConfigMaps, planOf } from './plan.ts';
import type { TaskManifests } from './tasks.ts';

/**
 * `jobs/<pipeline>.gitops.yaml`: what a self-healing controller may own, because nothing in it is changed by anyone later. The
 * plan and the items by content, what the conductor may do, and the CronJob that starts it.
 */
export function gitopsFile(
  pipeline: Pipeline,
  profile: Profile,
  parts: ReadonlyMap<string, TaskManifests>,
): Manifest[] {
  const plans = planConfigMaps(
    pipeline,
    planOf(pipeline, profile, (task) => parts.get(task)?.tables ?? []),
  );
  const names = plans.map((plan) => (plan['metadata'] as JsonObject)['name'] as string);
  const own = [
    ...plans,
    ...conductorAccount(pipeline),
    conductorCronJob(pipeline, names),
    ...(pipeline.runOnChange ? [conductorJob(pipeline, names)] : []),
  ];
  return [
    ...pipeline.extras,
    ...[...parts.values()].flatMap(({ shared }) => shared),
    ...own.map((object) => ({ object, origin: pipeline.origin })),
  ];
}
