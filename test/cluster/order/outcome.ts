import type { TaskStatus } from '../../../src/runner/edges.ts';
import type { PodHistory, PodRecord } from './pod-history.ts';

/** How a task ended on one target. */
export interface TaskOutcome {
  readonly status: TaskStatus;
  /** Attempts of each item; of a task without items just one number; of ranks the most that one of them had. */
  readonly attempts: readonly number[];
  /** Whether each item succeeded in the end. */
  readonly succeeded: readonly boolean[];
  readonly hasItems: boolean;
}

const STATUS_WORDS: { readonly [status in TaskStatus]: string } = {
  succeeded: 'succeeded',
  failed: 'failed',
  skipped: 'skipped',
  neverRan: 'never ran',
  interrupted: 'interrupted',
};

/** A short text that says all; two outcomes are the same when their texts are. */
export function describeTask({ status, attempts, succeeded, hasItems }: TaskOutcome): string {
  const word = STATUS_WORDS[status];
  if (status === 'skipped' || status === 'neverRan')
    return attempts.some((count) => count > 0) ? `${word}, but has pods` : word;
  if (!hasItems) {
    const [count] = attempts as [number];
    return count === 1 ? word : `${word}, ${count} attempts`;
  }
  const bad = succeeded.flatMap((good, index) => (good ? [] : [index]));
  const done = succeeded.length - bad.length;
  const counts = Map.groupBy(attempts.keys(), (index) => attempts[index] as number);
  const unusual = [...counts].filter(([count]) => count !== 1).sort(([a], [b]) => a - b);
  return [
    `${word}, ${done} of ${succeeded.length} items${bad.length === 0 ? '' : `: not ${ranges(bad)}`}`,
    ...unusual.map(([count, items]) => `${count} attempts: ${ranges([...items])}`),
  ].join('; ');
}

/** `0-3 7` */
function ranges(sorted: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const number of sorted) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([first, end]) => (first === end ? `${first}` : `${first}-${end}`)).join(' ');
}

/** What the pods of a task say. `units`: its items; undefined for a task without items (or with ranks). */
export function outcomeOf(status: TaskStatus, pods: readonly PodRecord[], units: number | undefined): TaskOutcome {
  const byIndex = Map.groupBy(pods, ({ index }) => index ?? 0);
  if (units === undefined) {
    const attempts = Math.max(0, ...[...byIndex.values()].map((each) => each.filter(wasThere).length));
    return { status, attempts: [attempts], succeeded: [status === 'succeeded'], hasItems: false };
  }
  const ofUnit = Array.from({ length: units }, (_, index) => (byIndex.get(index) ?? []).filter(wasThere));
  return {
    status,
    attempts: ofUnit.map(({ length }) => length),
    succeeded: ofUnit.map((attempts) => attempts.some(({ phase }) => phase === 'Succeeded')),
    hasItems: true,
  };
}

/**
 * Pods whose gate was never taken away are no attempts, nor are those in which the program ended well and Argo's executor,
 * the container `wait`, was told to end before it could listen (Go's exit code for that is 2): Argo makes another one.
 */
function wasThere({ created, pod }: PodRecord): boolean {
  const exitCode = (container: string): number | undefined =>
    pod.status.containerStatuses?.find(({ name }) => name === container)?.state?.terminated?.exitCode;
  return created !== undefined && !(exitCode('main') === 0 && exitCode('wait') === 2);
}

/** What went against the order, in words. */
export function orderProblems(order: readonly string[], pods: PodHistory): string[] {
  return order.flatMap((rule) => {
    const [first, word, second] = rule.split(' ') as [string, string, string];
    const [before, after] = [podsCalled(first, pods), podsCalled(second, pods)];
    if (before.length === 0 || after.length === 0) return [`"${rule}": not both have pods`];
    const [one, other] = word === '<' ? [lastEnd(before), firstStart(after)] : [firstStart(before), lastEnd(after)];
    return one < other ? [] : [`not "${rule}": events ${one} and ${other}`];
  });
}

function lastEnd(pods: readonly PodRecord[]): number {
  return Math.max(...pods.map(({ ended }) => ended ?? Number.POSITIVE_INFINITY));
}

function firstStart(pods: readonly PodRecord[]): number {
  return Math.min(...pods.map(({ started }) => started ?? Number.POSITIVE_INFINITY));
}

/** `task`, or `task/3` for one item of it. */
function podsCalled(name: string, pods: PodHistory): PodRecord[] {
  const [task, item] = name.split('/') as [string, string?];
  return pods.of(task).filter(({ index }) => item === undefined || index === Number(item));
}

/** The most pods of a task (`*`: of all) that were there at once. */
export function mostAtOnce(task: string, pods: PodHistory): number {
  const records = [...pods.records.values()].filter((record) => task === '*' || record.task === task);
  const changes = records
    .filter(wasThere)
    .flatMap((record) => [
      { at: record.created as number, by: 1 },
      { at: record.ended ?? Number.POSITIVE_INFINITY, by: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  let now = 0;
  let most = 0;
  for (const { by } of changes) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

/** The shortest time between the end of an attempt of a task and the start of the next one, in whole seconds. */
export function shortestWait(task: string, pods: PodHistory): number {
  const gaps = [...Map.groupBy(pods.of(task), ({ index }) => index).values()].flatMap((attempts) =>
    attempts.slice(1).map((next, position) => (next.startSeconds ?? 0) - (attempts[position]?.endSeconds ?? 0)),
  );
  return Math.min(...gaps);
}
