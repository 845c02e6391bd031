import { join } from 'node:path';
import { describeFailure, type Failure } from '../runner/failure.ts';
import { lockHolder } from '../runner/state/lock.ts';
import type { PlannedTask } from '../runner/state/plan.ts';
import type { RunFolder } from '../runner/state/run-folder.ts';
import type { AttemptLine, RunState } from '../runner/state/run-record.ts';
import { tailLines } from '../runner/state/tail.ts';
import { shellQuote } from '../units/shell-quote.ts';
import { logPath } from './log-path.ts';
import {
  type ReportFailure,
  type ReportItem,
  type ReportTask,
  RUNNING,
  type RunReport,
  type RunStatus,
} from './model.ts';
import { type AttemptsProblem, readAttempts, readRunning } from './read-attempts.ts';
import { TaskFiles } from './task-files.ts';
import { TaskHistory } from './task-history.ts';

/** Failures that are shown in full, with the end of their logs. */
const FULL_FAILURES = 50;
/** Lines of a log that a failure shows. */
const TAIL_LINES = 12;

/** Puts together what the folder of a run says. */
export async function collectReport(
  folder: RunFolder,
  state: RunState,
): Promise<{ readonly report: RunReport; readonly problem: AttemptsProblem }> {
  const causes = new Causes();
  const histories = new Map<string, TaskHistory>();
  const plan = state.plan ?? [];
  const summaries = new Map(state.tasks.map((summary) => [summary.name, summary]));
  const add = (planned: PlannedTask): TaskHistory => {
    const history = new TaskHistory(planned, summaries.get(planned.name));
    histories.set(planned.name, history);
    return history;
  };
  for (const planned of plan) add(planned);
  for (const name of summaries.keys()) if (!histories.has(name)) add(unplanned(name));
  // Tasks that a plan does not have were in an earlier form of the pipeline.
  const known = (name: string): TaskHistory | undefined =>
    histories.get(name) ?? (plan.length === 0 ? add(unplanned(name)) : undefined);
  const problem = await readAttempts(folder.attempts, (line) => known(line.task)?.take(line, causes.of(line)));
  const status = await statusOf(folder, state);
  const now = status === 'running' ? await readRunning(folder.running) : undefined;
  for (const attempt of now?.attempts ?? [])
    known(attempt.task)?.take({ ...attempt, ended: now!.time, log: '' }, RUNNING);
  const tasks: ReportTask[] = [];
  for (const history of histories.values()) {
    tasks.push(history.finish(await TaskFiles.read(folder.path, history.name), status));
  }
  const ended = [...histories.values()].reduce((last, history) => Math.max(last, history.lastEnd), state.started);
  const report: RunReport = {
    ...{ run: state.run, pipeline: state.pipeline, engine: state.engine, parameters: state.parameters ?? {} },
    command: state.command ?? commandOf(state),
    ...{ status, exitCode: state.exitCode, started: state.started, ended: state.ended ?? ended, tasks },
    failures: await failuresOf(folder, tasks),
    damagedLines: problem.damagedLines,
  };
  return { report, problem };
}

function unplanned(name: string): PlannedTask {
  return { name, phase: 'main', after: [] };
}

/** A run that says it is running and whose runner is gone has stopped. */
async function statusOf(folder: RunFolder, { status }: RunState): Promise<RunStatus> {
  if (status !== 'running') return status;
  return (await lockHolder(folder.lock)) === undefined ? 'stopped' : 'running';
}

function commandOf({ pipeline, run, engine }: RunState): string {
  const words = ['podloom', 'run', pipeline, ...(engine === 'local' ? ['--local'] : []), '--run', run];
  return words.map(shellQuote).join(' ');
}

/** The last attempts of failed items, in the order of the pipeline. */
async function failuresOf(folder: RunFolder, tasks: readonly ReportTask[]): Promise<ReportFailure[]> {
  const failures: ReportFailure[] = [];
  for (const task of tasks) {
    for (const item of task.items) {
      if (item.state !== 'failed') continue;
      if (failures.length === FULL_FAILURES) return failures;
      const attempt = item.attempts.at(-1)!;
      failures.push({ task, item, attempt, tail: await tailOf(folder, task, item) });
    }
  }
  return failures;
}

async function tailOf(folder: RunFolder, task: ReportTask, item: ReportItem): Promise<string[]> {
  const { log, number } = item.attempts.at(-1)!;
  const path = logPath(task.name, item.name, number, log);
  return path === undefined ? [] : tailLines(join(folder.path, path), TAIL_LINES);
}

/** What failures are called. The same words are the same string: there may be many of them. */
class Causes {
  readonly #known = new Map<string, string>();

  of({ failure }: AttemptLine): string | undefined {
    if (failure === undefined) return undefined;
    const words = (describeFailure(failure) as string | undefined) ?? (failure as Failure).kind;
    const known = this.#known.get(words);
    if (known !== undefined) return known;
    this.#known.set(words, words);
    return words;
  }
}
