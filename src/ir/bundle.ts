import type { Origin } from '../diagnostics/location.ts';
import type { JsonObject } from './scalar.ts';

export type TargetName = 'argo' | 'jobs';

/** A Kubernetes object that a target made, and the task (or pipeline) that it comes from. */
export interface Manifest {
  readonly object: JsonObject;
  readonly origin: Origin;
  /** Name of the task, when it comes from one. */
  readonly task?: string | undefined;
}

/** A file of dist/. `path` is relative to the output folder, with `/`. */
export interface BundleFile {
  readonly path: string;
  readonly manifests: readonly Manifest[];
  /** Self-healing controllers may own what is in it: no TTL, no generateName, nothing that anyone changes later. */
  readonly gitops: boolean;
}

/** What a target makes of one pipeline. */
export interface Bundle {
  readonly target: TargetName;
  readonly pipeline: string;
  readonly files: readonly BundleFile[];
}
