import type { Task } from '../ir/task.ts';
import type { AttemptOutcome } from './failure.ts';
import type { LogWriter } from './state/item-log.ts';
import type { Units } from './units.ts';
import type { OutputValue, RunValues } from './values.ts';

/**
 * What runs the items of a pipeline: processes of this machine, or Jobs in a cluster. The conductor decides which item
 * runs when, evaluates conditions and retries, and keeps logs and state; an engine only knows how one task's items run.
 *
 *   conductor ── open(task) ─▶ session ── run(unit) for each item and attempt ─▶ outputs() ─▶ close()
 *
 * A cluster engine makes the task's objects in `open` (an Indexed Job whose pods wait at a gate), lets one pod through
 * in `run`, and copies its log into `log`.
 */
export interface Engine {
  /** Prepares what all units of a task share. Rejects with `TaskProblem` when the task cannot run at all. */
  open(work: TaskWork): Promise<TaskSession>;
  /** Ends whatever still runs and frees what the engine holds. */
  close(): Promise<void>;
}

export interface TaskWork {
  readonly task: Task;
  readonly units: Units;
  readonly values: RunValues;
}

export interface TaskSession {
  /** Whether the outputs of a unit whose log says that it is done are there. */
  hasOutputs(unit: number): Promise<boolean>;
  /**
   * One attempt, from 1. Everything the program prints goes to `log`. When `stop` is aborted, the attempt is ended and
   * fails with the `Failure` that is the signal's reason. Rejects only when the log cannot be written, or for a bug.
   */
  run(unit: number, attempt: number, log: LogWriter, stop: AbortSignal): Promise<AttemptOutcome>;
  /** Asked once, when the task has succeeded. */
  outputs(): Promise<ReadonlyMap<string, OutputValue>>;
  close(): Promise<void>;
}

/** Why a whole task cannot run, in words that complete "task x …". */
export class TaskProblem extends Error {
  override readonly name = 'TaskProblem';
}
