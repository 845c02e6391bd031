import type { Scalar } from '../ir/scalar.ts';
import type { EdgeCondition } from '../ir/task.ts';
import type { TaskStatus } from '../runner/edges.ts';

/** `stopped`: the runner has gone without ending the run: killed, or its machine went down. */
export type RunStatus = 'succeeded' | 'failed' | 'interrupted' | 'running' | 'stopped';

/** `waiting`: nothing of it has happened. */
export type ShownTaskStatus = TaskStatus | 'running' | 'stopped' | 'waiting';

/** In the order of the codes that the page uses for them. */
export const itemStates = ['succeeded', 'failed', 'interrupted', 'running', 'stopped'] as const;
export type ItemState = (typeof itemStates)[number];

/** What the file of a log is called; `kept`: `attempts/<item>.<n>.err`. In the order of the codes that the page uses. */
export const logKinds = ['none', 'log', 'err', 'kept'] as const;
export type LogKind = (typeof logKinds)[number];

/** Instead of why it failed: an attempt that runs. */
export const RUNNING = 'running';

/** An attempt that has ended, or runs. Times are in milliseconds since 1970. */
export interface ReportAttempt {
  readonly number: number;
  /** Since when it waited; undefined when nobody knows. */
  readonly queued: number | undefined;
  readonly started: number;
  /** Not before `started`. */
  readonly ended: number;
  /** Why it failed; undefined: it succeeded. `RUNNING`: it runs, and `ended` is when that was last known. */
  readonly cause: string | undefined;
  readonly interrupted: boolean;
  readonly node: string | undefined;
  readonly gpus: number;
  /** Where its log is now, if it is still there. */
  readonly log: LogKind;
}

export interface ReportItem {
  readonly name: string;
  readonly state: ItemState;
  /** In the order in which they ended. None: it was done before anybody wrote it down, or its first attempt runs. */
  readonly attempts: readonly ReportAttempt[];
}

export interface ReportTask {
  readonly name: string;
  readonly phase: 'main' | 'exit';
  readonly status: ShownTaskStatus;
  /** Why it ended as it did, when its items do not say it. */
  readonly reason: string | undefined;
  readonly after: readonly { readonly task: string; readonly on: EdgeCondition }[];
  readonly place: string | undefined;
  readonly when: string | undefined;
  /** Items, as far as they are known. */
  readonly total: number | undefined;
  /** `8 × H100`, or nothing. */
  readonly hardware: string | undefined;
  readonly started: number | undefined;
  readonly ended: number | undefined;
  /** Those that have begun, by number. */
  readonly items: readonly ReportItem[];
}

/** A failed item as it is shown in full. */
export interface ReportFailure {
  readonly task: ReportTask;
  readonly item: ReportItem;
  readonly attempt: ReportAttempt;
  /** Last lines of its log. */
  readonly tail: readonly string[];
}

/** All that a report shows, from the folder of a run. */
export interface RunReport {
  readonly run: string;
  readonly pipeline: string;
  readonly engine: string;
  /** The command that does the run, without `--rerun`. */
  readonly command: string;
  readonly parameters: { readonly [name: string]: Scalar };
  readonly status: RunStatus;
  readonly exitCode: number | undefined;
  /** Of the last run of the runner. */
  readonly started: number;
  /** The end of the run, or the last that is known of it. */
  readonly ended: number;
  readonly tasks: readonly ReportTask[];
  readonly failures: readonly ReportFailure[];
  /** Lines of attempts.jsonl that could not be read. */
  readonly damagedLines: number;
}
