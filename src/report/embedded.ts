import type { RunStatus } from './model.ts';

/** One number for each item or attempt; a single number stands for as many of it. */
export type Column = number | readonly number[];

/** The items and attempts of a run as they lie in the page: columns, because there may be a hundred thousand. */
export interface Embedded {
  /** What leads from the page to the folder of the run: empty, or ending with `/`. */
  readonly base: string;
  readonly status: RunStatus;
  /** Milliseconds since 1970; all other times count from here. */
  readonly from: number;
  /** When the last run of the runner began. */
  readonly session: number;
  readonly until: number;
  /** Why attempts failed. */
  readonly causes: readonly string[];
  readonly nodes: readonly string[];
  readonly tasks: readonly EmbeddedTask[];
}

export interface EmbeddedTask {
  readonly name: string;
  /** Names of items that have begun, by number. */
  readonly items: readonly string[];
  /** Numbers in `itemStates`. */
  readonly states: Column;
  /** Attempts of each item. The columns from here on have a number for each attempt, item by item. */
  readonly attempts: Column;
  readonly numbers: Column;
  /** Milliseconds after the start of the attempt before, in this task; it may be negative. */
  readonly starts: Column;
  readonly lengths: Column;
  /** Milliseconds from when it waited to its start; -1: nobody knows. */
  readonly waits: Column;
  /** 0: it succeeded; else a number in `causes`, from 1. */
  readonly causes: Column;
  /** 0: not known; else a number in `nodes`, from 1. */
  readonly nodes: Column;
  /** Numbers in `logKinds`. */
  readonly logs: Column;
}
