import { relative, sep } from 'node:path';
import type { SourceLocation } from '../../diagnostics/location.ts';
import { expressionText } from '../../ir/expression-text.ts';
import { countUnits } from '../../ir/item-values.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { EdgeCondition, Task } from '../../ir/task.ts';

/** What run.json says of a task from the start, so that a report needs nothing but the folder of the run. */
export interface PlannedTask {
  readonly name: string;
  readonly phase: 'main' | 'exit';
  readonly after: readonly { readonly task: string; readonly on: EdgeCondition }[];
  /** The task's place in the user's file, relative to the root of the project: `pipelines/words.ts:12:1`. */
  readonly place?: string | undefined;
  /** Its condition, as people read it. */
  readonly when?: string | undefined;
  /** Items, or batches of them; undefined when they are a list that another task puts out. */
  readonly total?: number | undefined;
  readonly replicas?: number | undefined;
  /** GPUs of one attempt, over all its replicas. */
  readonly gpus?: number | undefined;
  readonly gpuProduct?: string | undefined;
}

/** In the order of the pipeline. `root`: root of the project, absolute. */
export function planOf(pipeline: Pipeline, root: string): readonly PlannedTask[] {
  return pipeline.tasks.map((task) => plannedTask(task, root));
}

function plannedTask(task: Task, root: string): PlannedTask {
  const { name, phase, gpu, replicas, forEach, when, origin } = task;
  const edges = new Map(task.after.map((edge) => [`${edge.task}\0${edge.on}`, { task: edge.task, on: edge.on }]));
  return {
    ...{ name, phase, after: [...edges.values()] },
    place: origin.location && placeOf(origin.location, root),
    when: when && expressionText(when),
    total: forEach === undefined ? 1 : countUnits(forEach),
    replicas,
    gpus: gpu && gpu.count * (replicas ?? 1),
    gpuProduct: gpu?.product,
  };
}

function placeOf({ file, line, column }: SourceLocation, root: string): string {
  return `${relative(root, file).split(sep).join('/')}:${line}:${column}`;
}
