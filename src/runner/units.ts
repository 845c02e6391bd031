import { countUnits, itemAt } from '../ir/item-values.ts';
import type { ForEach, ItemValue } from '../ir/items.ts';
import type { Task } from '../ir/task.ts';
import { batchName, itemName } from '../units/item-name.ts';

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

/** `list`: the items of a run-time list, when the task runs over one. */
export function unitsOf(task: Task, list: readonly ItemValue[] | undefined): Units {
  const { forEach } = task;
  if (forEach === undefined) return SINGLE;
  const { items } = forEach;
  if (items.kind !== 'output')
    return from(forEach, (index) => itemAt(items, index), countUnits(forEach) ?? 0, countOf(items));
  const values = list ?? [];
  return from(forEach, (index) => values[index]!, Math.ceil(values.length / forEach.batch), values.length);
}

function countOf(items: Exclude<ForEach['items'], { kind: 'output' }>): number {
  return items.kind === 'table' ? items.values.length : items.count;
}

function from(forEach: ForEach, item: (index: number) => ItemValue, count: number, itemCount: number): Units {
  const items = (unit: number): readonly ItemValue[] => {
    const first = unit * forEach.batch;
    const length = Math.min(forEach.batch, itemCount - first);
    return Array.from({ length }, (_, offset) => item(first + offset));
  };
  return { count, items, name: (unit) => nameOf(forEach, items(unit)) };
}

function nameOf({ batch }: ForEach, items: readonly ItemValue[]): string {
  const first = itemName(items[0]!);
  return batch > 1 ? batchName(first, items.length) : first;
}
