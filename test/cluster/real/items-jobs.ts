import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { PIPELINE_LABEL, RUN_LABEL, TASK_LABEL } from '../../../src/ir/labels.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { Json, JsonObject, StringMap } from '../../../src/ir/scalar.ts';
import type { Task } from '../../../src/ir/task.ts';
import { parseList } from '../../../src/runner/list.ts';
import { gatheredOutputs } from '../../../src/targets/items/command.ts';
import { rerunMap } from '../../../src/targets/items/index.ts';
import { tableKeys, tableOf } from '../../../src/targets/items/table.ts';
import { outputsName, parametersName } from '../../../src/targets/jobs/values.ts';
import { parseGatheredOutputs } from '../../../src/units/gathered-outputs.ts';
import { type Compiled, jobSucceeds, type YamlSender } from './items-run.ts';

/** What runs a pipeline on the jobs target in these tests. Tasks start when all before them have succeeded. */
export interface JobsRun {
  readonly client: KubernetesClient;
  readonly sender: YamlSender;
  readonly namespace: string;
}

/** Runs all tasks. Gives the value of the run label of the pods. */
export async function runJobs(run: JobsRun, { ir, objects }: Compiled, given: StringMap = {}): Promise<string> {
  const ofKind = (kind: string) => objects.filter((object) => object['kind'] === kind);
  const known = objects.filter((object) => object['kind'] !== 'Job');
  for (const object of known) await run.sender.create(withParameters(object, ir, given));
  const jobs = new Map<string, JsonObject[]>();
  for (const job of ofKind('Job')) jobs.set(taskOf(job), [...(jobs.get(taskOf(job)) ?? []), job]);
  const ended = new Map<string, Promise<void>>();
  const outputs = new Map<string, string>();
  for (const task of ir.tasks) {
    const before = task.after.map(({ task: name }) => ended.get(name));
    const start = async () => {
      await Promise.all(before);
      await Promise.all((jobs.get(task.name) ?? []).map((job) => runJob(run, ir, task, job, outputs)));
    };
    ended.set(task.name, start());
  }
  await Promise.all(ended.values());
  return ir.name;
}

function taskOf(job: JsonObject): string {
  return ((job['metadata'] as JsonObject)['labels'] as StringMap)[TASK_LABEL] ?? '';
}

/** The values of a run beside the defaults. */
function withParameters(object: JsonObject, { name }: Pipeline, given: StringMap): JsonObject {
  if ((object['metadata'] as JsonObject)['name'] !== parametersName(name)) return object;
  return { ...object, data: { ...(object['data'] as StringMap), ...given } };
}

async function runJob(
  { client, sender, namespace }: JobsRun,
  ir: Pipeline,
  task: Task,
  job: JsonObject,
  outputs: Map<string, string>,
): Promise<void> {
  const items = task.forEach?.items;
  const list = items?.kind === 'output' ? outputs.get(`${items.task}.${items.output}`) : undefined;
  const table = list === undefined ? undefined : tableConfigMap(ir, task, list);
  if (table !== undefined) await sender.create(table.object);
  const name = (job['metadata'] as { name: string }).name;
  await sender.create(table === undefined ? job : withTable(job, table.object, table.count));
  await jobSucceeds(client, namespace, name);
  const texts = await outputsOf(client, namespace, name, task);
  if (texts.size === 0) return;
  for (const [output, text] of texts) outputs.set(`${task.name}.${output}`, text);
  const data = Object.fromEntries([...texts].map(([output, text]) => [`${task.name}.${output}`, text]));
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace, name: outputsName(ir.name) };
  if ((await client.get(ref)) !== undefined) await client.patch(ref, { data }, { type: 'merge' });
}

/** Values and lists from the termination message, as the contract in ARCHITECTURE.md has them. */
async function outputsOf(
  client: KubernetesClient,
  namespace: string,
  job: string,
  task: Task,
): Promise<ReadonlyMap<string, string>> {
  const names = gatheredOutputs(task);
  const [only] = names;
  if (only === undefined) return new Map();
  const labelSelector = `batch.kubernetes.io/job-name=${job}`;
  const { items: pods } = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labelSelector });
  const ended = pods.find(({ status }) => (status as { phase: string }).phase === 'Succeeded');
  const message = messageOf(ended);
  return names.length > 1 ? parseGatheredOutputs(message) : new Map([[only, message.replace(/\n$/, '')]]);
}

function messageOf(pod: KubernetesObject | undefined): string {
  const { containerStatuses = [] } = (pod?.['status'] ?? {}) as {
    containerStatuses?: readonly { name: string; state: { terminated?: { message?: string } } }[];
  };
  return containerStatuses.find(({ name }) => name === 'main')?.state.terminated?.message ?? '';
}

/** What the runner makes of a list that a task has put out: the tables of its items. */
function tableConfigMap(ir: Pipeline, task: Task, text: string): { object: JsonObject; count: number } {
  const { forEach } = task;
  if (forEach?.items.kind !== 'output') throw new Error(`task ${task.name} has no list`);
  const { shape } = forEach.items;
  const values = parseList(text, shape);
  if ('problem' in values) throw new Error(`the list of ${task.name} ${values.problem}`);
  const table = tableOf({ ...forEach, items: { kind: 'table', shape, values, source: 'run' } });
  const data = Object.fromEntries(table === undefined ? [] : tableKeys(table, 0, values.length));
  const metadata = { name: `${ir.name}-${task.name}-list`, labels: { [PIPELINE_LABEL]: ir.name } };
  return { object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, immutable: true, data }, count: values.length };
}

interface JobObject extends JsonObject {
  readonly spec: JsonObject & { readonly template: JsonObject & { readonly spec: PodSpec } };
}
interface PodSpec extends JsonObject {
  readonly volumes?: readonly JsonObject[];
  readonly containers: readonly JsonObject[];
}

function withTable(job: JsonObject, configMap: JsonObject, count: number): JsonObject {
  const { name } = configMap['metadata'] as { name: string };
  const volumes = (podSpec: PodSpec) =>
    (podSpec.volumes ?? []).map((volume) => {
      const projected = volume['projected'] as { sources: readonly Json[] } | undefined;
      if (volume['name'] !== 'podloom-items' || projected === undefined) return volume;
      return { ...volume, projected: { ...projected, sources: [...projected.sources, { configMap: { name } }] } };
    });
  return changed(job as JobObject, count, (podSpec) => ({ ...podSpec, volumes: volumes(podSpec) }));
}

function changed(job: JobObject, count: number, change: (podSpec: PodSpec) => PodSpec): JsonObject {
  const { spec } = job;
  const parallelism = Math.min(Number(spec['parallelism'] ?? count), count);
  const template = { ...spec.template, spec: change(spec.template.spec) };
  return { ...job, spec: { ...spec, completions: count, parallelism, template } };
}

/** A rerun of some units of a Job of any target, `units` for each pod: gives the value of the run label of its pods. */
export async function rerun(
  { client, sender, namespace }: JobsRun,
  live: KubernetesObject,
  units: readonly (readonly number[])[],
): Promise<string> {
  const name = `${live.metadata.name}-again`;
  const map = `${name}-map`;
  await sender.create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: map },
    immutable: true,
    data: { map: rerunMap(units) },
  });
  await sender.create(rerunJob(live, name, map, units.length));
  await jobSucceeds(client, namespace, name);
  return name;
}

/** Labels that the API server and the Job controller set. */
const isOwnLabel = (label: string): boolean =>
  label.startsWith('batch.kubernetes.io/') || label === 'controller-uid' || label === 'job-name';

/** The same Job for fewer pods, with `/podloom/run/map` in them. */
function rerunJob(live: KubernetesObject, name: string, map: string, pods: number): JsonObject {
  const { selector: _, manualSelector: __, suspend: ___, ...spec } = live['spec'] as JobObject['spec'];
  const templateMetadata = spec.template['metadata'] as { labels: StringMap };
  const kept = Object.entries(templateMetadata.labels).filter(([label]) => !isOwnLabel(label));
  const labels = { ...Object.fromEntries(kept), [RUN_LABEL]: name };
  const job = {
    apiVersion: live.apiVersion,
    kind: live.kind,
    metadata: { name, labels },
    spec: { ...spec, template: { ...spec.template, metadata: { ...templateMetadata, labels } } },
  } as unknown as JobObject;
  return changed(job, pods, (podSpec) => ({
    ...podSpec,
    volumes: [...(podSpec.volumes ?? []), { name: 'podloom-run', configMap: { name: map } }],
    containers: podSpec.containers.map((container) => ({
      ...container,
      volumeMounts: [
        ...((container['volumeMounts'] ?? []) as readonly Json[]),
        { name: 'podloom-run', mountPath: '/podloom/run', readOnly: true },
      ],
    })),
  }));
}
