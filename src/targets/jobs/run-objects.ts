import { RUN_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { RunJob, RunObjects, TaskObjects, TaskRequest } from '../../ir/run-objects.ts';
import type { Json, JsonObject, StringMap } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { fitLabel } from '../../units/dns-name.ts';
import { hashText } from '../../units/hash.ts';
import { jobsItems, rerunMap, type TableChunk, tableChunks } from '../items/index.ts';
import { jobName, jobSpec, MAIN_CONTAINER, type PodContext, priorityClasses, strategicMerge } from '../pod/index.ts';
import { headlessService, metadata, runConfigMap } from '../supporting/index.ts';
import { readsOutputs } from './run-file.ts';
import { ITEMWISE_GATE, jobAnnotations, tableConfigMaps } from './tasks.ts';
import { outputsName, parametersName, valueOnJobs } from './values.ts';

/** The runner takes this gate from a pod when the window has room for it. */
export const WINDOW_GATE = 'podloom.dev/window';
/**
 * On a Job, for the runner that takes it over: how many times its task was started before in the run, a hash of the pods' template, which
 * units it runs (`3,17,20-22`), and how many of them each pod takes.
 */
const LAUNCH = 'podloom.dev/launch';
const SPEC = 'podloom.dev/spec';
const UNITS = 'podloom.dev/units';
const UNITS_PER_POD = 'podloom.dev/units-per-pod';

const RERUN_VOLUME = 'podloom-run';
const RERUN_FOLDER = '/podloom/run';
/** Bytes of a name, so that the longest still takes `-<hash8>`. */
const NAME_LENGTH = 54;

/** What the runner makes for the run called `run`. Pure. */
export function runObjects(pipeline: Pipeline, profile: Profile, run: string): RunObjects {
  const labels = { [RUN_LABEL]: run };
  const suffix = `-${hashText(run)}`;
  const tasks = new Map(pipeline.tasks.map((task) => [task.name, task]));
  const context: PodContext = {
    pipeline,
    profile,
    items: jobsItems,
    valueFor: valueOnJobs(pipeline, suffix),
    environment: [],
    tables: [],
    run,
    schedulingGates: [],
  };
  const ofRun = (name: string, data: StringMap): JsonObject => runConfigMap(pipeline, name + suffix, labels, data);
  return {
    run: ofRun(`${pipeline.name}-run`, {}),
    base: [...priorityClasses([pipeline]), ...pipeline.extras].map(({ object }) => object),
    parameters: (values) =>
      pipeline.parameters.length === 0 ? undefined : ofRun(parametersName(pipeline.name), values),
    outputs: (values) => (readsOutputs(pipeline) ? ofRun(outputsName(pipeline.name), values) : undefined),
    task: (request) => taskObjects(tasks.get(request.task)!, context, request),
  };
}

function taskObjects(written: Task, context: PodContext, request: TaskRequest): TaskObjects {
  const { pipeline } = context;
  const task = withWindow(withList(written, request), request);
  const chunks = tableChunks(pipeline, task, jobsItems);
  const made = chunks.map((chunk, number) =>
    jobOfChunk(task, context, request, chunk, chunks.length === 1 ? undefined : number),
  );
  const services = task.replicas === undefined ? [] : [headlessService(pipeline, task)];
  return {
    shared: [...tableConfigMaps(pipeline, task, chunks).values(), ...services],
    own: made.flatMap((part) => part?.own ?? []),
    jobs: made.flatMap((part) => (part === undefined ? [] : [part.job])),
  };
}

/** From now on the items of a run-time list are a table like any other. */
function withList(task: Task, { list }: TaskRequest): Task {
  const items = task.forEach?.items;
  if (list === undefined || items?.kind !== 'output') return task;
  const table = { kind: 'table', shape: items.shape, values: list, source: `${items.task}.${items.output}` } as const;
  return { ...task, forEach: { ...task.forEach!, items: table } };
}

function withWindow(task: Task, { maxRunning }: TaskRequest): Task {
  if (maxRunning === undefined || task.replicas !== undefined) return task;
  return { ...task, maxRunning: Math.min(maxRunning, task.maxRunning ?? maxRunning) };
}

interface Part {
  readonly own: readonly JsonObject[];
  readonly job: RunJob;
}

/** undefined: no unit of this chunk shall run. */
function jobOfChunk(
  task: Task,
  base: PodContext,
  request: TaskRequest,
  chunk: TableChunk,
  number: number | undefined,
): Part | undefined {
  const perPod = task.forEach?.itemsPerPod ?? 1;
  const end = chunk.firstUnit + chunk.units;
  const some = request.units?.filter((unit) => unit >= chunk.firstUnit && unit < end);
  if (some?.length === 0) return undefined;
  const map = some === undefined || task.forEach === undefined ? undefined : groups(some, perPod);
  const own = map === undefined ? [] : [mapConfigMap(task, base, map)];
  const pods = map?.length ?? chunk.pods;
  const tables = chunk.configMaps.map(({ name }) => name);
  const context = { ...base, schedulingGates: request.gated ? [gateOf(task)] : [] };
  const spec = jobSpec(task, context, { firstUnit: map === undefined ? chunk.firstUnit : 0, pods, tables });
  const units = some ?? Array.from({ length: chunk.units }, (_, place) => chunk.firstUnit + place);
  const annotations = {
    ...jobAnnotations(task),
    [LAUNCH]: String(request.launch),
    [SPEC]: specHash(task, context, chunk, tables, request.values),
    [UNITS]: intervals(units),
    [UNITS_PER_POD]: String(perPod),
  };
  const object = jobObject(task, base, annotations, own[0] === undefined ? spec : withMap(spec, own[0]), number);
  const unitsOf = (pod: number): readonly number[] => {
    if (task.forEach === undefined) return [0];
    if (map !== undefined) return map[pod] ?? [];
    const first = chunk.firstUnit + pod * perPod;
    return Array.from({ length: Math.min(perPod, end - first) }, (_, place) => first + place);
  };
  return { own, job: { object, pods: task.replicas ?? pods, unitsOf } };
}

/** The same for all Jobs that run units of this chunk the same way, whichever units those are. */
function specHash(
  task: Task,
  context: PodContext,
  { firstUnit, pods }: TableChunk,
  tables: readonly string[],
  values: string | undefined,
): string {
  const template = JSON.stringify(jobSpec(task, context, { firstUnit, pods, tables })['template']);
  return hashText(values === undefined ? template : `${template}\0${values}`);
}

function gateOf(task: Task): string {
  return task.after.some(({ on }) => on === 'itemwise') ? ITEMWISE_GATE : WINDOW_GATE;
}

/** Its name ends with a hash of all that it is, so that the same start of the same task finds the Job that it made before. */
function jobObject(
  task: Task,
  { pipeline, run }: PodContext,
  annotations: StringMap,
  spec: JsonObject,
  number: number | undefined,
): JsonObject {
  const options = { task: task.name, labels: { [RUN_LABEL]: run }, annotations };
  const written = { apiVersion: 'batch/v1', kind: 'Job', metadata: metadata(pipeline, '', options), spec };
  const job = task.patches.job === undefined ? written : strategicMerge(written, task.patches.job);
  const name = `${jobName(pipeline.name, task.name, number)}-${hashText(JSON.stringify(job))}`;
  return { ...job, metadata: { ...(job['metadata'] as JsonObject), name } };
}

/** Ascending numbers as `3,17,20-22`. */
function intervals(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let start = 0; start < numbers.length; ) {
    let end = start;
    while (numbers[end + 1] === numbers[end]! + 1) end++;
    parts.push(start === end ? `${numbers[start]}` : `${numbers[start]}-${numbers[end]}`);
    start = end + 1;
  }
  return parts.join(',');
}

function groups(units: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(units.length / size) }, (_, pod) => units.slice(pod * size, (pod + 1) * size));
}

function mapConfigMap(task: Task, { pipeline, run }: PodContext, map: readonly (readonly number[])[]): JsonObject {
  const text = rerunMap(map);
  const name = `${fitLabel(`${pipeline.name}-${task.name}-rerun`, NAME_LENGTH)}-${hashText(`${run}\0${text}`)}`;
  return { ...runConfigMap(pipeline, name, { [RUN_LABEL]: run }, { map: text }), immutable: true };
}

/** The script reads `/podloom/run/map` where there is one. */
function withMap(spec: JsonObject, configMap: JsonObject): JsonObject {
  const template = spec['template'] as JsonObject;
  const pod = template['spec'] as JsonObject;
  const { name } = configMap['metadata'] as { readonly name: string };
  const volume = { name: RERUN_VOLUME, configMap: { name, defaultMode: 0o444 } };
  const mount = { name: RERUN_VOLUME, mountPath: RERUN_FOLDER, readOnly: true };
  const containers = (pod['containers'] as JsonObject[]).map((container) =>
    container['name'] === MAIN_CONTAINER
      ? { ...container, volumeMounts: [...list(container, 'volumeMounts'), mount] }
      : container,
  );
  return {
    ...spec,
    template: { ...template, spec: { ...pod, containers, volumes: [...list(pod, 'volumes'), volume] } },
  };
}

function list(object: JsonObject, field: string): readonly Json[] {
  return (object[field] as readonly Json[] | undefined) ?? [];
}
