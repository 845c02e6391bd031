import { expressionText } from '../ir/expression-text.ts';
import { countItems, countUnits } from '../ir/item-values.ts';
import type { ForEach } from '../ir/items.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { EdgeCondition, Task } from '../ir/task.ts';

/** A picture of a pipeline: its tasks, never their items. In the order of the pipeline. */
export interface StepGraph {
  readonly pipeline: string;
  readonly steps: readonly Step[];
  readonly edges: readonly StepEdge[];
}

export interface Step {
  readonly name: string;
  readonly phase: 'main' | 'exit';
  /** What people want to know at a glance, each a line of its own: `5,000 items`, `4 replicas × H100:8`, `when …`. */
  readonly facts: readonly string[];
}

export interface StepEdge {
  readonly from: string;
  readonly to: string;
  readonly on: EdgeCondition;
}

export function stepGraph(pipeline: Pipeline): StepGraph {
  return {
    pipeline: pipeline.name,
    steps: pipeline.tasks.map((task) => ({ name: task.name, phase: task.phase, facts: factsOf(task) })),
    edges: pipeline.tasks.flatMap(edgesOf),
  };
}

/** One edge for each pair and condition, however many causes it has. */
function edgesOf(task: Task): StepEdge[] {
  const edges = new Map(task.after.map((edge) => [`${edge.task}\0${edge.on}`, edge]));
  return [...edges.values()].map((edge) => ({ from: edge.task, to: task.name, on: edge.on }));
}

function factsOf(task: Task): string[] {
  const facts: string[] = [];
  if (task.forEach !== undefined) facts.push(itemsText(task.forEach));
  const hardware = hardwareText(task);
  if (hardware !== undefined) facts.push(hardware);
  if (task.when !== undefined) facts.push(`when ${expressionText(task.when)}`);
  return facts;
}

function itemsText(forEach: ForEach): string {
  const { items } = forEach;
  if (items.kind === 'output') return `for each of ${items.task}.${items.output}`;
  const count = plural(countItems(items) as number, 'item');
  return forEach.batch === 1 ? count : `${count} in ${plural(countUnits(forEach) as number, 'batch', 'batches')}`;
}

function hardwareText({ replicas, gpu }: Task): string | undefined {
  const gpus =
    gpu === undefined
      ? undefined
      : gpu.product === undefined
        ? plural(gpu.count, 'GPU')
        : `${gpu.product}:${gpu.count}`;
  if (replicas === undefined) return gpus;
  const pods = plural(replicas, 'replica');
  return gpus === undefined ? pods : `${pods} × ${gpus}`;
}

function plural(count: number, one: string, many = `${one}s`): string {
  return `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} ${count === 1 ? one : many}`;
}

/** What stands on an edge. The usual condition needs no words. */
export const edgeLabels: { readonly [condition in EdgeCondition]: string } = {
  succeeded: '',
  failed: 'failed',
  completed: 'completed',
  anySucceeded: 'any succeeded',
  allFailed: 'all failed',
  itemwise: 'item by item',
};
