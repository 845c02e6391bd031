import type { Pipeline } from '../../ir/pipeline.ts';
import type { TaskStatus } from '../edges.ts';
import type { NodeIndex } from './node-index.ts';
import { type ArgoNode, hasEnded } from './workflow-view.ts';

/** What the nodes of a Workflow say of a task. */
export interface TaskNodes {
  /** Outermost first; several for a task with itemwise edges, which has one in the DAG of each item. */
  readonly nodes: readonly ArgoNode[];
  /** undefined: it is under way, or was not begun. */
  readonly status: TaskStatus | undefined;
  /** Why, in Argo's words; empty when it says nothing. */
  readonly message: string;
}

/** Tasks at either end of an itemwise edge. */
export function itemwiseTasks({ tasks }: Pipeline): ReadonlySet<string> {
  const edges = tasks.flatMap(({ name, after }) =>
    after.filter(({ on }) => on === 'itemwise').map(({ task }) => [task, name]),
  );
  return new Set(edges.flat());
}

/** `name`: of the task's node. `ended`: the Workflow has; what it never came to has no node. */
export function taskNodes(name: string, isItemwise: boolean, index: NodeIndex, ended: boolean): TaskNodes {
  const nodes = index.called(name);
  const [first] = nodes;
  if (first === undefined) return { nodes, status: ended ? 'neverRan' : undefined, message: '' };
  const over = ended || (isItemwise ? isOver(index.groupAbove(first)) : isOver(first));
  const status = isItemwise ? statusOfItems(nodes) : statusOf(first, index);
  return { nodes, status: over ? status : undefined, message: messageOf(nodes) };
}

/** Whether a node has its last phase. */
function isOver(node: ArgoNode | undefined): boolean {
  return node !== undefined && (hasEnded(node.phase) || node.phase === 'Skipped' || node.phase === 'Omitted');
}

function statusOf(node: ArgoNode, index: NodeIndex): TaskStatus {
  if (node.phase === 'Omitted') return 'neverRan';
  // A fan-out over no items is a skipped node; `when` is asked for each item, and then the group succeeds.
  if (node.phase === 'Skipped') return node.message === 'Skipped, empty params' ? 'succeeded' : 'skipped';
  const items = node.type === 'TaskGroup' ? index.itemsOf(node) : [];
  if (items.length > 0 && items.every(({ phase }) => phase === 'Skipped')) return 'skipped';
  return node.phase === 'Succeeded' ? 'succeeded' : 'failed';
}

/** A task with itemwise edges has a node in the DAG of each item. */
function statusOfItems(nodes: readonly ArgoNode[]): TaskStatus {
  const phases = new Set(nodes.map(({ phase }) => phase));
  if (phases.size === 1 && phases.has('Skipped')) return 'skipped';
  return [...phases].every((phase) => phase === 'Succeeded') ? 'succeeded' : 'failed';
}

function messageOf(nodes: readonly ArgoNode[]): string {
  return (
    nodes.find(({ phase, message }) => (phase === 'Failed' || phase === 'Error') && message !== undefined)?.message ??
    ''
  );
}

/** Values and lists that the nodes of a task have put out, by name; those of the first node that has any. */
export function outputsOf({ nodes }: TaskNodes): ReadonlyMap<string, string> {
  const parameters = nodes.map(({ outputs }) => outputs?.parameters ?? []).find(({ length }) => length > 0) ?? [];
  return new Map(parameters.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
}

/** How many pods a run-time list made, as far as its nodes tell. */
export function countItemNodes(name: string, index: NodeIndex): number {
  const groups = index.called(name).filter(({ type }) => type === 'TaskGroup');
  return groups.reduce((sum, group) => sum + index.itemsOf(group).length, 0);
}
