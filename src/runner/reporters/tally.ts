import type { RunEvent, TaskSummary } from '../event.ts';

/** Where a running task is. */
export interface TaskTally {
  readonly name: string;
  total: number;
  /** Succeeded now or before. */
  done: number;
  running: number;
  failed: number;
  /** Why items do not start, and how many. */
  pending: ReadonlyMap<string, number>;
  /** Milliseconds since 1970. */
  readonly started: number;
  /** Items that ended for good in this run of the runner. */
  ended: number;
}

/** Counts what runs, from events. Memory grows with running tasks only. */
export class Tally {
  readonly #tasks = new Map<string, TaskTally>();

  /** Tasks that run, in the order in which they started. */
  get tasks(): IterableIterator<TaskTally> {
    return this.#tasks.values();
  }

  handle(event: RunEvent): void {
    switch (event.kind) {
      case 'task-started':
        this.#tasks.set(event.task, {
          ...{ name: event.task, total: event.total, started: event.time },
          ...{ done: 0, running: 0, failed: 0, ended: 0, pending: new Map() },
        });
        return;
      case 'items-kept':
        this.#tasks.get(event.task)!.done += event.count;
        return;
      case 'item-started':
        this.#tasks.get(event.task)!.running++;
        return;
      case 'item-succeeded': {
        const task = this.#tasks.get(event.task)!;
        task.running = Math.max(0, task.running - 1);
        task.done++;
        task.ended++;
        return;
      }
      case 'item-failed': {
        const task = this.#tasks.get(event.task)!;
        task.running = Math.max(0, task.running - 1);
        if (event.retryMilliseconds !== undefined || event.failure.kind === 'interrupted') return;
        task.failed++;
        task.ended++;
        return;
      }
      case 'task-ended':
        this.#tasks.delete(event.task);
        return;
      case 'items-pending': {
        const task = this.#tasks.get(event.task);
        if (task !== undefined) task.pending = event.reasons;
        return;
      }
      case 'run-started':
      case 'connection':
      case 'interrupted':
      case 'run-ended':
        return;
    }
  }
}

/** Time that a task has run before a rate says anything, in milliseconds. */
const RATE_MILLISECONDS = 5000;

/**
 * `decode | 120/5000 done, 8 running, 30 pending (Unschedulable: Insufficient nvidia.com/gpu), 1 failed, 40/min, 2 h 2 min left`.
 * `now`: milliseconds since 1970.
 */
export function tallyLine(task: TaskTally, now: number): string {
  const { name, done, total, running, failed } = task;
  const parts = [`${done}/${total} done`, `${running} running`, ...pendingPart(task)];
  if (failed > 0) parts.push(`${failed} failed`);
  return `${name} | ${[...parts, ...rateParts(task, now)].join(', ')}`;
}

/** With the reason that most of them have. */
function pendingPart({ pending }: TaskTally): string[] {
  const counts = [...pending].sort(([, a], [, b]) => b - a);
  const sum = counts.reduce((total, [, count]) => total + count, 0);
  const others = counts.length > 1 ? `, ${counts.length - 1} more reasons` : '';
  return sum === 0 ? [] : [`${sum} pending (${counts[0]![0]}${others})`];
}

function rateParts({ started, ended, total, done, failed }: TaskTally, now: number): string[] {
  const open = total - done - failed;
  if (ended === 0 || open === 0 || now - started < RATE_MILLISECONDS) return [];
  const rate = ended / (now - started);
  const perMinute = rate * 60_000;
  const shown = perMinute < 10 ? perMinute.toFixed(1) : String(Math.round(perMinute));
  return [`${shown}/min`, `${duration(open / rate)} left`];
}

/** `decode: failed, 4999 of 5000 done, 1 failed, 3.2 s` */
export function summaryLine(summary: TaskSummary): string {
  const { name, status, total, succeeded, kept, failed, started, ended, reason } = summary;
  const parts: string[] = [status === 'neverRan' ? 'never ran' : status];
  if (total > 0) {
    parts.push(`${succeeded + kept} of ${total} done`);
    if (kept > 0) parts.push(`${kept} of them before`);
    if (failed > 0) parts.push(`${failed} failed`);
    if (started !== undefined) parts.push(duration(ended - started));
  }
  return `${name}: ${parts.join(', ')}${reason === undefined ? '' : ` (${reason})`}`;
}

/** `0.4 s`, `3 min 12 s`, `2 h 5 min` */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
