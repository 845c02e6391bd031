import type { ReportItem, ReportTask, RunReport } from './model.ts';

export interface ItemCounts {
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Running, interrupted or stopped. */
  readonly unfinished: number;
  /** Not begun. */
  readonly open: number;
}

export function countItems(task: ReportTask): ItemCounts {
  const count = (...states: readonly ReportItem['state'][]): number =>
    task.items.reduce((sum, { state }) => sum + (states.includes(state) ? 1 : 0), 0);
  const [succeeded, failed] = [count('succeeded'), count('failed')];
  const begun = task.items.length;
  const total = Math.max(task.total ?? 0, begun);
  return { total, succeeded, failed, unfinished: begun - succeeded - failed, open: total - begun };
}

export function sumCounts(counts: readonly ItemCounts[]): ItemCounts {
  const sum = (name: keyof ItemCounts): number => counts.reduce((total, each) => total + each[name], 0);
  return {
    ...{ total: sum('total'), succeeded: sum('succeeded'), failed: sum('failed') },
    ...{ unfinished: sum('unfinished'), open: sum('open') },
  };
}

/** Milliseconds that last attempts took: the middle one and the longest; undefined when there is none. */
export function durationsOf(task: ReportTask): { readonly median: number; readonly longest: number } | undefined {
  const lengths = task.items
    .flatMap(({ state, attempts }) => (state === 'running' ? [] : attempts.slice(-1).map(lengthOf)))
    .sort((a, b) => a - b);
  if (lengths.length === 0) return undefined;
  return { median: lengths[lengths.length >> 1]!, longest: lengths.at(-1)! };
}

/** GPUs × hours, over all attempts. */
export function gpuHours(tasks: readonly ReportTask[]): number {
  let milliseconds = 0;
  for (const { items } of tasks) {
    for (const { attempts } of items) {
      for (const attempt of attempts) milliseconds += attempt.gpus * lengthOf(attempt);
    }
  }
  return milliseconds / 3_600_000;
}

/** Attempts that were not the first. */
export function countRetries(tasks: readonly ReportTask[]): number {
  let retries = 0;
  for (const { items } of tasks) {
    for (const { attempts } of items) for (const { number } of attempts) if (number > 1) retries++;
  }
  return retries;
}

export interface SlowItem {
  readonly task: ReportTask;
  readonly item: ReportItem;
  readonly milliseconds: number;
}

/** The items whose last attempt took longest, the longest first. */
export function slowestItems({ tasks }: RunReport, count: number): SlowItem[] {
  const slow: SlowItem[] = [];
  for (const task of tasks) {
    for (const item of task.items) {
      const last = item.attempts.at(-1);
      if (last === undefined) continue;
      const milliseconds = lengthOf(last);
      if (slow.length === count && milliseconds <= slow.at(-1)!.milliseconds) continue;
      const at = slow.findIndex((each) => each.milliseconds < milliseconds);
      slow.splice(at < 0 ? slow.length : at, 0, { task, item, milliseconds });
      if (slow.length > count) slow.pop();
    }
  }
  return slow;
}

/** Why items failed and how often, most often first. */
export function countCauses(tasks: readonly ReportTask[]): [cause: string, count: number][] {
  const causes = new Map<string, number>();
  for (const { items } of tasks) {
    for (const { state, attempts } of items) {
      if (state !== 'failed') continue;
      const cause = attempts.at(-1)!.cause!;
      causes.set(cause, (causes.get(cause) ?? 0) + 1);
    }
  }
  return [...causes].sort(([, a], [, b]) => b - a);
}

function lengthOf({ started, ended }: { readonly started: number; readonly ended: number }): number {
  return ended - started;
}
