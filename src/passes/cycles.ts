import type { Collector } from '../diagnostics/collector.ts';
import type { Note } from '../diagnostics/diagnostic.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Edge, Task } from '../ir/task.ts';
import { cyclicComponents, shortestPath } from './components.ts';
import { outputsUsed } from './tasks.ts';

/**
 * No task waits for itself, directly or around a cycle. A cycle that only the use of an output closes is reported as
 * that: the output of a task that is not upstream. One diagnostic for each knot of cycles, with a shortest one in it.
 */
export function checkCycles(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const { tasks } = pipeline;
  const numbers = new Map(tasks.map((task, index) => [task.name, index]));
  const ordering = downstream(tasks, numbers, (edge) => edge.cause !== 'reference');
  const all = downstream(tasks, numbers, () => true);
  for (const task of tasks) {
    if (task.after.some((edge) => edge.task === task.name)) {
      diagnostics.report('PL103', { task: task.name }, { origin: task.origin });
    }
  }
  const reported = new Set<number>();
  for (const component of cyclicComponents(ordering)) {
    for (const member of component) reported.add(member);
    reportCycle(tasks, cycleThrough(ordering, component), diagnostics);
  }
  for (const component of cyclicComponents(all)) {
    if (component.some((member) => reported.has(member))) continue;
    reportReference(tasks, cycleThrough(all, component), diagnostics);
  }
}

/** For each task the tasks that wait for it. Self edges are left out. */
function downstream(
  tasks: readonly Task[],
  numbers: ReadonlyMap<string, number>,
  keep: (edge: Edge) => boolean,
): number[][] {
  const targets: number[][] = tasks.map(() => []);
  for (const [index, task] of tasks.entries()) {
    for (const edge of task.after) {
      const upstream = numbers.get(edge.task);
      if (upstream !== undefined && upstream !== index && keep(edge)) targets[upstream]!.push(index);
    }
  }
  return targets;
}

function cycleThrough(edges: readonly (readonly number[])[], component: readonly number[]): number[] {
  const members = new Set(component);
  const first = component[0]!;
  return shortestPath(edges, first, first, (node) => members.has(node)) ?? [...component, first];
}

function reportCycle(tasks: readonly Task[], cycle: readonly number[], diagnostics: Collector): void {
  const path = cycle.map((index) => tasks[index]!.name);
  diagnostics.report('PL100', { path }, { origin: tasks[cycle[0]!]!.origin, notes: notesOf(tasks, cycle) });
}

/** Reported at the task that uses the output; the path goes from it to the task that makes the output. */
function reportReference(tasks: readonly Task[], cycle: readonly number[], diagnostics: Collector): void {
  for (let position = 1; position < cycle.length; position++) {
    const maker = tasks[cycle[position - 1]!]!;
    const user = tasks[cycle[position]!]!;
    if (!edgesBetween(maker, user).every((edge) => edge.cause === 'reference')) continue;
    const output = outputsUsed(user).find((reference) => reference.task === maker.name)?.output ?? '';
    const way = [...cycle.slice(position, -1), ...cycle.slice(0, position)];
    const path = way.map((index) => tasks[index]!.name);
    const params = { task: user.name, upstream: maker.name, output, path };
    diagnostics.report('PL130', params, { origin: user.origin, notes: notesOf(tasks, way) });
    return;
  }
}

function edgesBetween(upstream: Task, task: Task): Edge[] {
  return task.after.filter((edge) => edge.task === upstream.name);
}

const causes = { after: 'runs after', dependency: 'depends on', reference: 'uses an output of' } as const;

/** One note for each edge along the way, at the task that waits. */
function notesOf(tasks: readonly Task[], way: readonly number[]): Note[] {
  return way.slice(1).map((index, position) => {
    const upstream = tasks[way[position]!]!;
    const task = tasks[index]!;
    const cause = edgesBetween(upstream, task)[0]?.cause ?? 'after';
    return { message: `"${task.name}" ${causes[cause]} "${upstream.name}"`, location: task.origin.location };
  });
}
