import type { KubernetesClient } from '../cluster/client.ts';
import type { KubernetesObject } from '../cluster/objects.ts';
import type { RunObjects } from '../ir/run-objects.ts';
import type { JsonObject, StringMap } from '../ir/scalar.ts';
import { type ReadPlan, readPlan } from '../targets/jobs/read-plan.ts';
import { runObjects } from '../targets/jobs/run-objects.ts';
import { UsageError } from './usage-error.ts';

/** The Job whose pod conducts a run; the run is called as it is. */
export interface ConductorJob {
  readonly name: string;
  readonly uid: string;
}

const DAMAGED = 'Apply the manifests of the pipeline again: `podloom synth`, then dist/jobs/<pipeline>.gitops.yaml.';

/** Reads a plan, whose parts are given in their order, with the items that are in ConfigMaps of the client's namespace. */
export async function planFrom(
  client: KubernetesClient,
  parts: readonly string[],
  signal: AbortSignal,
): Promise<ReadPlan> {
  const { namespace } = client;
  const plan = await readPlan(parts, async (name) => {
    const found = await client.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }, { signal });
    if (found === undefined) throw new UsageError(`ConfigMap "${name}" with items of the plan is not there`, DAMAGED);
    return (found['data'] ?? {}) as StringMap;
  });
  if (!plan.ok) throw new UsageError(`the plan cannot be read: ${plan.problem}`, plan.hint ?? DAMAGED);
  const { pipeline, profile } = plan.value;
  return { profile, pipeline: { ...pipeline, namespace } };
}

/**
 * The objects of a run as its conductor makes them. The run's own belong to the conductor's Job, and go with it. What is the same for all
 * runs (priority classes, Services of replicas, the user's own) came with the plan, so that the conductor needs no right to make it.
 */
export function conductedObjects(
  { pipeline, profile }: ReadPlan,
  job: ConductorJob | undefined,
  run: string,
): RunObjects {
  const objects = runObjects(pipeline, profile, run);
  return {
    ...objects,
    base: [],
    run: job === undefined ? objects.run : ownedBy(objects.run, job),
    task: (request) => {
      const made = objects.task(request);
      return { ...made, shared: made.shared.filter(({ kind }) => kind !== 'Service') };
    },
  };
}

function ownedBy(object: JsonObject, { name, uid }: ConductorJob): JsonObject {
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid };
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), ownerReferences: [owner] } };
}

/** Whether an object goes with a Job that is not this one: a run of the same name that was removed, whose remains are being removed too. */
export function isLeftover({ metadata }: KubernetesObject, { uid }: ConductorJob): boolean {
  const owners = metadata.ownerReferences?.filter(({ kind }) => kind === 'Job') ?? [];
  return owners.length > 0 && owners.every((owner) => owner.uid !== uid);
}
