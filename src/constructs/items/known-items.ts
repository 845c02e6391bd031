import { captureOrigin } from '../../diagnostics/capture.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import type { Origin } from '../../diagnostics/location.ts';
import { computeItem, countItems } from '../../ir/item-values.ts';
import type { Items as IrItems } from '../../ir/items.ts';
import type { Item, Items, ItemTable, RefListTo, RefTo } from '../item-types.ts';
import { createBatchReference, createItemReference } from '../reference.ts';
import { itemNumber, normalizeItems, type Where } from './normalize.ts';
import { type Problem, Problems } from './problem.ts';

/** What the lowering of a task needs to know about items. */
export interface KnownItemsData {
  /** undefined: there are problems, and no items. */
  readonly items: IrItems | undefined;
  readonly batch: number;
  /** Owner of the references to these items. */
  readonly owner: object;
  report(diagnostics: Collector, task: Origin): void;
}

interface Content {
  readonly items: IrItems | undefined;
  readonly problems: readonly Problem[];
  /** Computed items are numbers for `map` and `filter`. */
  readonly numbers: boolean;
  readonly source: string;
}

/** Computed items that may be listed for `map`, `filter` and `product`. */
export const LISTED_LIMIT = 10_000_000;

const known = new WeakMap<object, KnownItemsData>();

/** undefined: not made by `Items`, or a list made at run time. */
export function itemsOf(items: object): KnownItemsData | undefined {
  return known.get(items);
}

export class KnownItems<T> implements ItemTable<T> {
  readonly item: RefTo<T>;
  readonly length: number;
  readonly #content: Content;

  constructor(content: Content) {
    this.#content = content;
    const { items, problems } = content;
    this.item = createItemReference(this) as RefTo<T>;
    this.length = items === undefined ? 0 : (countItems(items) ?? 0);
    remember(this, this, items, 1, problems);
  }

  map<U extends Item>(change: (item: T, index: number) => U): ItemTable<U> {
    checkFunction('map', change);
    return this.#derive('map', this.map, (values) => values.map((value, index) => change(value, index)));
  }

  filter(keep: (item: T, index: number) => boolean): ItemTable<T> {
    checkFunction('filter', keep);
    return this.#derive('filter', this.filter, (values) => values.filter((value, index) => keep(value, index)));
  }

  take(count: number): ItemTable<T> {
    const { items } = this.#content;
    if (items?.kind === 'computed' && Number.isInteger(count) && count >= 0) {
      const taken = Object.freeze({ ...items, count: Math.min(items.count, count) });
      return new KnownItems<T>({ ...this.#content, items: taken });
    }
    return this.#derive('take', this.take, (values, problems) => {
      if (Number.isInteger(count) && count >= 0) return values.slice(0, count);
      problems.add('PL049', { call: 'take', problem: `${count} is not a whole number from 0` });
      return [];
    });
  }

  batch(size: number): Items<RefListTo<T>> {
    const { items, source, problems } = this.#content;
    const found = new Problems(captureOrigin(this.batch, `${source}.batch(${size})`));
    const good = Number.isInteger(size) && size >= 1;
    if (!good) found.add('PL056', { prop: 'batch', value: String(size) });
    const batch = Object.freeze({ item: createBatchReference(this, fieldsOf(items)) as RefListTo<T> });
    // The owner is the list itself, so that `items.item` in a command for batches is told what is wrong.
    remember(batch, this, good ? items : undefined, good ? size : 1, [...problems, ...found.list]);
    return batch;
  }

  /** The items as the user wrote them: numbers of a range are numbers. Lists that are too long give a problem. */
  list(problems: Problems, call: string): readonly T[] {
    const { items, numbers } = this.#content;
    if (items === undefined || items.kind === 'output') return [];
    if (items.kind === 'table') return items.values as readonly T[];
    if (items.count > LISTED_LIMIT) {
      problems.add('PL049', {
        call,
        problem: `${items.count} items are too many to list; at most ${LISTED_LIMIT} are`,
      });
      return [];
    }
    return Array.from({ length: items.count }, (_, index) => {
      const text = computeItem(items.segments, index);
      return (numbers ? Number(text) : text) as T;
    });
  }

  get problems(): readonly Problem[] {
    return this.#content.problems;
  }

  #derive<U>(
    method: string,
    below: (...parameters: never[]) => unknown,
    change: (values: readonly T[], problems: Problems) => readonly U[],
  ): KnownItems<U> {
    const { items, problems } = this.#content;
    const source = `${this.#content.source}.${method}(…)`;
    const found = new Problems(captureOrigin(below, source));
    if (items === undefined) return new KnownItems<U>({ items, problems, numbers: false, source });
    const values = change(this.list(found, source), found);
    return tableOf<U>(values, source, itemNumber, found, problems);
  }
}

/** Listed items, checked. `inherited`: problems of what they were made from. */
export function tableOf<T>(
  values: readonly unknown[],
  source: string,
  where: Where,
  problems: Problems,
  inherited: readonly Problem[] = [],
): KnownItems<T> {
  const normalized = normalizeItems(values, source, where, problems);
  const all = [...inherited, ...problems.list];
  return new KnownItems<T>({ items: all.length > 0 ? undefined : normalized, problems: all, numbers: false, source });
}

function remember(
  handle: object,
  owner: object,
  items: IrItems | undefined,
  batch: number,
  problems: readonly Problem[],
): void {
  known.set(handle, {
    items,
    batch,
    owner,
    report(diagnostics, task) {
      for (const problem of problems) problem(diagnostics, task);
    },
  });
}

/** Of items that could not be made nothing is known: any field is taken, since the problem is reported already. */
function fieldsOf(items: IrItems | undefined): readonly string[] | undefined {
  if (items === undefined) return [];
  return items.kind === 'table' && items.shape.kind === 'object' ? items.shape.fields : undefined;
}

/** What TypeScript checks and JavaScript does not. */
function checkFunction(method: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`${method} takes a function of the item, not ${typeof value}`);
}
