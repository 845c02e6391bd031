import type { ItemValue } from './items.ts';
import type { JsonObject, StringMap } from './scalar.ts';

/** What the runner asks for when it starts a task (or some of its units once more). */
export interface TaskRequest {
  readonly task: string;
  /** Items of a run-time list, when the task runs over one. */
  readonly list?: readonly ItemValue[] | undefined;
  /** Only these units, ascending. Default: all. */
  readonly units?: readonly number[] | undefined;
  /** Number of times that the task was started before in this run: makes new names. 0 for the first. */
  readonly launch: number;
  /** Pods of the task that run at once, at most. Default: what the task and the pipeline say. */
  readonly maxRunning?: number | undefined;
  /** Hash of what its pods read that their template does not say: values of parameters and outputs. Default: nothing. */
  readonly values?: string | undefined;
  /** Whether each pod waits at a scheduling gate until the runner lets it through. */
  readonly gated: boolean;
}

/** A Job of one run. */
export interface RunJob {
  readonly object: JsonObject;
  /** Pods of the Job, which are its indexes from 0; ranks for a task with replicas. */
  readonly pods: number;
  /** The units that a pod works through, in this order. */
  unitsOf(pod: number): readonly number[];
}

/** Everything that a task needs in the cluster. */
export interface TaskObjects {
  /** Immutable and named by their content, or the same for all runs: made when they are not there. */
  readonly shared: readonly JsonObject[];
  /** Of this run alone: they go with it. */
  readonly own: readonly JsonObject[];
  readonly jobs: readonly RunJob[];
}

/**
 * The objects of one run of a pipeline, as a target makes them. The runner creates them, in its order; it never makes a pod
 * spec itself.
 */
export interface RunObjects {
  /** The ConfigMap that stands for the run and owns what belongs to it. */
  readonly run: JsonObject;
  /** Users' own objects and PriorityClasses, which are there before any task starts. */
  readonly base: readonly JsonObject[];
  /** The parameters of the run; undefined when the pipeline has none. */
  parameters(values: StringMap): JsonObject | undefined;
  /** Outputs so far, keyed `<task>.<output>`, and `status` at the end; undefined when no pod reads any. */
  outputs(values: StringMap): JsonObject | undefined;
  task(request: TaskRequest): TaskObjects;
}
