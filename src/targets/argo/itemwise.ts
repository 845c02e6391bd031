import type { Edge, Task } from '../../ir/task.ts';

/** Tasks that are joined by itemwise edges, in the order of the pipeline, or why they cannot go side by side. */
export interface ItemGroup {
  readonly tasks: readonly Task[];
  /** undefined: each item is one small DAG of these tasks, which means the same. */
  readonly obstacle: string | undefined;
}

/** Finds what itemwise edges join. */
export function itemGroups(tasks: readonly Task[]): ItemGroup[] {
  const parent = new Map(tasks.map(({ name }) => [name, name]));
  const root = (name: string): string => {
    let at = name;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  for (const { name, after } of tasks) {
    for (const { task, on } of after) if (on === 'itemwise') parent.set(root(name), root(task));
  }
  const groups = new Map<string, Task[]>();
  for (const task of tasks) groups.set(root(task.name), [...(groups.get(root(task.name)) ?? []), task]);
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((members) => ({ tasks: members, obstacle: obstacleOf(members, tasks) }));
}

/**
 * One DAG for each item means the same only if nothing else tells the tasks of an item apart: they start after the same
 * tasks, and others wait for the last of them only.
 */
function obstacleOf(members: readonly Task[], all: readonly Task[]): string | undefined {
  const names = new Set(members.map(({ name }) => name));
  const [first] = members as [Task];
  const heads = members.filter(({ after }) => !after.some(({ on }) => on === 'itemwise'));
  const expected = outer(heads[0] as Task, names);
  for (const task of members) {
    const problem = memberObstacle(task, names, first);
    if (problem !== undefined) return problem;
    const own = outer(task, names);
    const isHead = heads.includes(task);
    const fits = isHead
      ? same(own, expected)
      : own.every((edge) => expected.some((other) => edgeKey(other) === edgeKey(edge)));
    if (!fits) return `'${task.name}' waits for other tasks than '${heads[0]?.name}'`;
  }
  return successorObstacle(names, members, all);
}

function memberObstacle(task: Task, names: ReadonlySet<string>, first: Task): string | undefined {
  if (task.outputs.some(({ kind }) => kind === 'value' || kind === 'list')) return `'${task.name}' puts out values`;
  if (task.after.some(({ task: other, on }) => names.has(other) && on !== 'itemwise')) {
    return `'${task.name}' also waits for all items of a task of the group`;
  }
  const [a, b] = [task.forEach, first.forEach];
  if (a?.batch !== b?.batch || a?.itemsPerPod !== b?.itemsPerPod)
    return `'${task.name}' and '${first.name}' put different numbers of items into a pod`;
  return undefined;
}

function successorObstacle(
  names: ReadonlySet<string>,
  members: readonly Task[],
  all: readonly Task[],
): string | undefined {
  const inner = new Set(
    members.flatMap(({ after }) => after.filter(({ on }) => on === 'itemwise').map(({ task }) => task)),
  );
  const sinks = members.filter(({ name }) => !inner.has(name));
  for (const { name, after } of all) {
    if (names.has(name)) continue;
    for (const { task, on } of after) {
      if (!names.has(task)) continue;
      if (sinks.length > 1 || sinks[0]?.name !== task)
        return `'${name}' waits for '${task}', which is not the last of the group`;
      if (on === 'failed' || on === 'allFailed') return `'${name}' waits for the failure of '${task}'`;
    }
  }
  return undefined;
}

function outer(task: Task, names: ReadonlySet<string>): Edge[] {
  return task.after.filter(({ task: other }) => !names.has(other));
}

function same(a: readonly Edge[], b: readonly Edge[]): boolean {
  const keys = new Set(a.map(edgeKey));
  return keys.size === new Set(b.map(edgeKey)).size && b.every((edge) => keys.has(edgeKey(edge)));
}

function edgeKey({ task, on }: Edge): string {
  return `${task} ${on}`;
}
