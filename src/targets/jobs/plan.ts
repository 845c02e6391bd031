import type { Origin } from '../../diagnostics/location.ts';
import type { ForEach, Items } from '../../ir/items.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { hashText } from '../../units/hash.ts';
import { contentConfigMap } from '../supporting/index.ts';

/**
 * What the conductor runs: the pipeline and what is known of the cluster. Source locations are left out, because they
 * differ from machine to machine, and listed items are where the pods read them. Objects of the user's own are GitOps' to apply.
 */
export interface Plan {
  readonly kind: 'Plan';
  readonly version: 1;
  readonly profile: Profile;
  readonly pipeline: Stored<Omit<Pipeline, 'tasks' | 'extras'>> & { readonly tasks: readonly StoredTask[] };
}
type Stored<T> = Omit<T, 'origin'> & { readonly origin: Pick<Origin, 'path'> };
type StoredTask = Stored<Omit<Task, 'forEach'>> & { readonly forEach?: StoredForEach | undefined };
type StoredForEach = Omit<ForEach, 'items'> & { readonly items: Exclude<Items, { kind: 'table' }> | StoredItems };

/** Items that are in the ConfigMaps of a task, and so not in the plan once more. */
export interface StoredItems extends Omit<Extract<Items, { kind: 'table' }>, 'kind' | 'values'> {
  readonly kind: 'stored';
  readonly count: number;
  /** Names of the ConfigMaps, in the order of their items. */
  readonly tables: readonly string[];
}

/** Names of the ConfigMaps with the items of a task. */
export type TablesOf = (task: string) => readonly string[];

export function planOf(pipeline: Pipeline, profile: Profile, tablesOf: TablesOf): Plan {
  const { tasks, extras: _, contexts: __, ...rest } = withoutLocation(pipeline);
  const stored = tasks.map((task) => storedTask(task, tablesOf(task.name)));
  return { kind: 'Plan', version: 1, profile, pipeline: { ...rest, tasks: stored } };
}

function storedTask(task: Task, tables: readonly string[]): StoredTask {
  const { forEach, ...rest } = withoutArgo(withoutLocation(task));
  if (forEach === undefined) return rest;
  const { items } = forEach;
  if (items.kind !== 'table') return { ...rest, forEach: { ...forEach, items } };
  const { shape, source, values } = items;
  return { ...rest, forEach: { ...forEach, items: { kind: 'stored', shape, source, count: values.length, tables } } };
}

/** Without what only the argo target reads, so that a change there starts nothing here. */
function withoutArgo<T extends Pick<Task, 'argoStrategy' | 'patches'>>(task: T): Omit<T, 'argoStrategy'> {
  const { argoStrategy: _, ...rest } = task;
  const { argoTemplate: __, ...patches } = rest.patches;
  return { ...rest, patches };
}

function withoutLocation<T extends { readonly origin: Origin }>(thing: T): Stored<T> {
  return { ...thing, origin: { path: thing.origin.path } };
}

/** Bytes of a plan in one ConfigMap: with its quotes escaped it stays below the 262,144 bytes that plain `kubectl apply` can take. */
const PART_BYTES = 200_000;

/**
 * The plan as ConfigMaps named by their content, `<pipeline>-plan-<hash8>`, or several with `-0`, `-1`, … Their only keys,
 * `0000`, `0001`, …, are the parts of one JSON text. Not compressed: a reviewer sees which tasks changed, and gzip's bytes
 * differ between versions of Node.
 */
export function planConfigMaps(pipeline: Pipeline, plan: Plan): JsonObject[] {
  const text = planText(plan);
  const name = `${pipeline.name}-plan-${hashText(text)}`;
  const parts = splitText(text, PART_BYTES);
  return parts.map((part, number) => {
    const data = { [String(number).padStart(4, '0')]: part };
    return contentConfigMap(pipeline, parts.length === 1 ? name : `${name}-${number}`, data);
  });
}

/** JSON with a line for each task. */
function planText({ pipeline: { tasks, ...pipeline }, ...plan }: Plan): string {
  const head = JSON.stringify({ ...plan, pipeline });
  const lines = tasks.map((task) => JSON.stringify(task)).join(',\n');
  return `${head.slice(0, -2)},\n"tasks":[\n${lines}\n]}}\n`;
}

/** Parts of at most `max` bytes of UTF-8, cut after a line end where there is one, never inside a character. */
export function splitText(text: string, max: number): string[] {
  const bytes = Buffer.from(text, 'utf8');
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.length - start <= max ? bytes.length : cutBefore(bytes, start, start + max);
    parts.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return parts;
}

function cutBefore(bytes: Buffer, start: number, limit: number): number {
  const line = bytes.lastIndexOf(0x0a, limit - 1);
  if (line >= start) return line + 1;
  let end = limit;
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return end;
}
