import type { Column, Embedded } from '../embedded.ts';
import { type ItemState, itemStates, type LogKind, logKinds, RUNNING } from '../model.ts';

/** Items and attempts of the page's run in flat arrays. An item's attempts are `firstAttempt[item]` up to `firstAttempt[item + 1]`. */
export interface RunData {
  readonly run: Embedded;
  readonly itemNames: readonly string[];
  readonly itemTask: Int32Array;
  readonly itemState: Uint8Array;
  /** One longer than there are items. */
  readonly firstAttempt: Int32Array;
  /** First item of each task; one longer than there are tasks. */
  readonly firstItem: Int32Array;
  /** Milliseconds after `run.from`. */
  readonly start: Float64Array;
  readonly length: Float64Array;
  /** Milliseconds before `start`; -1: not known. */
  readonly wait: Float64Array;
  readonly number: Int32Array;
  readonly cause: Int32Array;
  readonly node: Int32Array;
  readonly log: Uint8Array;
}

/** What the page carries, laid out for looking things up. */
export function decode(run: Embedded): RunData {
  const itemNames = run.tasks.flatMap(({ items }) => items);
  const data = { ...emptyData(run, itemNames.length), itemNames };
  let [item, attempt] = [0, 0];
  const rows: Attempts = { start: [], length: [], wait: [], number: [], cause: [], node: [], log: [] };
  run.tasks.forEach((task, number) => {
    data.firstItem[number] = item;
    let [own, at] = [0, 0];
    for (let index = 0; index < task.items.length; index++, item++) {
      data.itemTask[item] = number;
      data.itemState[item] = value(task.states, index);
      data.firstAttempt[item] = attempt;
      for (let left = value(task.attempts, index); left > 0; left--, own++, attempt++) {
        at += value(task.starts, own);
        rows.start.push(at);
        rows.length.push(value(task.lengths, own));
        rows.wait.push(value(task.waits, own));
        rows.number.push(value(task.numbers, own));
        rows.cause.push(value(task.causes, own));
        rows.node.push(value(task.nodes, own));
        rows.log.push(value(task.logs, own));
      }
    }
  });
  data.firstItem[run.tasks.length] = item;
  data.firstAttempt[item] = attempt;
  return {
    ...data,
    ...{ start: Float64Array.from(rows.start), length: Float64Array.from(rows.length) },
    ...{ wait: Float64Array.from(rows.wait), number: Int32Array.from(rows.number) },
    ...{ cause: Int32Array.from(rows.cause), node: Int32Array.from(rows.node), log: Uint8Array.from(rows.log) },
  };
}

type Attempts = { readonly [column in 'start' | 'length' | 'wait' | 'number' | 'cause' | 'node' | 'log']: number[] };

function emptyData(run: Embedded, items: number) {
  return {
    run,
    itemTask: new Int32Array(items),
    itemState: new Uint8Array(items),
    firstAttempt: new Int32Array(items + 1),
    firstItem: new Int32Array(run.tasks.length + 1),
  };
}

function value(column: Column, index: number): number {
  return typeof column === 'number' ? column : column[index]!;
}

export function stateOf({ itemState }: RunData, item: number): ItemState {
  return itemStates[itemState[item]!]!;
}

/** How an attempt ended, if it has; `retried`: it failed, and another came after it. */
export type Outcome = 'succeeded' | 'retried' | 'interrupted' | 'failed' | 'running';

export function outcomeOf(data: RunData, attempt: number): Outcome {
  const cause = causeOf(data, attempt);
  if (cause === '') return 'succeeded';
  if (cause === 'interrupted') return 'interrupted';
  if (cause === RUNNING) return 'running';
  // Numbers begin at 1 again in the next run of the runner.
  return data.number[attempt + 1] === data.number[attempt]! + 1 && sameItem(data, attempt) ? 'retried' : 'failed';
}

/** Whether the next attempt is of the same item. */
function sameItem(data: RunData, attempt: number): boolean {
  return data.firstAttempt[itemOf(data, attempt) + 1]! > attempt + 1;
}

/** Why an attempt failed; empty: it succeeded. */
export function causeOf({ run, cause }: RunData, attempt: number): string {
  return run.causes[cause[attempt]! - 1] ?? '';
}

export function nodeOf({ run, node }: RunData, attempt: number): string {
  return run.nodes[node[attempt]! - 1] ?? '';
}

export function logKindOf({ log }: RunData, attempt: number): LogKind {
  return logKinds[log[attempt]!]!;
}

/** The last attempt of an item that ended; -1: none has. */
export function lastAttempt({ firstAttempt }: RunData, item: number): number {
  const last = firstAttempt[item + 1]! - 1;
  return last < firstAttempt[item]! ? -1 : last;
}

/** Whose attempt it is: the last item whose first attempt is not behind it and that has any. */
export function itemOf({ firstAttempt }: RunData, attempt: number): number {
  let [low, high] = [0, firstAttempt.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (firstAttempt[middle]! <= attempt) low = middle;
    else high = middle;
  }
  return low;
}
