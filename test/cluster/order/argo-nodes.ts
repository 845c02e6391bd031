import { countPods } from '../../../src/ir/item-values.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { Task } from '../../../src/ir/task.ts';
import type { TaskStatus } from '../../../src/runner/edges.ts';
import { itemGroups } from '../../../src/targets/argo/itemwise.ts';
import { dagNames } from '../../../src/targets/argo/names.ts';

/** A node of `status.nodes` of a Workflow. */
export interface ArgoNode {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly type: string;
  readonly phase: string;
  readonly message?: string;
  readonly boundaryID?: string;
  readonly children?: readonly string[];
}

export type ArgoTasks = ReadonlyMap<string, { status: TaskStatus; units: number | undefined }>;

/** Says of each task of the pipeline how it ended, from the nodes of a Workflow that has ended. */
export function tasksOfNodes(pipeline: Pipeline, nodes: readonly ArgoNode[]): ArgoTasks {
  const itemwise = new Set(itemGroups(pipeline.tasks).flatMap(({ tasks }) => tasks));
  const phaseNames = (['main', 'exit'] as const).flatMap((phase) => [
    ...dagNames(pipeline.tasks.filter((task) => task.phase === phase).map(({ name }) => name)),
  ]);
  const names = new Map(phaseNames);
  return new Map(
    pipeline.tasks.map((task) => {
      const own = nodesCalled(names.get(task.name) as string, nodes);
      const status = itemwise.has(task) ? statusOfItems(own) : statusOf(own[0], nodes);
      return [task.name, { status, units: unitsOf(task, own[0], nodes) }];
    }),
  );
}

/** Outermost first: a task that is wrapped in a DAG of its own gives that its name too. */
function nodesCalled(name: string, nodes: readonly ArgoNode[]): ArgoNode[] {
  return nodes.filter(({ displayName }) => displayName === name).sort((a, b) => a.name.length - b.name.length);
}

function statusOf(node: ArgoNode | undefined, nodes: readonly ArgoNode[]): TaskStatus {
  if (node === undefined || node.phase === 'Omitted') return 'neverRan';
  // A fan-out over no items is a skipped node; `when` is asked for each item, and then the group succeeds.
  if (node.phase === 'Skipped') return node.message === 'Skipped, empty params' ? 'succeeded' : 'skipped';
  const items = node.type === 'TaskGroup' ? itemNodes(node, nodes) : [];
  if (items.length > 0 && items.every(({ phase }) => phase === 'Skipped')) return 'skipped';
  return node.phase === 'Succeeded' ? 'succeeded' : 'failed';
}

/** A task with itemwise edges has a node in the DAG of each item. */
function statusOfItems(nodes: readonly ArgoNode[]): TaskStatus {
  const phases = new Set(nodes.map(({ phase }) => phase));
  if (phases.size === 0) return 'neverRan';
  if (phases.size === 1 && phases.has('Skipped')) return 'skipped';
  return [...phases].every((phase) => phase === 'Succeeded') ? 'succeeded' : 'failed';
}

function itemNodes({ name }: ArgoNode, nodes: readonly ArgoNode[]): ArgoNode[] {
  return nodes.filter((node) => node.name.startsWith(`${name}(`) && /^\(\d+:\d+\)$/.test(node.name.slice(name.length)));
}

/** Items of a task; those of a list that is made at run time are counted in the nodes. */
function unitsOf({ forEach }: Task, node: ArgoNode | undefined, nodes: readonly ArgoNode[]): number | undefined {
  if (forEach === undefined) return undefined;
  if (forEach.items.kind !== 'output') return countPods(forEach);
  if (node === undefined) return 0;
  const inner = nodes.filter(({ displayName, type }) => displayName === node.displayName && type === 'TaskGroup');
  return inner.reduce((sum, group) => sum + itemNodes(group, nodes).length, 0);
}
