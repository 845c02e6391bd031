import type { Scalar } from '../ir/scalar.ts';
import type { Ref, RefList } from './reference.ts';

/** Items carry the shape of the *reference*, so that inference survives helpers, subclasses, loops and arrays. */
export interface Items<out R> {
  /** What a task's `({ item }) => …` gets. */
  readonly item: R;
}

/** A flat object: every field is a string, a number or a boolean. */
export type ItemObject = { readonly [field: string]: Scalar | undefined };
export type Item = Scalar | ItemObject;

/** The reference to an item of type T: a Ref, or an object of Refs. */
export type RefTo<T> = [T] extends [Scalar]
  ? Ref<T>
  : { readonly [K in keyof T]-?: Ref<Extract<Exclude<T[K], undefined>, Scalar>> };
/** The reference to a batch of items of type T. */
export type RefListTo<T> = [T] extends [Scalar]
  ? RefList<T>
  : { readonly [K in keyof T]-?: RefList<Extract<Exclude<T[K], undefined>, Scalar>> };

/** Items that are known while the pipeline is built. */
export interface ItemTable<T> extends Items<RefTo<T>> {
  /** How many there are. Free of cost for ranges and braces; 0 when the source could not be read. */
  readonly length: number;
  /** Runs now, once for each item: the result is a list. */
  map<U extends Item>(change: (item: T, index: number) => U): ItemTable<U>;
  /** Keeps the items for which `keep` returns true. Runs now. */
  filter(keep: (item: T, index: number) => boolean): ItemTable<T>;
  /** The first `count` items. */
  take(count: number): ItemTable<T>;
  /** Groups of `size` items (the last may be smaller): the command gets lists, one log for each group. */
  batch(size: number): Items<RefListTo<T>>;
}
