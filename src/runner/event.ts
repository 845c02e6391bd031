import type { Origin } from '../diagnostics/location.ts';
import type { TaskStatus } from './edges.ts';
import type { Failure } from './failure.ts';

/** An item of a task (or the task's only unit), as events name it. */
export interface ItemId {
  readonly task: string;
  /** Name of the item, which also names its log; `main` for a task without items. */
  readonly item: string;
  /** Number of the item, from 0. */
  readonly index: number;
}

/** Where and since when an attempt runs. Times in milliseconds since 1970. */
export interface AttemptPlace {
  readonly pod?: string | undefined;
  readonly node?: string | undefined;
  /** When the pod was made. */
  readonly queued?: number | undefined;
  /** When the program started. */
  readonly started?: number | undefined;
}

export interface TaskSummary {
  readonly name: string;
  readonly status: TaskStatus;
  /** Items, or batches of them; 1 for a task without items; 0 when it never came to that. */
  readonly total: number;
  /** Succeeded in this run of the runner. */
  readonly succeeded: number;
  /** Were done before and not run again. */
  readonly kept: number;
  readonly failed: number;
  /** Neither done nor failed: stopped, or never started. */
  readonly open: number;
  /** Why the task ended as it did, when its items do not say it. */
  readonly reason?: string | undefined;
  /** Milliseconds since 1970; undefined when it never started. */
  readonly started?: number | undefined;
  readonly ended: number;
}

export interface RunSummary {
  readonly run: string;
  readonly pipeline: string;
  readonly status: 'succeeded' | 'failed' | 'interrupted';
  /** In the pipeline's order. */
  readonly tasks: readonly TaskSummary[];
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly ended: number;
}

/** Everything that happens in a run. `time` is in milliseconds since 1970. Reporters choose the words. */
export type RunEvent =
  | {
      readonly kind: 'run-started';
      readonly time: number;
      readonly run: string;
      readonly pipeline: string;
      /** Where logs and state are. */
      readonly folder: string;
      /** In the pipeline's order, with the place in the user's file. */
      readonly tasks: readonly { readonly name: string; readonly origin: Origin }[];
    }
  | { readonly kind: 'task-started'; readonly time: number; readonly task: string; readonly total: number }
  /** Done items that are not run again, counted, so that a resumed run of many is one event. */
  | { readonly kind: 'items-kept'; readonly time: number; readonly task: string; readonly count: number }
  | ({
      readonly kind: 'item-started';
      readonly time: number;
      readonly attempt: number;
      readonly place?: AttemptPlace | undefined;
    } & ItemId)
  /** What keeps items of a task from starting now, by reason. An empty map: nothing any more. */
  | {
      readonly kind: 'items-pending';
      readonly time: number;
      readonly task: string;
      readonly reasons: ReadonlyMap<string, number>;
    }
  | ({
      readonly kind: 'item-succeeded';
      readonly time: number;
      readonly started: number;
      readonly attempt: number;
      readonly place?: AttemptPlace | undefined;
      readonly log: string;
      /** What the item was made by, as a hash, where the runner knows it. */
      readonly fingerprint?: string | undefined;
    } & ItemId)
  /** `retryMilliseconds`: another attempt follows after so long; undefined: this was the last. */
  | ({
      readonly kind: 'item-failed';
      readonly time: number;
      readonly started: number;
      readonly attempt: number;
      readonly place?: AttemptPlace | undefined;
      readonly failure: Failure;
      readonly retryMilliseconds?: number | undefined;
      readonly log: string;
      /** Last lines of the log, when this was the last attempt. */
      readonly tail: readonly string[];
    } & ItemId)
  /** The connection to the cluster was lost for this reason, or (undefined) is there again. The items go on meanwhile. */
  | { readonly kind: 'connection'; readonly time: number; readonly problem: string | undefined }
  | { readonly kind: 'task-ended'; readonly time: number; readonly task: string; readonly summary: TaskSummary }
  /** The first Ctrl-C: nothing new is started; what runs is being stopped, or in a cluster goes on by itself. */
  | { readonly kind: 'interrupted'; readonly time: number; readonly running: number }
  | { readonly kind: 'run-ended'; readonly time: number; readonly summary: RunSummary };

export type Emit = (event: RunEvent) => void;
