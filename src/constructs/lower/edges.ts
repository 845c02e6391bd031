import type { IConstruct } from 'constructs';
import { resolveOrigin } from '../../diagnostics/capture.ts';
import type { Edge, EdgeCondition } from '../../ir/task.ts';
import { isObject } from '../foreign.ts';
import type { AfterInput } from '../props.ts';
import { isTask } from '../task.ts';
import { describe } from './describe.ts';
import { type AnyTask, type PipelineScope, type TaskScope, tasksBelow } from './scope.ts';

const CONDITIONS: ReadonlySet<EdgeCondition> = new Set([
  'succeeded',
  'failed',
  'completed',
  'anySucceeded',
  'allFailed',
  'itemwise',
]);

/** The edges of `after`. */
export function lowerAfter(scope: TaskScope): void {
  for (const input of inputsOf(scope.props.after)) {
    const target = edgeTarget(input);
    if (target === undefined) {
      scope.report('PL355', { use: `\`after\` of ${scope.name}`, found: describe(input) });
      continue;
    }
    if (!CONDITIONS.has(target.on)) {
      const wanted = `one of ${[...CONDITIONS].join(', ')}`;
      scope.report('PL353', { prop: 'after[].on', found: describe(target.on), wanted });
      continue;
    }
    const tasks = isTask(target.construct) ? [target.construct] : lastTasks(target.construct);
    const names = tasks.map((task) => scope.pipeline.names.get(task)).filter((name) => name !== undefined);
    if (names.length === 0) {
      const what = tasks.length > 0 ? 'of another pipeline' : 'which holds no tasks';
      scope.report('PL355', { use: `\`after\` of ${scope.name}`, found: `${target.construct.node.path}, ${what}` });
    }
    for (const name of names) scope.addEdge(name, target.on, 'after');
  }
}

function edgeTarget(input: AfterInput): { construct: IConstruct; on: EdgeCondition } | undefined {
  if (!isObject(input)) return undefined;
  if ('node' in input) return { construct: input as unknown as IConstruct, on: 'succeeded' };
  const { task, on } = input as { task?: unknown; on?: EdgeCondition };
  return isObject(task) && 'node' in task
    ? { construct: task as unknown as IConstruct, on: on ?? 'succeeded' }
    : undefined;
}

/**
 * The tasks of a component that end last: no other task of it comes after them by a plain edge. Tasks that run only
 * after a failure are not waited for, because in a good run they never start.
 */
function lastTasks(component: IConstruct): readonly AnyTask[] {
  const regular = tasksBelow(component).filter((task) =>
    afterInputs(task).every(({ on }) => on !== 'failed' && on !== 'allFailed'),
  );
  const followed = new Set<IConstruct>();
  for (const task of regular) {
    for (const { construct, on } of afterInputs(task)) if (on === 'succeeded') followed.add(construct);
    for (const dependency of task.node.dependencies) followed.add(dependency);
  }
  return regular.filter((task) => !followed.has(task));
}

function afterInputs(task: AnyTask): { construct: IConstruct; on: EdgeCondition }[] {
  return inputsOf(task.props.after).flatMap((input) => edgeTarget(input) ?? []);
}

function inputsOf(after: readonly AfterInput[] | AfterInput | undefined): readonly AfterInput[] {
  if (after === undefined) return [];
  return Array.isArray(after) ? after : [after as AfterInput];
}

/**
 * Edges from `node.addDependency` between tasks, components and both: every task of the dependent comes after all tasks
 * of the dependency. Only those get an edge that do not follow from another edge of the component.
 */
export function dependencyEdges(
  scope: PipelineScope,
  edgesOf: (task: AnyTask) => readonly Edge[],
): Map<AnyTask, string[]> {
  const added = new Map<AnyTask, string[]>();
  for (const construct of scope.pipeline.node.findAll()) {
    const dependencies = construct === scope.pipeline ? [] : construct.node.dependencies;
    if (dependencies.length === 0) continue;
    const names = dependencies.flatMap((dependency) => dependencyNames(construct, dependency, scope));
    if (names.length === 0) continue;
    for (const task of firstTasks(construct, scope, edgesOf)) added.set(task, [...(added.get(task) ?? []), ...names]);
  }
  return added;
}

/** Objects of the user's own depend on each other for the order in which they are applied: they have no tasks. */
function dependencyNames(construct: IConstruct, dependency: IConstruct, scope: PipelineScope): string[] {
  const tasks = isTask(dependency) ? [dependency] : lastTasks(dependency);
  const [dependent] = tasksBelow(construct);
  const names = tasks.flatMap((task) => scope.names.get(task) ?? []);
  if (dependent !== undefined && tasks.length > 0 && names.length === 0) {
    const use = `\`addDependency\` of ${construct.node.path}`;
    const params = { use, found: `${dependency.node.path}, of another pipeline` };
    scope.diagnostics.report('PL355', params, { origin: resolveOrigin(dependent.capture) });
  }
  return names;
}

function firstTasks(
  construct: IConstruct,
  scope: PipelineScope,
  edgesOf: (task: AnyTask) => readonly Edge[],
): readonly AnyTask[] {
  const tasks = tasksBelow(construct);
  const inside = new Set(tasks.map((task) => scope.names.get(task)));
  // A task with a conditional edge could start although nothing before it in the component ever ran.
  return tasks.filter((task) => !edgesOf(task).some((edge) => inside.has(edge.task) && edge.on === 'succeeded'));
}
