import type { Edge, Task } from '../../ir/task.ts';
import { itemGroups } from './itemwise.ts';
import { dagNames } from './names.ts';
import type { Unit, UnitEdge } from './unit.ts';

/** The tasks of one phase as units of a flat DAG: tasks joined by itemwise edges are one unit. */
export function flatUnits(tasks: readonly Task[]): Unit[] {
  const names = dagNames(tasks.map(({ name }) => name));
  const groups = itemGroups(tasks);
  const unitOf = new Map(names);
  const groupOf = new Map<string, readonly Task[]>();
  for (const { tasks: members } of groups) {
    const name = `${names.get(members[0]?.name ?? '')}-itemwise`;
    for (const member of members) {
      unitOf.set(member.name, name);
      groupOf.set(member.name, members);
    }
  }
  const edgesOf = (edges: readonly Edge[], self: string): UnitEdge[] => {
    const found = new Map<string, UnitEdge>();
    for (const { task, on } of edges) {
      const unit = unitOf.get(task);
      if (unit !== undefined && unit !== self) found.set(`${unit} ${on}`, { task: unit, on });
    }
    return [...found.values()];
  };
  return tasks.flatMap((task): Unit[] => {
    const name = unitOf.get(task.name) as string;
    const members = groupOf.get(task.name);
    if (members === undefined) return [{ kind: 'task', name, edges: edgesOf(task.after, name), task }];
    if (members[0] !== task) return [];
    return [
      {
        kind: 'items',
        name,
        edges: edgesOf(
          members.flatMap(({ after }) => after),
          name,
        ),
        tasks: members,
      },
    ];
  });
}
