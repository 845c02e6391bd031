import type { KubernetesObject } from '../../cluster/objects.ts';
import { type AttemptOutcome, type Failure, failed, SUCCEEDED } from '../failure.ts';

/** Container that runs the user's program, as the targets name it. */
export const MAIN_CONTAINER = 'main';

/** What the runner wants to know of a pod. Times in milliseconds since 1970. */
export interface PodView {
  readonly name: string;
  readonly uid: string;
  /** Name of its Job. */
  readonly job: string;
  /** Index in the Job; 0 where Jobs have none. */
  readonly index: number;
  /** Pods of this index that failed before this one: failures and disruptions. undefined: the Job does not count by index. */
  readonly earlier: number | undefined;
  /** Of those, the ones that used up a retry. */
  readonly failures: number;
  /** Scheduling gates that hold it. */
  readonly gates: readonly string[];
  readonly node: string | undefined;
  readonly created: number;
  /** When the program started. */
  readonly started: number | undefined;
  readonly finished: number | undefined;
  /** Why it does not run yet, in the words of the scheduler or kubelet. */
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  /** How it ended; undefined while it has not. */
  readonly outcome: AttemptOutcome | undefined;
  /** The program's last message: its outputs, on this target. */
  readonly message: string;
  /** Someone has asked to delete it. */
  readonly deleting: boolean;
}

interface Terminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: Terminated;
  };
}

interface PodStatus {
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
    readonly message?: string;
  }[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
  readonly containerStatuses?: readonly ContainerStatus[];
}

const JOB_NAME = 'batch.kubernetes.io/job-name';
const INDEX = 'batch.kubernetes.io/job-completion-index';
const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** `container`: whose program counts. Default: `main`. */
export function viewPod(pod: KubernetesObject, container = MAIN_CONTAINER): PodView {
  const { metadata } = pod;
  const { labels = {}, annotations = {} } = metadata;
  const spec = pod['spec'] as { nodeName?: string; schedulingGates?: { name: string }[] } | undefined;
  const status = (pod['status'] ?? {}) as PodStatus;
  const main = status.containerStatuses?.find(({ name }) => name === container);
  const terminated = main?.state?.terminated;
  const failures = annotations[FAILURES];
  return {
    name: metadata.name,
    uid: metadata.uid ?? '',
    job: labels[JOB_NAME] ?? '',
    index: Number(annotations[INDEX] ?? 0),
    failures: Number(failures ?? 0),
    earlier: failures === undefined ? undefined : Number(failures) + Number(annotations[IGNORED_FAILURES] ?? 0),
    gates: spec?.schedulingGates?.map(({ name }) => name) ?? [],
    node: spec?.nodeName,
    created: millis(metadata.creationTimestamp) ?? 0,
    started: millis(terminated?.startedAt ?? main?.state?.running?.startedAt),
    finished: millis(terminated?.finishedAt),
    waiting: waitingOf(status, main),
    outcome: outcomeOf(status, terminated),
    message: terminated?.message ?? '',
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

/** Reason of a disruption that the Job controller takes for a failure: it knows of no DisruptionTarget. */
export const DELETED = 'the pod was deleted';

export function isDeletion(failure: Failure): boolean {
  return failure.kind === 'disrupted' && failure.reason === DELETED;
}

/**
 * Deleted before its program ran. A Job controller whose request for a pod broke off makes another one, and removes one of the two: that
 * was no attempt.
 */
export function isSurplus({ outcome, started }: PodView): boolean {
  return outcome?.kind === 'failed' && isDeletion(outcome.failure) && started === undefined;
}

/** A pod that went before anyone saw it end. */
export function vanished(pod: PodView): PodView {
  const failure: Failure = { kind: 'disrupted', reason: DELETED };
  return { ...pod, outcome: pod.outcome ?? failed(failure), deleting: true };
}

function outcomeOf(status: PodStatus, terminated: Terminated | undefined): AttemptOutcome | undefined {
  if (status.phase === 'Succeeded') return SUCCEEDED;
  if (status.phase !== 'Failed') return undefined;
  return failed(failureOf(status, terminated));
}

/** A disruption comes before the exit code: it ends the program with one. Rules of KEP-3329. */
function failureOf(status: PodStatus, terminated: Terminated | undefined): Failure {
  const disruption = status.conditions?.find(({ type, status: is }) => type === 'DisruptionTarget' && is === 'True');
  if (disruption !== undefined) {
    return { kind: 'disrupted', reason: disruption.reason ?? 'DisruptionTarget', message: disruption.message };
  }
  if (terminated === undefined) {
    const init = status.initContainerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
    const message = init === undefined ? status.message : `init container "${init.name}" failed`;
    return { kind: 'notStarted', reason: status.reason ?? 'Failed', message };
  }
  const { exitCode, signal, reason } = terminated;
  if (status.reason === 'DeadlineExceeded') return { kind: 'exit', code: exitCode, reason: 'DeadlineExceeded' };
  if (signal !== undefined && signal > 0) return { kind: 'exit', code: 128 + signal, reason };
  return { kind: 'exit', code: exitCode, reason: reason === 'Error' || reason === 'Completed' ? undefined : reason };
}

function waitingOf(status: PodStatus, main: ContainerStatus | undefined): PodView['waiting'] {
  if (status.phase !== 'Pending') return undefined;
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return { reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? '' };
  }
  const init = status.initContainerStatuses?.find(({ state }) => state?.waiting !== undefined);
  const waiting = init?.state?.waiting ?? main?.state?.waiting;
  return waiting === undefined
    ? { reason: 'Pending', message: '' }
    : { reason: waiting.reason ?? 'Waiting', message: waiting.message ?? '' };
}

function millis(time: string | null | undefined): number | undefined {
  const value = time == null ? Number.NaN : Date.parse(time);
  return Number.isNaN(value) ? undefined : value;
}
