import type { Task } from '../ir/task.ts';
import type { AttemptPlace } from './event.ts';
import type { AttemptOutcome, Failure } from './failure.ts';
import type { ItemLog, LogWriter } from './state/item-log.ts';
import type { RunState } from './state/run-record.ts';
import type { Units } from './units.ts';
import type { OutputValue, RunValues } from './values.ts';

/**
 * What runs the items of a pipeline: processes of this machine, or Jobs in a cluster. The conductor decides which task
 * runs when, evaluates conditions, and keeps logs and state; an engine only knows how one task's items run.
 *
 *   conductor ── open(task) ─▶ step session  ── run(unit) for each item and attempt ─▶ outputs() ─▶ close()
 *                          └─▶ whole session ── runAll(units), which tells of each attempt ─▶ outputs() ─▶ close()
 *
 * In a step session the conductor's window says which item may start, and its rules say what is tried again. A whole session
 * leaves both to something that does it well, such as the Job controller of a cluster.
 */
export interface Engine {
  /** Prepares what all units of a task share. Rejects with `TaskProblem` when the task cannot run at all. */
  open(work: TaskWork): Promise<TaskSession>;
  /** What run.json says from now on, for engines that let others see it. */
  record?(state: RunState): void;
  /** Ends whatever still runs and frees what the engine holds. */
  close(): Promise<void>;
}

export interface TaskWork {
  readonly task: Task;
  readonly units: Units;
  readonly values: RunValues;
}

export type TaskSession = StepSession | WholeSession;

interface SessionBase {
  /** Whether the outputs of a unit whose log says that it is done are there. */
  hasOutputs(unit: number): Promise<boolean>;
  /** Asked once, when the task has succeeded. */
  outputs(): Promise<ReadonlyMap<string, OutputValue>>;
  close(): Promise<void>;
}

export interface StepSession extends SessionBase {
  readonly kind: 'steps';
  /**
   * One attempt, from 1. Everything the program prints goes to `log`. When `stop` is aborted, the attempt is ended and
   * fails with the `Failure` that is the signal's reason. Rejects only when the log cannot be written, or for a bug.
   */
  run(unit: number, attempt: number, log: LogWriter, stop: AbortSignal): Promise<AttemptOutcome>;
}

export interface WholeSession extends SessionBase {
  readonly kind: 'whole';
  /**
   * Whether units wait until the conductor's window lets each through with `release`, once `atGate` was told of it. Else they start by
   * themselves.
   */
  readonly isGated: boolean;
  /** A unit may start. */
  release(unit: number): void;
  /** A unit never will, because the same item of this upstream task did not succeed: it fails. */
  refuse(unit: number, task: string): void;
  /**
   * Runs these units, retries included, and tells `attempts` of all that happens. Resolves when each of them has ended for
   * good, or after `stop`: then those that have not ended are left as they are when the reason is `interrupted` (they go on
   * without the runner), and are ended otherwise. `isFresh`: of units that were done before and have to be done anew.
   */
  runAll(
    units: readonly number[],
    attempts: AttemptListener,
    stop: AbortSignal,
    isFresh?: (unit: number) => boolean,
  ): Promise<void>;
}

/** What a whole session tells. Attempts of one unit come one after the other. */
export interface AttemptListener {
  /** Something that works through these units waits to be let through, all of them together; it may be told again. */
  atGate(units: readonly number[]): void;
  /** The same, but an earlier runner has let it through already, so that it has its place in the window. */
  through(units: readonly number[]): void;
  /** The program of an attempt (from 1) runs. */
  started(unit: number, attempt: number, place?: AttemptPlace): void;
  /** The log of an attempt that has ended or is ending; the session writes it and then calls `ended`. */
  openLog(unit: number, attempt: number): Promise<ItemLog>;
  /** `final`: no attempt of this unit follows. */
  ended(unit: number, attempt: number, log: ItemLog, ended: EndedAttempt): Promise<void>;
  /** No attempt follows after all, though the last one (from 1) was told not to be final; its log stays as it is. */
  gaveUp(unit: number, attempt: number, failure: Failure): Promise<void>;
  /** What keeps items from starting, by reason, for people: `Insufficient nvidia.com/gpu` → 12. */
  pending(reasons: ReadonlyMap<string, number>): void;
}

export interface EndedAttempt {
  readonly outcome: AttemptOutcome;
  readonly final: boolean;
  readonly place?: AttemptPlace | undefined;
}

/** Why a whole task cannot run, in words that complete "task x …". */
export class TaskProblem extends Error {
  override readonly name = 'TaskProblem';
}

/** What keeps the task from running; undefined: nothing did. */
export async function taskProblemOf(work: Promise<void>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof TaskProblem) return error.message;
    throw error;
  }
}
