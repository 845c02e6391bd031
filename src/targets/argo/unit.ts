import type { EdgeCondition, Task } from '../../ir/task.ts';

/** What becomes one task of a DAG template. */
export type Unit =
  | { readonly kind: 'task'; readonly name: string; readonly edges: readonly UnitEdge[]; readonly task: Task }
  /** Tasks that go through the same items side by side, one small DAG for each item. `tasks` in topological order. */
  | {
      readonly kind: 'items';
      readonly name: string;
      readonly edges: readonly UnitEdge[];
      readonly tasks: readonly Task[];
    }
  /** A nested DAG. */
  | {
      readonly kind: 'group';
      readonly name: string;
      readonly edges: readonly UnitEdge[];
      readonly units: readonly Unit[];
    };

/** An edge to another unit of the same DAG, by its name. */
export interface UnitEdge {
  readonly task: string;
  readonly on: EdgeCondition;
}

/** All tasks of a unit, at any depth. */
export function tasksOf(unit: Unit): readonly Task[] {
  switch (unit.kind) {
    case 'task':
      return [unit.task];
    case 'items':
      return unit.tasks;
    case 'group':
      return unit.units.flatMap(tasksOf);
  }
}
