import type { KubernetesClient } from '../cluster/client.ts';
import type { KubernetesObject } from '../cluster/objects.ts';
import type { Json, JsonObject, StringMap } from '../ir/scalar.ts';
import { escapeForKubelet } from '../targets/items/index.ts';
import { COMPONENT_LABEL, CONDUCTOR } from '../targets/jobs/conductor.ts';
import { UsageError } from './usage-error.ts';

const JOB = { apiVersion: 'batch/v1', kind: 'Job' };
const PARAMETER = '--parameter=';
const FAIL_FAST = '--fail-fast';

interface CronJob extends KubernetesObject {
  readonly spec: { readonly jobTemplate: { readonly metadata?: JsonObject; readonly spec: JsonObject } };
}

interface JobSpec {
  readonly template: {
    readonly spec: {
      readonly containers: readonly { readonly name: string; readonly args?: readonly string[] }[];
      readonly volumes?: readonly {
        readonly name: string;
        readonly projected?: { readonly sources: readonly { readonly configMap?: { readonly name: string } }[] };
      }[];
    };
  };
}

/** What a conductor is told of its run. */
export interface Wishes {
  readonly parameters: StringMap;
  readonly failFast?: true | undefined;
}

/**
 * What `kubectl create job --from=cronjob/<pipeline> <run>` would make, with what the run was asked for. The CronJob does not own it, since its history
 * keeps only the last runs, and a run goes with its conductor.
 */
export function jobOfRun(cronJob: KubernetesObject, run: string, { parameters, failFast }: Wishes): JsonObject {
  const { metadata, spec } = (cronJob as CronJob).spec.jobTemplate;
  const words = Object.entries(parameters).map(([name, value]) => escapeForKubelet(`${PARAMETER}${name}=${value}`));
  if (failFast) words.push(FAIL_FAST);
  const template = spec['template'] as JsonObject;
  const pod = template['spec'] as JsonObject;
  const containers = (pod['containers'] as readonly JsonObject[]).map((container) =>
    container['name'] === CONDUCTOR ? { ...container, args: [...(container['args'] as Json[]), ...words] } : container,
  );
  const annotations = { 'cronjob.kubernetes.io/instantiate': 'manual' };
  return {
    ...JOB,
    metadata: { ...metadata, name: run, namespace: cronJob.metadata.namespace!, annotations },
    spec: { ...spec, template: { ...template, spec: { ...pod, containers } } },
  };
}

/** The Job that conducts the run of that name; the newest one of the namespace without a name. */
export async function findConductor(
  client: KubernetesClient,
  run: string | undefined,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const { namespace } = client;
  if (run === undefined) {
    const { items } = await client.list(
      { ...JOB, namespace, labelSelector: `${COMPONENT_LABEL}=${CONDUCTOR}` },
      { signal },
    );
    const [newest] = [...items].sort((a, b) => timeOf(b) - timeOf(a));
    if (newest !== undefined) return newest;
    throw new UsageError(
      `no conductor is in namespace "${namespace}"`,
      'Start one: `podloom apply <pipeline> --detach`.',
    );
  }
  const found = await client.get({ ...JOB, namespace, name: run }, { signal });
  if (found === undefined)
    throw new UsageError(`namespace "${namespace}" has no run ${run} with a conductor`, 'Is it the right namespace?');
  if (found.metadata.labels?.[COMPONENT_LABEL] !== CONDUCTOR)
    throw new UsageError(`Job "${run}" is none of a conductor`, 'Without one, `podloom resume` goes on with a run.');
  return found;
}

/** undefined: nothing in the cluster drives the run of that name. */
export async function conductorOf(
  client: KubernetesClient,
  run: string,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const job = await client.get({ ...JOB, namespace: client.namespace, name: run }, { signal });
  return job?.metadata.labels?.[COMPONENT_LABEL] === CONDUCTOR ? job : undefined;
}

function timeOf({ metadata }: KubernetesObject): number {
  return Date.parse(metadata.creationTimestamp ?? '');
}

/** The parts of the plan that it runs, in their order. */
export async function planParts(
  client: KubernetesClient,
  job: KubernetesObject,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { volumes = [] } = (job['spec'] as JobSpec).template.spec;
  const sources = volumes.find(({ name }) => name === 'plan')?.projected?.sources ?? [];
  const parts = new Map<string, string>();
  for (const { configMap } of sources) {
    const name = configMap?.name ?? '';
    const found = await client.get(
      { apiVersion: 'v1', kind: 'ConfigMap', namespace: client.namespace, name },
      { signal },
    );
    if (found === undefined)
      throw new UsageError(
        `ConfigMap "${name}" with the plan is not there`,
        'Apply the manifests of its commit again.',
      );
    for (const [key, part] of Object.entries((found['data'] ?? {}) as StringMap)) parts.set(key, part);
  }
  return [...parts.keys()].sort().map((key) => parts.get(key)!);
}

/** `name=value` each, as it was started with. */
export function parametersOf(job: KubernetesObject): readonly string[] {
  // `$$` is how the kubelet is told of a `$`.
  return argsOf(job)
    .filter((word) => word.startsWith(PARAMETER))
    .map((word) => word.slice(PARAMETER.length).replaceAll('$$', '$'));
}

/** Whether the first failure ends the run. */
export function isFailFast(job: KubernetesObject): boolean {
  return argsOf(job).includes(FAIL_FAST);
}

function argsOf(job: KubernetesObject): readonly string[] {
  const { containers } = (job['spec'] as JobSpec).template.spec;
  return containers.find(({ name }) => name === CONDUCTOR)?.args ?? [];
}

/** How a Job ended. undefined: it has not. */
export function endOf(job: KubernetesObject): { readonly succeeded: boolean; readonly reason: string } | undefined {
  const { conditions = [] } = (job['status'] ?? {}) as {
    readonly conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
  };
  const end = conditions.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True');
  return end && { succeeded: end.type === 'Complete', reason: end.message ?? end.reason ?? end.type };
}
