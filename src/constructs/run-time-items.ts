import type { ItemShape } from '../ir/items.ts';
import type { Items } from './item-types.ts';

/** A list that a task makes while the pipeline runs: which output of which task. */
export interface RunTimeList {
  readonly task: object;
  readonly output: string;
  readonly shape: ItemShape;
}

const lists = new WeakMap<object, RunTimeList>();

/** `owner` is also the owner of the item's references, so that items of another list are told apart. */
export function createRunTimeItems<R>(owner: { task: object; output: string }, shape: ItemShape, item: R): Items<R> {
  const items = { item, owner };
  lists.set(items, { ...owner, shape });
  return items;
}

export function runTimeList(items: object): RunTimeList | undefined {
  return lists.get(items);
}

/** The owner of the references to the items of a run-time list. */
export function runTimeOwner(items: object): object | undefined {
  return lists.has(items) ? (items as { owner: object }).owner : undefined;
}
