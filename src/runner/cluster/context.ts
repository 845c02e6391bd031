import type { KubernetesClient } from '../../cluster/client.ts';
import type { RunObjects } from '../../ir/run-objects.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import type { Clock } from '../clock.ts';
import type { Failure } from '../failure.ts';
import type { RunFolder } from '../state/run-folder.ts';
import type { Stuck } from './pending-reasons.ts';
import type { PodLogs } from './pod-logs.ts';
import type { RunWatch } from './run-watch.ts';

/** What all sessions of a cluster engine share. */
export interface ClusterContext {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly objects: RunObjects;
  readonly clock: Clock;
  readonly folder: RunFolder;
  readonly watch: RunWatch;
  readonly logs: PodLogs;
  /** Aborted when the engine closes. */
  readonly closing: AbortSignal;
  /** Pods of one task that run at once, at most, whatever the pipeline says. */
  readonly maxRunning: number | undefined;
  /** What the pipeline says of all of its tasks together. */
  readonly pipelineMaxRunning: number | undefined;
  /** When and how a task is told that none of its pods starts. undefined: it may take for ever. */
  stuck(tell: (failure: Failure) => void): Stuck | undefined;
  /** Uid of the run's ConfigMap, which owns all that belongs to the run. */
  readonly owner: string;
  /** What failed in Jobs that have ended stays failed. Else new Jobs try it again. */
  readonly failuresStay: boolean;
  /** Another runner drives the run: what that one makes is waited for. */
  readonly follows: boolean;
  /** Whether pods of this task wait at a gate for the conductor. */
  isGated(task: Task): boolean;
  /** Makes an object of the run, with the run as its owner, unless it is there. */
  createOwned(object: JsonObject): Promise<void>;
  /** Makes an object that is the same for all runs, unless it is there. */
  createShared(object: JsonObject): Promise<void>;
  /** Whether the log of this pod was brought here by an earlier runner of the run. */
  wasCollected(pod: string): boolean;
}
