import type { Task } from '../../ir/task.ts';
import type { Clock } from '../clock.ts';
import type { JobView } from '../cluster/job-view.ts';
import type { PodExplainer } from '../cluster/pod-explainer.ts';
import type { PodLogs } from '../cluster/pod-logs.ts';
import type { AttemptListener } from '../engine.ts';
import type { AttemptPlace } from '../event.ts';
import type { Failure } from '../failure.ts';
import type { Units } from '../units.ts';
import type { ArgoPod } from './argo-pod.ts';
import type { KnownAttempts } from './known-attempts.ts';
import type { NodeIndex } from './node-index.ts';

/** How the Workflow says that something ended for which there is no pod to ask. */
export interface UnitEnd {
  readonly succeeded: boolean;
  /** Argo's words; may be empty. */
  readonly message: string;
}

/** What follows the pods of one task. */
export interface PodFollower {
  pod(pod: ArgoPod): void;
  /** The Workflow or a Job has changed. */
  changed(): void;
  /** Some pods have not ended. */
  readonly hasLive: boolean;
  /** Logs are being read or wait for a word of Argo's. */
  readonly isReading: boolean;
  /** Units that have not ended for good. */
  readonly left: number;
  /** Pods that go on although their task is over end here. */
  abandon(): void;
  /** All that is still open has ended so, without a pod that could tell. */
  giveUp(endOf: (unit: number) => UnitEnd): Promise<void>;
  /** Resolves when nothing is written any more. */
  leave(): Promise<void>;
}

/** What followers are told and ask. */
export interface PodFollowerHost {
  readonly task: Task;
  readonly units: Units;
  readonly clock: Clock;
  readonly logs: PodLogs;
  readonly listener: AttemptListener;
  readonly known: KnownAttempts;
  readonly explainer: PodExplainer;
  /** Nothing is to be told any more. */
  readonly leaving: AbortSignal;
  /** The nodes as they are now. */
  index(): NodeIndex;
  /** A Job of the Workflow as it is now; undefined: there is none of the name. */
  job(name: string): JobView | undefined;
  /** Whether the task's node, or the Workflow, has its last phase. */
  isOver(): boolean;
  /** An earlier runner of the run has the log of this unit and has told of it. */
  kept(unit: number): void;
  /** The same of a unit that failed for good. */
  keptFailed(unit: number, attempt: number, failure: Failure): Promise<void>;
  /** Something may be settled now. */
  settled(): void;
  error(error: unknown): void;
}

export function placeOf({ view }: ArgoPod): AttemptPlace {
  const { name, node, created, started } = view;
  return { pod: name, node, queued: created, started };
}

/** Why a pod that goes on after the end of its task counts as failed. */
export const GOES_ON: Failure = { kind: 'disrupted', reason: 'the Workflow ended and left the pod running' };
