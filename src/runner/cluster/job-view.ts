import type { KubernetesObject } from '../../cluster/objects.ts';

/** What the runner wants to know of a Job. */
export interface JobView {
  readonly name: string;
  readonly uid: string;
  readonly task: string;
  /** How many times its task was started before. */
  readonly launch: number;
  /** Version of the task that it runs. */
  readonly spec: string;
  /** Its units, as `0-4999` or `3,17,20-22`, and how many of them each pod takes. */
  readonly units: string;
  readonly unitsPerPod: number;
  readonly parallelism: number;
  /** How it ended. undefined: it has not. */
  readonly ended: { readonly succeeded: boolean; readonly reason: string; readonly message: string } | undefined;
  /** Whether the Job controller has settled on an end and only waits for pods to go. */
  readonly ending: boolean;
  /** Indexes that succeeded, as the Job controller counts them. */
  isCompleted(index: number): boolean;
  /** How many indexes succeeded or failed for good. */
  readonly endedIndexes: number;
  readonly deleting: boolean;
  /** Of its owner, the ConfigMap of the run. */
  readonly owner: string | undefined;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface JobStatus {
  readonly conditions?: readonly Condition[];
  readonly completedIndexes?: string;
  readonly failedIndexes?: string;
  readonly succeeded?: number;
}

export function viewJob(job: KubernetesObject): JobView {
  const { metadata } = job;
  const status = (job['status'] ?? {}) as JobStatus;
  const spec = job['spec'] as { readonly completionMode?: string; readonly parallelism?: number };
  const holds = (type: string): Condition | undefined =>
    status.conditions?.find((condition) => condition.type === type && condition.status === 'True');
  const end = holds('Complete') ?? holds('Failed');
  const completed = lazyIntervals(status.completedIndexes);
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    task: metadata.labels?.['podloom.dev/task'] ?? '',
    launch: Number(metadata.annotations?.['podloom.dev/launch'] ?? 0),
    spec: metadata.annotations?.['podloom.dev/spec'] ?? '',
    units: metadata.annotations?.['podloom.dev/units'] ?? '0',
    unitsPerPod: Number(metadata.annotations?.['podloom.dev/units-per-pod'] ?? 1),
    parallelism: spec.parallelism ?? 1,
    ended: end && { succeeded: end.type === 'Complete', reason: end.reason ?? end.type, message: end.message ?? '' },
    ending: end !== undefined || holds('FailureTarget') !== undefined || holds('SuccessCriteriaMet') !== undefined,
    isCompleted: (index) => (spec.completionMode === 'Indexed' ? completed(index) : (status.succeeded ?? 0) > 0),
    endedIndexes: countOf(status.completedIndexes) + countOf(status.failedIndexes),
    deleting: metadata.deletionTimestamp !== undefined,
    owner: metadata.ownerReferences?.[0]?.uid,
  };
}

/** Membership in `1,3-5,7`, parsed when it is first asked for. */
function lazyIntervals(text: string | undefined): (index: number) => boolean {
  let intervals: readonly (readonly [number, number])[] | undefined;
  return (index) => {
    intervals ??= parseIntervals(text ?? '');
    let [low, high] = [0, intervals.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (intervals[middle]![1] < index) low = middle + 1;
      else high = middle;
    }
    return low < intervals.length && intervals[low]![0] <= index;
  };
}

function countOf(text: string | undefined): number {
  return parseIntervals(text ?? '').reduce((count, [first, last]) => count + last - first + 1, 0);
}

/** The Job controller writes indexes ascending, runs of three and more as `first-last`. */
export function parseIntervals(text: string): [number, number][] {
  if (text === '') return [];
  return text.split(',').map((part) => {
    const [first, last = first] = part.split('-');
    return [Number(first), Number(last)];
  });
}
