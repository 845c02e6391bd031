import type { Task } from '../../ir/task.ts';

/** Tasks in the order in which a run makes their Jobs: each after all that it waits for, else as they were written; exit tasks last. */
export function inRunOrder(tasks: readonly Task[]): Task[] {
  const byName = new Map(tasks.map((task) => [task.name, task]));
  const placed = new Set<Task>();
  const phases = [tasks.filter(({ phase }) => phase === 'main'), tasks.filter(({ phase }) => phase === 'exit')];
  for (const task of phases.flat()) place(task, byName, placed);
  return [...placed];
}

/** Depth first, with a stack of its own: a chain of thousands of tasks is no reason to fail. */
function place(first: Task, byName: ReadonlyMap<string, Task>, placed: Set<Task>): void {
  const open = new Set<Task>();
  const stack = [first];
  for (let task = stack.at(-1); task !== undefined; task = stack.at(-1)) {
    const waiting = open.has(task)
      ? []
      : upstream(task, byName).filter((other) => !placed.has(other) && !open.has(other));
    open.add(task);
    if (waiting.length > 0) stack.push(...waiting.reverse());
    else {
      placed.add(task);
      stack.pop();
    }
  }
}

function upstream(task: Task, byName: ReadonlyMap<string, Task>): Task[] {
  return task.after.map((edge) => byName.get(edge.task)).filter((other) => other !== undefined);
}
