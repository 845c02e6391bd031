import { RUN_LABEL } from '../../ir/labels.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { fitLabel } from '../../units/dns-name.ts';
import { argoItems, type TableChunk, tableChunks } from '../items/index.ts';
import { jobName, jobSpec, strategicMerge, toleratedFailures } from '../pod/index.ts';
import { metadata } from '../supporting/index.ts';
import { patched, podContext } from './leaf.ts';
import { braceContainers, dollarContainers, marked, toManifest } from './markup.ts';
import { launcherAccount } from './names.ts';
import type { Leaf, Scene } from './scene.ts';
import { podImports } from './values.ts';

/** Random characters that the API server puts after `generateName`. */
const GENERATED = 5;
/** Reasons for which a Job fails. `FailedIndexes`: all indexes ended, some of them failed. */
const FAILURES = ['MaxFailedIndexesExceeded', 'DeadlineExceeded', 'BackoffLimitExceeded'];

/**
 * The Job goes with its Workflow. Argo's own `setOwnerReference` writes the manifest anew, and fails where a value holds DEL or
 * another control character that its YAML library does not read in the JSON which it makes itself (3.7.4, sigs.k8s.io/yaml).
 */
const OWNER: JsonObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  name: marked('workflow.name'),
  uid: marked('workflow.uid'),
  controller: true,
  blockOwnerDeletion: true,
};

/** The template of a task that is an Indexed Job: one node of Argo creates it and watches how it ends. */
export function jobLeaf(task: Task, scene: Scene): Leaf {
  const chunks = tableChunks(scene.pipeline, task, argoItems);
  const [only] = chunks;
  if (chunks.length === 1 && only !== undefined) {
    return { template: patched(resource(task.name, task, only, scene), task), below: [], literals: [] };
  }
  const share = shareOf(task, chunks.length, scene);
  const below = chunks.map((chunk, number) =>
    patched(resource(`${task.name}-part-${number}`, { ...task, maxRunning: share.each }, chunk, scene, number), task),
  );
  const names = podImports(task, scene).map(({ name }) => name);
  const parameters = names.map((name) => ({ name, value: `{{inputs.parameters.${name}}}` }));
  const template = {
    name: task.name,
    ...inputs(names),
    ...(share.parts !== undefined && { parallelism: share.parts }),
    dag: {
      failFast: false,
      tasks: below.map(({ name }, number) => ({
        name: `part-${number}`,
        template: name as string,
        ...(parameters.length > 0 && { arguments: { parameters } }),
      })),
    },
  };
  return { template, below, literals: [] };
}

/** What each of several Jobs may run at once so that together they keep the bound; with a small bound, fewer Jobs at a time. */
function shareOf(
  task: Task,
  parts: number,
  { pipeline }: Scene,
): { each: number | undefined; parts: number | undefined } {
  const bound = Math.min(task.maxRunning ?? Number.POSITIVE_INFINITY, pipeline.maxRunning ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(bound)) return { each: undefined, parts: undefined };
  return bound < parts ? { each: 1, parts: bound } : { each: Math.floor(bound / parts), parts: undefined };
}

function resource(name: string, task: Task, chunk: TableChunk, scene: Scene, number?: number): JsonObject {
  const pods = task.replicas ?? chunk.pods;
  const retry = rankRetry(task);
  return {
    name,
    ...inputs(podImports(task, scene).map(({ name: parameter }) => parameter)),
    ...(retry && { retryStrategy: retry }),
    serviceAccountName: launcherAccount(scene.pipeline),
    resource: {
      action: 'create',
      manifest: toManifest(dollarContainers(braceContainers(jobObject(task, chunk, scene, number))), 2),
      ...conditions(task, pods, scene),
    },
  };
}

function inputs(names: readonly string[]): JsonObject {
  return names.length === 0 ? {} : { inputs: { parameters: names.map((name) => ({ name })) } };
}

function jobObject(task: Task, chunk: TableChunk, scene: Scene, number: number | undefined): JsonObject {
  const { pipeline } = scene;
  const pods = task.replicas ?? chunk.pods;
  const tables = chunk.configMaps.map(({ name }) => name);
  const room = 63 - GENERATED - 2 - String(Math.max(pods - 1, 0)).length;
  const run = { [RUN_LABEL]: marked('workflow.name') };
  const { labels } = metadata(pipeline, '', { task: task.name, labels: run });
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      generateName: `${fitLabel(jobName(pipeline.name, task.name, number), room)}-`,
      labels: labels ?? {},
      ownerReferences: [OWNER],
    },
    spec: jobSpec(task, podContext(task, scene, tables), { firstUnit: chunk.firstUnit, pods, tables }),
  };
  return task.patches.job === undefined ? job : strategicMerge(job, task.patches.job);
}

/**
 * Ranks fail together: the next attempt is a new Job. What befalls their nodes is made good inside a Job, and exit codes that
 * are not retried end it by its pod failure policy.
 */
function rankRetry({ replicas, retries }: Task): JsonObject | undefined {
  if (replicas === undefined || retries.limit === 0 || !retries.on.includes('failed')) return undefined;
  return {
    limit: String(retries.limit),
    retryPolicy: 'Always',
    ...(retries.exceptExitCodes.length > 0 && { expression: '!(lastRetry.message matches "PodFailurePolicy")' }),
  };
}

/**
 * How Argo sees that a Job ended (tried on 3.7.4 and Kubernetes 1.36). Requirements of a success must all hold, of those of
 * a failure one is enough. The conditions of a Job are `FailureTarget, Failed` or `SuccessCriteriaMet, Complete`, and only
 * the second of each pair before Kubernetes 1.31; `Suspended` may stand before them.
 */
function conditions(task: Task, pods: number, { profile }: Scene): JsonObject {
  const tolerant = (toleratedFailures(task) ?? 0) > 0 && task.replicas === undefined;
  const reasons = [...FAILURES, ...(tolerant ? [] : ['FailedIndexes'])].join(', ');
  const failureCondition = [0, 1, 2]
    .flatMap((at) => [
      `status.conditions.${at}.reason in (${reasons})`,
      `status.conditions.${at}.reason == PodFailurePolicy`,
    ])
    .join(', ');
  if (!tolerant) return { successCondition: `status.succeeded == ${pods}`, failureCondition };
  const successCondition =
    minorVersion(profile) >= 31
      ? 'status.conditions.1.reason in (CompletionsReached, FailedIndexes)'
      : 'status.conditions.0.type in (Complete, Failed)';
  return { successCondition, failureCondition };
}

function minorVersion({ kubernetes }: Profile): number {
  return Number(kubernetes.split('.')[1]);
}
