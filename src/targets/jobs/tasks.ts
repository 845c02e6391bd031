import type { Manifest } from '../../ir/bundle.ts';
import { RUN_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject, StringMap } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { jobsItems, type TableChunk, tableChunks } from '../items/index.ts';
import { jobName, jobSpec, type PodContext, strategicMerge } from '../pod/index.ts';
import { contentConfigMap, headlessService, metadata } from '../supporting/index.ts';
import { describeCondition, describeEdges } from './describe.ts';
import { valueOnJobs } from './values.ts';

/** The runner takes this gate from the pod of an item when the same item of the upstream task succeeded. */
export const ITEMWISE_GATE = 'podloom.dev/itemwise';

/** What one task becomes. */
export interface TaskManifests {
  /** Immutable, the same for all runs. */
  readonly shared: readonly Manifest[];
  /** Names of the ConfigMaps with its items and script. */
  readonly tables: readonly string[];
  /** One, or one for each chunk of the items. Their names end with the run's when the runner makes them. */
  readonly jobs: readonly Manifest[];
}

/** The objects of each task. `run` is the value of the run label. */
export function taskManifests(pipeline: Pipeline, profile: Profile, run: string): (task: Task) => TaskManifests {
  const context: PodContext = {
    pipeline,
    profile,
    items: jobsItems,
    valueFor: valueOnJobs(pipeline),
    environment: [],
    tables: [],
    run,
    schedulingGates: [],
  };
  return (task) => {
    const chunks = tableChunks(pipeline, task, jobsItems);
    const tables = tableConfigMaps(pipeline, task, chunks);
    const services = task.replicas === undefined ? [] : [headlessService(pipeline, task)];
    return {
      shared: [...tables.values(), ...services].map((object) => manifest(object, task)),
      tables: [...tables.keys()],
      jobs: chunks.map((chunk, number) =>
        manifest(jobObject(task, context, chunk, chunks.length === 1 ? undefined : number), task),
      ),
    };
  };
}

function manifest(object: JsonObject, { name, origin }: Task): Manifest {
  return { object, origin, task: name };
}

/** Each ConfigMap once, by name: chunks of computed items share theirs. */
export function tableConfigMaps(
  pipeline: Pipeline,
  task: Task,
  chunks: readonly TableChunk[],
): Map<string, JsonObject> {
  const all = chunks.flatMap(({ configMaps }) => configMaps);
  return new Map(all.map(({ name, data }) => [name, contentConfigMap(pipeline, name, data, task.name)]));
}

function jobObject(task: Task, base: PodContext, chunk: TableChunk, number: number | undefined): JsonObject {
  const { pipeline, run } = base;
  const itemwise = task.after.some(({ on }) => on === 'itemwise');
  const context = itemwise ? { ...base, schedulingGates: [ITEMWISE_GATE] } : base;
  const tables = chunk.configMaps.map(({ name }) => name);
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(pipeline, jobName(pipeline.name, task.name, number), {
      task: task.name,
      labels: { [RUN_LABEL]: run },
      annotations: jobAnnotations(task),
    }),
    spec: jobSpec(task, context, { firstUnit: chunk.firstUnit, pods: chunk.pods, tables }),
  };
  return task.patches.job === undefined ? job : strategicMerge(job, task.patches.job);
}

/** Jobs have no order of their own. These say when the runner makes this one. */
export function jobAnnotations({ after, when, phase, forEach }: Task): StringMap {
  const list = forEach?.items.kind === 'output' ? forEach.items : undefined;
  return {
    ...(after.length > 0 && { 'podloom.dev/after': describeEdges(after) }),
    ...(when !== undefined && { 'podloom.dev/when': describeCondition(when) }),
    ...(phase === 'exit' && { 'podloom.dev/phase': 'exit' }),
    ...(list !== undefined && { 'podloom.dev/items': `${list.task}.${list.output}` }),
  };
}
