import type { TaskSummary } from '../runner/event.ts';
import type { PlannedTask } from '../runner/state/plan.ts';
import type { AttemptLine } from '../runner/state/run-record.ts';
import {
  type ItemState,
  type ReportAttempt,
  type ReportItem,
  type ReportTask,
  RUNNING,
  type RunStatus,
  type ShownTaskStatus,
} from './model.ts';
import type { TaskFiles } from './task-files.ts';

interface OpenItem {
  readonly name: string;
  readonly index: number;
  readonly attempts: (AttemptLine & { readonly cause: string | undefined })[];
}

/** Gathers what is known of one task. */
export class TaskHistory {
  readonly #plan: PlannedTask;
  readonly #summary: TaskSummary | undefined;
  readonly #items = new Map<string, OpenItem>();
  /** End of the last attempt that ended, or 0. */
  lastEnd = 0;

  constructor(plan: PlannedTask, summary: TaskSummary | undefined) {
    this.#plan = plan;
    this.#summary = summary;
    this.lastEnd = summary?.ended ?? 0;
  }

  get name(): string {
    return this.#plan.name;
  }

  take(line: AttemptLine, cause: string | undefined): void {
    let item = this.#items.get(line.item);
    if (item === undefined) {
      item = { name: line.item, index: line.index, attempts: [] };
      this.#items.set(line.item, item);
    }
    item.attempts.push({ ...line, cause });
    this.lastEnd = Math.max(this.lastEnd, line.ended);
  }

  finish(files: TaskFiles, run: RunStatus): ReportTask {
    const unfinished = run === 'running' ? 'running' : 'stopped';
    const parts = new Set(files.itemsWith('.part'));
    const items = [...this.#items.values()]
      .sort((a, b) => a.index - b.index)
      .map((item) => this.#item(item, files, parts.has(item.name) ? unfinished : undefined));
    for (const name of files.itemsWith('.log')) {
      if (!this.#items.has(name)) items.push({ name, state: 'succeeded', attempts: [] });
    }
    for (const name of parts) if (!this.#items.has(name)) items.push({ name, state: unfinished, attempts: [] });
    const { name, phase, after, place, when } = this.#plan;
    const { reason, started, ended } = this.#summary ?? {};
    return {
      ...{ name, phase, after, place, when, reason, started, ended, items },
      status: this.#status(items, run),
      total: this.#summary?.total || this.#plan.total,
      hardware: hardwareOf(this.#plan),
    };
  }

  #status(items: readonly ReportItem[], run: RunStatus): ShownTaskStatus {
    if (this.#summary !== undefined) return this.#summary.status;
    if (items.length === 0) return 'waiting';
    return run === 'running' ? 'running' : 'stopped';
  }

  #item(item: OpenItem, files: TaskFiles, unfinished: ItemState | undefined): ReportItem {
    const end = item.attempts.length - 1;
    const attempts = item.attempts.map((line, at): ReportAttempt => {
      const { attempt, started, ended, cause, failure, node } = line;
      return {
        ...{ number: attempt, queued: this.#queued(line), started, ended: Math.max(started, ended), cause, node },
        interrupted: failure?.kind === 'interrupted',
        gpus: line.gpus ?? this.#plan.gpus ?? 0,
        log:
          cause === RUNNING
            ? 'none'
            : files.logOf(item.name, attempt, failure === undefined, at === end && unfinished === undefined),
      };
    });
    const last = attempts[end]!;
    return { name: item.name, state: unfinished ?? stateAfter(last), attempts };
  }

  /** Where the engine does not say it: the first attempt could start when the task did, if no item gated it. */
  #queued({ queued, attempt, started }: AttemptLine): number | undefined {
    if (queued !== undefined) return Math.min(queued, started);
    const opened = this.#summary?.started;
    if (opened === undefined || attempt !== 1 || opened > started) return undefined;
    return this.#plan.after.some(({ on }) => on === 'itemwise') ? undefined : opened;
  }
}

function stateAfter({ cause, interrupted }: ReportAttempt): ItemState {
  if (cause === undefined) return 'succeeded';
  if (cause === RUNNING) return 'running';
  return interrupted ? 'interrupted' : 'failed';
}

function hardwareOf({ replicas, gpus, gpuProduct }: PlannedTask): string | undefined {
  const device = gpus === undefined ? undefined : `${gpus} × ${gpuProduct ?? 'GPU'}`;
  const pods = replicas === undefined ? undefined : `${replicas} replicas`;
  return [pods, device].filter((part) => part !== undefined).join(', ') || undefined;
}
