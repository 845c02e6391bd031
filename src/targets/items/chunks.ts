import { atLeastOne, countPods, countUnits } from '../../ir/item-values.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { StringMap } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { fitLabel } from '../../units/dns-name.ts';
import { hashText } from '../../units/hash.ts';
import { usesScript } from './command.ts';
import type { ItemOptions } from './options.ts';
import { runScript } from './script.ts';
import { CONFIG_MAP_LIMIT, type Table, tableKeys, tableOf, UNITS_PER_KEY } from './table.ts';

/** The share of a task's units that one Job takes, and the ConfigMaps that its pods mount. */
export interface TableChunk {
  /**
   * Immutable, named by their content, projected together at /podloom/items. Chunks without tables share theirs:
   * the same name is the same object.
   */
  readonly configMaps: readonly { readonly name: string; readonly data: StringMap }[];
  /** Number of the first unit: PODLOOM_OFFSET of the pods. */
  readonly firstUnit: number;
  /** How many units (items, or batches). 0: a list made at run time. 1 without forEach. */
  readonly units: number;
  /** How many pods: units divided by itemsPerPod. 0: a list made at run time. 1 without forEach. */
  readonly pods: number;
}

/** Pods of one Job: beyond, the Job controller's bookkeeping gets slow. */
const MAX_PODS = 10_000;
/** Bytes of tables that the pods of one Job mount. */
const MAX_TABLES = 4 * 1024 * 1024;
interface Made {
  readonly pipeline: Pipeline;
  readonly options: ItemOptions;
  readonly chunks: readonly TableChunk[];
}

/** A target asks for the chunks of a task several times. */
const latest = new WeakMap<Task, Made>();

/** What a table has around its entries. */
const KEY_OVERHEAD = 64;
/** Leaves room for `-<hash8>-<n>` within 63 characters. */
const NAME_LENGTH = 50;

/**
 * One chunk for each Job: at most 10,000 pods and 4 MiB of tables. A task without items is one chunk, which has
 * a ConfigMap when the task needs the script of podloom or has one of its own.
 */
export function tableChunks(pipeline: Pipeline, task: Task, options: ItemOptions): readonly TableChunk[] {
  const known = latest.get(task);
  if (known?.pipeline === pipeline && known.options === options) return known.chunks;
  const chunks = makeChunks(pipeline, task, options);
  latest.set(task, { pipeline, options, chunks });
  return chunks;
}

function makeChunks(pipeline: Pipeline, task: Task, options: ItemOptions): readonly TableChunk[] {
  const { forEach } = task;
  const table = forEach && tableOf(forEach);
  const shared = sharedData(task, table, options);
  const prefix = fitLabel(`${pipeline.name}-${task.name}`, NAME_LENGTH);
  const mapsFor = (tables: readonly [string, string][]) => configMaps(prefix, [...shared, ...tables]);
  if (forEach === undefined) return [{ configMaps: mapsFor([]), firstUnit: 0, units: 1, pods: 1 }];
  const units = countUnits(forEach);
  if (units === undefined) return [{ configMaps: mapsFor([]), firstUnit: 0, units: 0, pods: 0 }];
  const chunks: TableChunk[] = [];
  for (let firstUnit = 0; firstUnit < units; ) {
    const end = chunkEnd(table, firstUnit, units, forEach.itemsPerPod);
    chunks.push({
      configMaps: mapsFor(table === undefined ? [] : tableKeys(table, firstUnit, end)),
      firstUnit,
      units: end - firstUnit,
      pods: Math.ceil((end - firstUnit) / forEach.itemsPerPod),
    });
    firstUnit = end;
  }
  return chunks;
}

/** How many Jobs a task becomes, without making their tables. 1 without forEach and for lists made at run time. */
export function countChunks(task: Task): number {
  const { forEach } = task;
  const units = forEach && countUnits(forEach);
  if (forEach === undefined || units === undefined) return 1;
  const table = tableOf(forEach);
  if (table === undefined) return Math.ceil((countPods(forEach) ?? 0) / MAX_PODS);
  let chunks = 0;
  for (let unit = 0; unit < units; chunks++) unit = chunkEnd(table, unit, units, forEach.itemsPerPod);
  return chunks;
}

function sharedData(task: Task, table: Table | undefined, options: ItemOptions): [string, string][] {
  const { program } = task.container;
  return [
    ...(usesScript(task, options)
      ? [['run', runScript(task, table?.unitsPerKey ?? UNITS_PER_KEY, options)] as [string, string]]
      : []),
    ...(program.kind === 'script' ? [['source', program.source] as [string, string]] : []),
  ];
}

/** The unit after the last one of the chunk that starts at `first`: whole pods, as many as the limits allow, at least one. */
function chunkEnd(table: Table | undefined, first: number, units: number, itemsPerPod: number): number {
  const perPod = atLeastOne(itemsPerPod);
  const limit = Math.min(units, first + MAX_PODS * perPod);
  if (table === undefined) return limit;
  let bytes = 0;
  let end = first;
  while (end < limit) {
    const next = Math.min(end + perPod, limit);
    for (let unit = end; unit < next; unit++) {
      bytes += (table.sizes[unit] ?? 0) + (unit % table.unitsPerKey === 0 ? KEY_OVERHEAD : 0);
    }
    if (bytes > MAX_TABLES && end > first) break;
    end = next;
  }
  return end;
}

/** Packs the entries into as few ConfigMaps as hold them in order. */
function configMaps(prefix: string, data: readonly [key: string, text: string][]): TableChunk['configMaps'] {
  if (data.length === 0) return [];
  const groups: [string, string][][] = [[]];
  let bytes = 0;
  for (const entry of data) {
    const size = entry[0].length + Buffer.byteLength(entry[1]);
    if (bytes + size > CONFIG_MAP_LIMIT && bytes > 0) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(entry);
    bytes += size;
  }
  const name = `${prefix}-${hashText(JSON.stringify(data))}`;
  return groups.map((group, number) => ({
    name: groups.length === 1 ? name : `${name}-${number}`,
    data: Object.fromEntries(group),
  }));
}
