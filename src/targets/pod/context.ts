import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { ItemOptions, RunReference } from '../items/index.ts';

/** What stands beside `name` in an entry of `env`. */
export type EnvironmentValue = { readonly value: string } | { readonly valueFrom: JsonObject };
export type EnvironmentEntry = { readonly name: string } & EnvironmentValue;

/** What a target says about itself, so that the same task becomes the right pod there. */
export interface PodContext {
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  /**
   * How items get in and outputs get out: `jobsItems` or `argoItems`. With `gatherOutputs` values and lists leave through the
   * termination message, else they stay files in /podloom/outputs, which the target reads.
   */
  readonly items: ItemOptions;
  /**
   * How this target brings in the value of a parameter, an upstream output, the run's name or its outcome.
   * A `value` goes into the pod as it is: it is already escaped for the kubelet.
   */
  readonly valueFor: (reference: RunReference, task: string) => EnvironmentValue;
  /** Entries at the very head of the environment, such as PODLOOM_INDEX. */
  readonly environment: readonly EnvironmentEntry[];
  /** ConfigMaps that are projected together at /podloom/items. Empty: no such volume. */
  readonly tables: readonly string[];
  /** Value of the label podloom.dev/run. */
  readonly run: string;
  /** Gates that hold the pods of a Job back until the runner removes them. Plain pods of Argo have none. */
  readonly schedulingGates: readonly string[];
}

/** The share of a task that one Job takes. */
export interface JobChunk {
  /** Number of the first unit: PODLOOM_OFFSET of the pods. */
  readonly firstUnit: number;
  /** Pods of the Job (its indexes are 0…pods-1). 0: a list that is made at run time; the runner fills it in. */
  readonly pods: number;
  /** ConfigMaps with the script and the tables of these units. */
  readonly tables: readonly string[];
}
