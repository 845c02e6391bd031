import { itemVariables } from '../../ir/item-values.ts';
import { PIPELINE_LABEL, RUN_LABEL, TASK_LABEL } from '../../ir/labels.ts';
import type { Json, JsonObject } from '../../ir/scalar.ts';
import type { Output, S3Store, Task } from '../../ir/task.ts';
import { argoItems, carriedName, escapeForKubelet, tableChunks } from '../items/index.ts';
import {
  type EnvironmentEntry,
  outputFile,
  type PodContext,
  podMetadata,
  podSpec,
  sharedFilePath,
  strategicMerge,
} from '../pod/index.ts';
import { escapeTags, marked, toTemplate } from './markup.ts';
import { podFields } from './pod-template.ts';
import { outputOf, podOutputs } from './references.ts';
import { retryStrategy } from './retry.ts';
import type { Leaf, Scene } from './scene.ts';
import { carriedItem, globalName, podImports, podValue } from './values.ts';

/** The template of a task that Argo runs as pods: one, or one for each item. */
export function podLeaf(task: Task, scene: Scene): Leaf {
  const context = podContext(task, scene, tablesOf(task, scene), itemEnvironment(task, scene));
  const metadata = ownMetadata(podMetadata(task, context));
  const spec = podSpec(task, context);
  const { sharing } = scene;
  const retry = retryStrategy(task.retries, task.deadlineSeconds);
  const template = {
    name: task.name,
    ...inputsOf(task, scene),
    metadata: toTemplate(sharing ? withSharedLabel(metadata) : metadata),
    ...(retry && { retryStrategy: retry }),
    ...(task.deadlineSeconds !== undefined && { timeout: `${task.deadlineSeconds}s` }),
    ...podFields(sharing ? withSharedLabel(spec) : spec),
    ...outputsOf(task, scene),
  };
  return {
    template: patched(template, task),
    below: [],
    literals: sharing ? [{ name: 'task', value: task.name }] : [],
  };
}

/** The user's own patch comes last; what is in it is Argo's language. */
export function patched(template: JsonObject, { patches }: Task): JsonObject {
  return patches.argoTemplate === undefined ? template : strategicMerge(template, patches.argoTemplate);
}

/** How pods of this target get their values. `tables`: names of the ConfigMaps with the script and the items. */
export function podContext(
  task: Task,
  { pipeline, profile, tasks }: Scene,
  tables: readonly string[],
  environment: readonly EnvironmentEntry[] = [],
): PodContext {
  return {
    pipeline,
    profile,
    items: argoItems,
    valueFor: (reference) => {
      const output = reference.kind === 'output' ? outputOf(tasks, reference) : undefined;
      if (output?.kind === 'file')
        return { value: escapeForKubelet(sharedFilePath(output, task.container) ?? output.path) };
      if (output?.kind === 's3') return { value: escapeForKubelet(output.path) };
      return { value: marked(podValue(reference)) };
    },
    environment,
    tables,
    run: marked('workflow.name'),
    schedulingGates: [],
  };
}

function tablesOf(task: Task, { pipeline }: Scene): string[] {
  return tableChunks(pipeline, task, argoItems).flatMap(({ configMaps }) => configMaps.map(({ name }) => name));
}

/** The number of the item, and the item itself when the list is made at run time. */
function itemEnvironment(task: Task, { strategies }: Scene): EnvironmentEntry[] {
  if (strategies.get(task.name) !== 'loop' || task.forEach === undefined) return [];
  const { items } = task.forEach;
  const index = { name: 'PODLOOM_INDEX', value: marked('inputs.parameters.index') };
  if (items.kind !== 'output') return [index];
  const carried = itemVariables(items.shape).map(({ name, field }) => ({
    name: carriedName(name),
    value: marked(carriedItem(items.task, items.output, field)),
  }));
  return [index, ...carried];
}

function inputsOf(task: Task, scene: Scene): JsonObject {
  const index = scene.strategies.get(task.name) === 'loop' ? ['index'] : [];
  const shared = scene.sharing ? ['task'] : [];
  const names = [...shared, ...index, ...podImports(task, scene).map(({ name }) => name)];
  const artifacts = podOutputs(task).flatMap((reference): JsonObject[] => {
    const output = outputOf(scene.tasks, reference);
    if (output?.kind !== 's3') return [];
    const optional = scene.tasks.get(reference.task)?.when !== undefined;
    const name = globalName(reference.task, reference.output);
    return [{ name, path: output.path, ...(optional && { optional }), s3: s3Location(output) }];
  });
  if (names.length === 0 && artifacts.length === 0) return {};
  return {
    inputs: {
      ...(names.length > 0 && { parameters: names.map((name) => ({ name })) }),
      ...(artifacts.length > 0 && { artifacts }),
    },
  };
}

function outputsOf(task: Task, { exporting }: Scene): JsonObject {
  const parameters: JsonObject[] = [];
  const artifacts: JsonObject[] = [];
  for (const output of task.outputs) {
    const { name } = output;
    if (output.kind === 's3') {
      artifacts.push({ name, path: output.path, archive: { none: {} }, s3: s3Location(output) });
    } else if (output.kind !== 'file' && exporting.has(task.name)) {
      // Argo 3.7.16, 4.0.7 and newer end the run when a skipped task has no default for an output that is used.
      const valueFrom = { path: outputFile(name), ...(task.when !== undefined && { default: '' }) };
      parameters.push({ name, ...(output.kind === 'list' && { globalName: globalName(task.name, name) }), valueFrom });
    }
  }
  if (parameters.length === 0 && artifacts.length === 0) return {};
  return { outputs: { ...(parameters.length > 0 && { parameters }), ...(artifacts.length > 0 && { artifacts }) } };
}

function s3Location({ key, store }: Extract<Output, { kind: 's3' }>): JsonObject {
  const { endpoint, bucket, insecure, region, accessKeySecret, secretKeySecret }: S3Store = store;
  const secret = (selector: { object: string; key: string }) => ({ name: selector.object, key: selector.key });
  return {
    endpoint,
    bucket,
    key: escapeTags(key),
    ...(insecure && { insecure }),
    ...(region !== undefined && { region }),
    ...(accessKeySecret && { accessKeySecret: secret(accessKeySecret) }),
    ...(secretKeySecret && { secretKeySecret: secret(secretKeySecret) }),
  };
}

/** Templates that tasks share get the name of the task as an argument, wherever labels or selectors have it. */
function withSharedLabel(object: JsonObject): JsonObject {
  let copy: { [key: string]: Json } | undefined;
  for (const key of Object.keys(object)) {
    const before = object[key] as Json;
    const after = key === TASK_LABEL ? marked('inputs.parameters.task') : deeper(before);
    if (after === before) continue;
    copy ??= { ...object };
    copy[key] = after;
  }
  return copy ?? object;
}

function deeper(value: Json): Json {
  if (Array.isArray(value)) {
    const list = value.map(deeper);
    return list.every((element, position) => element === value[position]) ? value : list;
  }
  return typeof value === 'object' && value !== null ? withSharedLabel(value as JsonObject) : value;
}

/** Without the labels that every pod of the workflow has anyway. */
function ownMetadata({ labels, ...others }: JsonObject): JsonObject {
  const { [PIPELINE_LABEL]: _pipeline, [RUN_LABEL]: _run, ...own } = labels as JsonObject;
  return { labels: own, ...others };
}
