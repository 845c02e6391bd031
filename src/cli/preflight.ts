import type { KubernetesClient } from '../cluster/client.ts';
import { ApiError } from '../cluster/errors.ts';
import type { KubernetesObject } from '../cluster/objects.ts';
import type { Collector } from '../diagnostics/collector.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { RunObjects } from '../ir/run-objects.ts';
import type { JsonObject } from '../ir/scalar.ts';
import { type AccessRule, runRules } from './access-rules.ts';
import { missingAccess } from './missing-access.ts';
import { type ProblemContext, reportProblem } from './write-problem.ts';

/** Jobs that are tried before the first write. */
const TRIED_JOBS = 20;

export interface PreflightOptions {
  readonly client: KubernetesClient;
  readonly pipeline: Pipeline;
  readonly objects: RunObjects;
  /** Whether flags bound what runs at once, for which pods may wait at gates. */
  readonly isGated: boolean;
  readonly signal: AbortSignal;
  readonly context: ProblemContext;
}

/**
 * Asks the API server, before anything is made, whether a run could be: permissions, the namespace, quotas, conflicts, what it thinks of
 * the objects. Reports all that it finds. Rejects when the cluster cannot be reached or does not know us.
 */
export async function preflight(options: PreflightOptions, diagnostics: Collector): Promise<void> {
  const { client, pipeline, objects, isGated, signal, context } = options;
  await checkAccess(client, runRules(pipeline, objects.base, isGated), context, signal, diagnostics);
  if (diagnostics.hasErrors) return;
  const tries = [
    { object: objects.run, work: () => client.create(objects.run, { dryRun: true, signal }) },
    ...objects.base.map((object) => ({ object, work: () => client.apply(object, { dryRun: true, signal }) })),
  ];
  for (const { object, work } of tries) await attempt(object, work, context, diagnostics);
  if (diagnostics.hasErrors) return;
  for (const object of firstJobs(pipeline, objects)) {
    await attempt(object, () => client.create(object, { dryRun: true, signal }), context, diagnostics);
  }
}

/** Without the PriorityClasses that are there: they are the whole cluster's, and few may write them. */
export async function withoutKnownClasses<T extends { readonly base: readonly JsonObject[] }>(
  client: KubernetesClient,
  objects: T,
  signal: AbortSignal,
): Promise<T> {
  const isKnown = async (object: JsonObject): Promise<boolean> => {
    const { apiVersion, kind, metadata, value } = object as unknown as KubernetesObject;
    if (kind !== 'PriorityClass') return false;
    try {
      const found = await client.get({ apiVersion, kind, name: metadata.name }, { signal });
      return found?.['value'] === value;
    } catch (error) {
      if (error instanceof ApiError && error.status === 403) return false;
      throw error;
    }
  };
  const known = await Promise.all(objects.base.map(isKnown));
  return { ...objects, base: objects.base.filter((_object, index) => !known[index]) };
}

/** Reports the rules that are missing, as one. */
export async function checkAccess(
  client: KubernetesClient,
  rules: readonly AccessRule[],
  { role }: ProblemContext,
  signal: AbortSignal,
  diagnostics: Collector,
): Promise<void> {
  const needed = rules.filter(({ optional }) => optional !== true);
  const missing = await missingAccess(client, needed, signal);
  for (const clusterWide of [false, true]) {
    const some = missing.filter((rule) => (rule.clusterWide === true) === clusterWide);
    const where = clusterWide ? 'the cluster' : `namespace "${client.namespace}"`;
    if (some.length > 0) diagnostics.report('PL450', { rules: some, where, role });
  }
}

/** Those whose items are known before the run. */
function firstJobs(pipeline: Pipeline, objects: RunObjects): JsonObject[] {
  return pipeline.tasks
    .filter(({ forEach }) => forEach?.items.kind !== 'output')
    .slice(0, TRIED_JOBS)
    .flatMap(({ name }) => objects.task({ task: name, launch: 0, gated: false }).jobs.slice(0, 1))
    .map(({ object }) => object);
}

/** Reports what the API server thinks of an object. */
export async function attempt(
  object: JsonObject,
  work: () => Promise<unknown>,
  context: ProblemContext,
  diagnostics: Collector,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What is there already was made by an earlier runner of the run.
    if (!(error instanceof ApiError) || error.status === 401 || error.status === 429 || error.status >= 502)
      throw error;
    if (error.reason === 'AlreadyExists') return;
    reportProblem(error, { ...context, object: nameOf(object) }, diagnostics);
  }
}

/** `Job "train"` */
export function nameOf(object: JsonObject): string {
  const { kind, metadata } = object as { readonly kind: string; readonly metadata: { readonly name: string } };
  return `${kind} "${metadata.name}"`;
}
