import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { countPods } from '../../../src/ir/item-values.ts';
import type { ItemValue } from '../../../src/ir/items.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import type { Task } from '../../../src/ir/task.ts';
import { parseList } from '../../../src/runner/list.ts';
import type { OutputValue } from '../../../src/runner/values.ts';
import { taskManifests } from '../../../src/targets/jobs/tasks.ts';
import { toleratedFailures } from '../../../src/targets/pod/index.ts';
import { parseGatheredOutputs } from '../../../src/units/gathered-outputs.ts';
import { LAB_PROFILE } from './lab-profile.ts';
import type { PodRecord } from './pod-history.ts';

export interface Job extends KubernetesObject {
  readonly spec: { readonly completions?: number; readonly parallelism?: number };
  readonly status?: {
    readonly succeeded?: number;
    readonly completedIndexes?: string;
    readonly failedIndexes?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}

/** How the Jobs of one attempt of a task stand. Items by their number in the task. */
export interface JobsState {
  readonly ended: boolean;
  /** Whether every Job ran to its end: no deadline, no rule of its policy that ends the whole Job. */
  readonly whole: boolean;
  readonly reasons: readonly string[];
  readonly succeeded: ReadonlySet<number>;
  readonly failed: ReadonlySet<number>;
}

/** `Failed` with this reason: all indexes ended, and some failed, which the task may tolerate. */
const FAILED_INDEXES = 'FailedIndexes';

export function stateOf(jobs: readonly Job[]): JobsState {
  const succeeded = new Set<number>();
  const failed = new Set<number>();
  const reasons: string[] = [];
  let offset = 0;
  let ended = jobs.length > 0;
  for (const { spec, status } of jobs) {
    const end = status?.conditions?.find(
      ({ type, status: holds }) => /^(Complete|Failed)$/.test(type) && holds === 'True',
    );
    if (end === undefined) ended = false;
    else reasons.push(end.type === 'Complete' ? 'Complete' : (end.reason ?? ''));
    if (spec.completions === undefined || status?.completedIndexes === undefined) {
      if (end !== undefined && (spec.completions ?? 1) > 0) (end.type === 'Complete' ? succeeded : failed).add(offset);
    }
    for (const index of indexes(status?.completedIndexes)) succeeded.add(offset + index);
    for (const index of indexes(status?.failedIndexes)) failed.add(offset + index);
    offset += spec.completions ?? 1;
  }
  const whole = reasons.every((reason) => reason === 'Complete' || reason === FAILED_INDEXES);
  return { ended, whole, reasons, succeeded, failed };
}

/** `1,3-5` */
function indexes(text: string | undefined): number[] {
  return (text ?? '').split(',').flatMap((part) => {
    const [first, last = first] = part.split('-');
    if (first === undefined || first === '') return [];
    return Array.from({ length: Number(last) - Number(first) + 1 }, (_, at) => Number(first) + at);
  });
}

/** A task whose list is known by now has a table like any other; the Jobs of dist/jobs have none yet. */
export function withList(task: Task, items: readonly ItemValue[]): Task {
  const { forEach } = task;
  if (forEach?.items.kind !== 'output') return task;
  const { shape } = forEach.items;
  return { ...task, forEach: { ...forEach, items: { kind: 'table', shape, values: items, source: 'a list' } } };
}

/** The objects of a task whose list has just become known. */
export function objectsWithList(pipeline: Pipeline, task: Task): { shared: JsonObject[]; jobs: JsonObject[] } {
  const tasks = pipeline.tasks.map((other) => (other.name === task.name ? task : other));
  const { shared, jobs } = taskManifests({ ...pipeline, tasks }, LAB_PROFILE, pipeline.name)(task);
  return { shared: shared.map(({ object }) => object), jobs: jobs.map(({ object }) => object) };
}

/** Whether the task succeeded with these Jobs. */
export function isGood(task: Task, { whole, failed }: JobsState): boolean {
  return whole && failed.size <= (task.replicas === undefined ? (toleratedFailures(task) ?? 0) : 0);
}

/** Whether a task of ranks gets another Job: their retries are the conductor's. */
export function mayTryAgain({ replicas, retries }: Task, attempt: number, { reasons }: JobsState): boolean {
  if (replicas === undefined || attempt > retries.limit || !retries.on.includes('failed')) return false;
  return reasons.every((reason) => reason === 'BackoffLimitExceeded' || reason === FAILED_INDEXES);
}

/** What a task put out, from the termination messages of its pods; a text says what is missing. */
export function outputsOf(task: Task, pods: readonly PodRecord[]): Map<string, OutputValue> | string {
  const texts = task.outputs.filter(({ kind }) => kind === 'value' || kind === 'list');
  const outputs = new Map<string, OutputValue>();
  if (texts.length === 0) return outputs;
  const last = pods.find(({ phase }) => phase === 'Succeeded');
  const main = last?.pod.status.containerStatuses?.find(({ name }) => name === 'main');
  // A file that is empty or was not written: the kubelet has no message for either.
  const message = main?.state?.terminated?.message ?? '';
  const gathered = texts.length === 1 ? undefined : parseGatheredOutputs(message);
  for (const output of texts) {
    // Gathered outputs come line by line, so their last newline is gone already.
    const text = gathered === undefined ? message.replace(/\n$/, '') : gathered.get(output.name);
    if (text === undefined) return `it left no output "${output.name}"`;
    if (output.kind === 'value') {
      if (!isOfType(text, output.type)) return `its output "${output.name}" is no ${output.type}`;
      outputs.set(output.name, { kind: 'text', text });
    }
    if (output.kind !== 'list') continue;
    const items = parseList(text, output.shape);
    if ('problem' in items) return `its list ${items.problem}`;
    outputs.set(output.name, { kind: 'list', items });
  }
  return outputs;
}

function isOfType(text: string, type: 'string' | 'number' | 'boolean'): boolean {
  if (type === 'number') return text.trim() !== '' && Number.isFinite(Number(text));
  return type === 'string' || text === 'true' || text === 'false';
}

export function unitsOf({ forEach }: Task): number | undefined {
  return forEach === undefined ? undefined : (countPods(forEach) ?? 0);
}
