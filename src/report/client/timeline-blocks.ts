import type { RunData } from './data.ts';

/** Height of a row that can be told from others, in pixels. */
const ROW = 14;
/** Highest block of a task that is not open. */
const CLOSED = 132;
const LEAST = 20;
const GAP = 6;

/**
 * What is drawn of one task. Open, it has a row for each item, in the order in which they began. Closed, it has as many lanes
 * as attempts ran at once, and each attempt is in the first lane that was free.
 */
export interface Block {
  readonly task: number;
  /** Items that have begun. */
  readonly items: number;
  open: boolean;
  /** Attempts of each row, in the order of their time. */
  rows: readonly Int32Array[];
  /** From the top of all blocks, in pixels. */
  top: number;
  height: number;
  /** Less than a pixel when there are many. */
  rowHeight: number;
}

/** Where all rows are. */
export class Blocks {
  readonly all: readonly Block[];
  height = 0;
  readonly #data: RunData;
  readonly #itemRows = new Map<number, readonly Int32Array[]>();
  readonly #lanes = new Map<number, readonly Int32Array[]>();

  constructor(data: RunData) {
    this.#data = data;
    this.all = data.run.tasks.flatMap((_task, task): Block[] => {
      const items = itemsOf(data, task).length;
      if (items === 0) return [];
      const open = items * ROW <= CLOSED;
      return [{ task, items, open, rows: this.#rows(task, open), top: 0, height: 0, rowHeight: 0 }];
    });
    this.#arrange();
  }

  /** Whether opening and closing the block makes a difference. */
  canOpen({ items }: Block): boolean {
    return items * ROW > CLOSED;
  }

  toggle(block: Block): void {
    if (!this.canOpen(block)) return;
    block.open = !block.open;
    block.rows = this.#rows(block.task, block.open);
    this.#arrange();
  }

  /** Leaves out, in blocks that are open, the items of which nothing is between these times. */
  look(from: number, to: number): void {
    const { start, length, wait } = this.#data;
    const isSeen = (attempt: number): boolean =>
      start[attempt]! - Math.max(0, wait[attempt]!) <= to && start[attempt]! + length[attempt]! >= from;
    for (const block of this.all) {
      if (!block.open || !this.canOpen(block)) continue;
      block.rows = this.#rows(block.task, true).filter((row) => row.some(isSeen));
    }
    this.#arrange();
  }

  /** The block at this height, with the gap below it. */
  at(y: number): Block | undefined {
    return this.all.find(({ top, height }) => y >= top && y < top + height + GAP / 2);
  }

  /** Made when they are wanted first. */
  #rows(task: number, open: boolean): readonly Int32Array[] {
    const known = open ? this.#itemRows : this.#lanes;
    let rows = known.get(task);
    if (rows === undefined) {
      rows = open ? itemRows(this.#data, task) : lanes(this.#data, task);
      known.set(task, rows);
    }
    return rows;
  }

  #arrange(): void {
    let top = GAP;
    for (const block of this.all) {
      const full = block.rows.length * ROW;
      block.top = top;
      block.height = Math.max(LEAST, block.open ? full : Math.min(full, CLOSED));
      block.rowHeight = Math.min(ROW, block.height / Math.max(1, block.rows.length));
      top += block.height + GAP;
    }
    this.height = top;
  }
}

function itemsOf({ firstItem, firstAttempt }: RunData, task: number): number[] {
  const items: number[] = [];
  for (let item = firstItem[task]!; item < firstItem[task + 1]!; item++) {
    if (firstAttempt[item + 1]! > firstAttempt[item]!) items.push(item);
  }
  return items;
}

function itemRows(data: RunData, task: number): Int32Array[] {
  const { firstAttempt, start } = data;
  const began = (item: number): number => start[firstAttempt[item]!]!;
  const items = itemsOf(data, task).sort((a, b) => began(a) - began(b) || a - b);
  return items.map((item) => attemptsBetween(firstAttempt[item]!, firstAttempt[item + 1]!));
}

function attemptsBetween(first: number, end: number): Int32Array {
  return Int32Array.from({ length: end - first }, (_attempt, index) => first + index);
}

/** Free lanes are kept in a heap, so that it does not matter how many there are. */
function lanes({ firstItem, firstAttempt, start, length }: RunData, task: number): Int32Array[] {
  const attempts = attemptsBetween(firstAttempt[firstItem[task]!]!, firstAttempt[firstItem[task + 1]!]!);
  attempts.sort((a, b) => start[a]! - start[b]! || a - b);
  const ends = attempts.slice().sort((a, b) => start[a]! + length[a]! - start[b]! - length[b]!);
  const laneOf = new Map<number, number>();
  const free = new Heap();
  const rows: number[][] = [];
  let ended = 0;
  for (const attempt of attempts) {
    // An attempt that took no time ends after it began.
    for (; ended < ends.length; ended++) {
      const other = ends[ended]!;
      if (start[other]! + length[other]! > start[attempt]! || !laneOf.has(other)) break;
      free.push(laneOf.get(other)!);
    }
    const lane = free.pop() ?? rows.push([]) - 1;
    laneOf.set(attempt, lane);
    rows[lane]!.push(attempt);
  }
  return rows.map((row) => Int32Array.from(row));
}

/** Gives the smallest number first. */
class Heap {
  readonly #numbers: number[] = [];

  push(number: number): void {
    const numbers = this.#numbers;
    let at = numbers.push(number) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && numbers[parent]! > number; parent = (at - 1) >> 1) {
      numbers[at] = numbers[parent]!;
      at = parent;
    }
    numbers[at] = number;
  }

  pop(): number | undefined {
    const numbers = this.#numbers;
    const least = numbers[0];
    const moved = numbers.pop();
    if (least === undefined || moved === undefined || numbers.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < numbers.length && numbers[child + 1]! < numbers[child]!) child++;
      if (child >= numbers.length || numbers[child]! >= moved) break;
      numbers[at] = numbers[child]!;
      at = child;
    }
    numbers[at] = moved;
    return least;
  }
}
