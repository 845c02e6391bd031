import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import type { TaskStatus } from '../../../src/runner/edges.ts';
import type { PodHistory } from './pod-history.ts';

/** One run of a pipeline on one target. */
export interface ClusterRun {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly pipeline: Pipeline;
  readonly given: { readonly [name: string]: string };
  readonly pods: PodHistory;
  /** Aborted when the run takes too long. */
  readonly signal: AbortSignal;
}

/** How it ended. */
export interface RunOutcome {
  readonly run: 'succeeded' | 'failed';
  readonly tasks: ReadonlyMap<string, { readonly status: TaskStatus; readonly units: number | undefined }>;
  /** What the target saw, for people who look at a failed test. */
  readonly trace: readonly string[];
}
