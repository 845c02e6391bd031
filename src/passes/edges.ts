import type { Collector } from '../diagnostics/collector.ts';
import { countItems, itemAt } from '../ir/item-values.ts';
import type { ForEach, Items, ItemValue } from '../ir/items.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Edge, Task } from '../ir/task.ts';
import { tasksByName } from './tasks.ts';

/** Each edge can hold: its condition fits both tasks, and phases are not mixed. */
export function checkEdges(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const byName = tasksByName(pipeline);
  if (pipeline.tasks.length > 0 && pipeline.tasks.every((task) => task.phase === 'exit')) {
    diagnostics.report('PL109', { pipeline: pipeline.name }, { origin: pipeline.origin });
  }
  for (const task of pipeline.tasks) {
    const conditions = new Map<string, Edge['on']>();
    for (const edge of task.after) {
      const upstream = byName.get(edge.task);
      if (upstream === undefined || upstream === task) continue;
      checkPhases(task, upstream, edge, diagnostics);
      checkCondition(task, upstream, edge, diagnostics);
      checkTogether(task, edge, conditions, diagnostics);
    }
  }
}

function checkPhases(task: Task, upstream: Task, edge: Edge, diagnostics: Collector): void {
  if (task.phase === upstream.phase) return;
  const params = { task: task.name, upstream: upstream.name };
  if (task.phase === 'main') diagnostics.report('PL107', params, { origin: task.origin });
  // An exit task that uses an output of a main one is reported as that.
  else if (edge.cause !== 'reference') diagnostics.report('PL106', params, { origin: task.origin });
}

function checkCondition(task: Task, upstream: Task, edge: Edge, diagnostics: Collector): void {
  const params = { task: task.name, upstream: upstream.name };
  if ((edge.on === 'anySucceeded' || edge.on === 'allFailed') && upstream.forEach === undefined) {
    diagnostics.report('PL105', { ...params, on: edge.on }, { origin: task.origin });
  }
  if (edge.on !== 'itemwise') return;
  const problem = itemwiseProblem(task, upstream);
  if (problem !== undefined) diagnostics.report('PL104', { ...params, problem }, { origin: task.origin });
}

/** Edges of one pair: both `succeeded` and `failed` never hold. */
function checkTogether(task: Task, edge: Edge, seen: Map<string, Edge['on']>, diagnostics: Collector): void {
  const success = edge.on === 'succeeded' || edge.on === 'itemwise';
  if (!success && edge.on !== 'failed') return;
  const before = seen.get(edge.task);
  if (before === undefined) seen.set(edge.task, edge.on);
  else if ((before === 'failed') === success) {
    const params = { task: task.name, upstream: edge.task, first: before, second: edge.on };
    diagnostics.report('PL108', params, { origin: task.origin });
  }
}

function itemwiseProblem(task: Task, upstream: Task): string | undefined {
  if (upstream.forEach === undefined) return `"${upstream.name}" has no forEach`;
  if (task.forEach === undefined) return `"${task.name}" has no forEach`;
  if (task.forEach.batch !== upstream.forEach.batch) return 'their items are in batches of different sizes';
  return sameItems(task.forEach, upstream.forEach) ? undefined : 'their items differ';
}

function sameItems(a: ForEach, b: ForEach): boolean {
  const [left, right] = [a.items, b.items];
  if (left === right) return true;
  if (left.kind === 'output' && right.kind === 'output')
    return left.task === right.task && left.output === right.output;
  if (left.kind === 'output' || right.kind === 'output') return false;
  return countItems(left) === countItems(right) && sameValues(left, right);
}

/** By text, since that is what containers get: the number 1 and the text `1` are one item. */
function sameValues(a: ListedItems, b: ListedItems): boolean {
  if (a.kind === 'computed' && b.kind === 'computed' && JSON.stringify(a.segments) === JSON.stringify(b.segments))
    return true;
  for (let index = 0; index < (countItems(a) ?? 0); index++) {
    if (textOf(itemAt(a, index)) !== textOf(itemAt(b, index))) return false;
  }
  return true;
}

type ListedItems = Exclude<Items, { kind: 'output' }>;

function textOf(item: ItemValue): string {
  return typeof item === 'object'
    ? JSON.stringify(Object.entries(item).map(([key, value]) => [key, String(value)]))
    : String(item);
}
