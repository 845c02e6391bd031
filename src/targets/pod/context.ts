import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Reference } from '../../ir/text.ts';

/** A reference whose value is known only when the run exists: the target brings it into the environment of the pod. */
export type RunReference = Extract<Reference, { kind: 'parameter' | 'output' | 'run' | 'status' }>;

/** What stands beside `name` in an entry of `env`. */
export type EnvironmentValue = { readonly value: string } | { readonly valueFrom: JsonObject };
export type EnvironmentEntry = { readonly name: string } & EnvironmentValue;

/** What a target says about itself, so that the same task becomes the right pod there. */
export interface PodContext {
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  /** How this target brings in the value of a parameter, an upstream output, the run's name or its outcome. */
  readonly valueOf: (reference: RunReference) => EnvironmentValue;
  /** Entries at the very head of the environment, such as PODLOOM_INDEX. */
  readonly environment: readonly EnvironmentEntry[];
  /** ConfigMaps that are projected together at /podloom/items. Empty: no such volume. */
  readonly tables: readonly string[];
  /** Value of the label podloom.dev/run. */
  readonly run: string;
  /**
   * How values and lists leave the pod. `files`: the target reads /podloom/outputs (Argo's executor does);
   * `message`: through the termination message, 4,096 bytes (plain Jobs).
   */
  readonly outputs: 'files' | 'message';
}

/** The share of a task that one Job takes. */
export interface JobChunk {
  /** Number of the first unit: PODLOOM_OFFSET of the pods. */
  readonly offset: number;
  /** Pods of the Job; its indexes are 0…completions-1. */
  readonly completions: number;
  /** ConfigMaps with the script and the tables of these units. */
  readonly tables: readonly string[];
}
