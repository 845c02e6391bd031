import { itemStates } from '../model.ts';
import { causeOf, lastAttempt, nodeOf, type RunData } from './data.ts';

export type SortKey = 'state' | 'task' | 'item' | 'attempts' | 'waited' | 'ran' | 'started';

export interface Query {
  /** Words that all have to be there, in any case. */
  readonly text: string;
  /** Number of a task, or `undefined` for all. */
  readonly task: number | undefined;
  /** Number of a state. */
  readonly state: number | undefined;
  readonly sort: SortKey;
  readonly descending: boolean;
}

/** What people look for first comes first. */
const RANKS = (['failed', 'stopped', 'interrupted', 'running', 'succeeded'] as const).map((state) =>
  itemStates.indexOf(state),
);

/** Finds and orders items. */
export class Selection {
  readonly #data: RunData;
  /** What is searched, in lower case, made when something is. */
  #texts: string[] | undefined;

  constructor(data: RunData) {
    this.#data = data;
  }

  /** Numbers of items. */
  select({ text, task, state, sort, descending }: Query): Int32Array {
    const data = this.#data;
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const from = task === undefined ? 0 : data.firstItem[task]!;
    const to = task === undefined ? data.itemNames.length : data.firstItem[task + 1]!;
    const found: number[] = [];
    if (words.length > 0) this.#texts ??= data.itemNames.map((_name, item) => this.#text(item));
    const texts = this.#texts ?? [];
    for (let item = from; item < to; item++) {
      if (state !== undefined && data.itemState[item] !== state) continue;
      if (words.every((word) => texts[item]!.includes(word))) found.push(item);
    }
    return this.#sorted(Int32Array.from(found), sort, descending);
  }

  #text(item: number): string {
    const data = this.#data;
    const words = [`${data.run.tasks[data.itemTask[item]!]!.name}/${data.itemNames[item]!}`];
    for (let attempt = data.firstAttempt[item]!; attempt < data.firstAttempt[item + 1]!; attempt++) {
      words.push(causeOf(data, attempt), nodeOf(data, attempt));
    }
    return words.join(' ').toLowerCase();
  }

  #sorted(items: Int32Array, sort: SortKey, descending: boolean): Int32Array {
    const sign = descending ? -1 : 1;
    if (sort === 'item') {
      const { itemNames } = this.#data;
      return items.sort(
        (a, b) => sign * (itemNames[a]! < itemNames[b]! ? -1 : itemNames[a]! > itemNames[b]! ? 1 : 0) || a - b,
      );
    }
    const keys = new Float64Array(this.#data.itemNames.length);
    for (const item of items) keys[item] = sign * this.#key(item, sort, sign);
    return items.sort((a, b) => keys[a]! - keys[b]! || a - b);
  }

  /** What is not known comes last, in whatever order. */
  #key(item: number, sort: Exclude<SortKey, 'item'>, sign: number): number {
    const data = this.#data;
    const last = lastAttempt(data, item);
    const unknown = sign * Number.MAX_VALUE;
    switch (sort) {
      case 'state':
        return RANKS.indexOf(data.itemState[item]!);
      case 'task':
        return data.itemTask[item]!;
      case 'attempts':
        return data.firstAttempt[item + 1]! - data.firstAttempt[item]!;
      case 'waited':
        return last < 0 || data.wait[last]! < 0 ? unknown : data.wait[last]!;
      case 'ran':
        return last < 0 ? unknown : data.length[last]!;
      case 'started':
        return last < 0 ? unknown : data.start[last]!;
    }
  }
}
