import { countUnits, unitItems, unitName } from '../ir/item-values.ts';
import type { ForEach, ItemValue } from '../ir/items.ts';
import type { Task } from '../ir/task.ts';

/** What a task runs one command for: items, batches of items, or the task itself. Computed, never stored. */
export interface Units {
  readonly count: number;
  /** Names the log; file-system safe and unique in the task. */
  name(unit: number): string;
  /** The items of a unit: one, several in a batch, none for a task without items. */
  items(unit: number): readonly ItemValue[];
}

/** The only unit of a task without items. */
const SINGLE: Units = { count: 1, name: () => 'main', items: () => [] };

/** `list`: the items of a run-time list, when the task runs over one. From then on it is a table like any other. */
export function unitsOf(task: Task, list: readonly ItemValue[] | undefined): Units {
  if (task.forEach === undefined) return SINGLE;
  const forEach = withKnownItems(task.forEach, list ?? []);
  return {
    count: countUnits(forEach) ?? 0,
    name: (unit) => unitName(forEach, unit),
    items: (unit) => unitItems(forEach, unit),
  };
}

function withKnownItems(forEach: ForEach, values: readonly ItemValue[]): ForEach {
  const { items } = forEach;
  if (items.kind !== 'output') return forEach;
  return { ...forEach, items: { kind: 'table', shape: items.shape, values, source: `${items.task}.${items.output}` } };
}
