import type { RunEvent, TaskSummary } from '../event.ts';

/** Where a running task is. */
export interface TaskTally {
  readonly name: string;
  total: number;
  /** Succeeded now or before. */
  done: number;
  running: number;
  failed: number;
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
        this.#tasks.set(event.task, { name: event.task, total: event.total, done: 0, running: 0, failed: 0 });
        return;
      case 'items-kept':
        this.#tasks.get(event.task)!.done += event.count;
        return;
      case 'item-started':
        this.#tasks.get(event.task)!.running++;
        return;
      case 'item-succeeded': {
        const task = this.#tasks.get(event.task)!;
        task.running--;
        task.done++;
        return;
      }
      case 'item-failed': {
        const task = this.#tasks.get(event.task)!;
        task.running--;
        if (event.retryMilliseconds === undefined && event.failure.kind !== 'interrupted') task.failed++;
        return;
      }
      case 'task-ended':
        this.#tasks.delete(event.task);
        return;
      case 'run-started':
      case 'items-pending':
      case 'interrupted':
      case 'run-ended':
        return;
    }
  }
}

/** `decode | 120/5000 done, 8 running, 1 failed` */
export function tallyLine({ name, done, total, running, failed }: TaskTally): string {
  return `${name} | ${done}/${total} done, ${running} running${failed > 0 ? `, ${failed} failed` : ''}`;
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
