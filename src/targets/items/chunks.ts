import type { Pipeline } from '../../ir/pipeline.ts';
import type { StringMap } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import type { ItemOptions } from './options.ts';

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

/** One chunk for each Job: at most 10,000 pods and 4 MiB of tables. Tasks without script and items have one without ConfigMaps. */
export function tableChunks(_pipeline: Pipeline, _task: Task, _options: ItemOptions): readonly TableChunk[] {
  return [{ configMaps: [], firstUnit: 0, units: 1, pods: 1 }];
}
