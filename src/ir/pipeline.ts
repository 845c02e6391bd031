import type { Origin } from '../diagnostics/location.ts';
import type { JsonObject, Scalar, StringMap } from './scalar.ts';
import type { Task } from './task.ts';

export interface Parameter {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean';
  /** undefined: must be given for each run. */
  readonly default?: Scalar | undefined;
  readonly options?: readonly Scalar[] | undefined;
  readonly description?: string | undefined;
}

export interface Schedule {
  /** Five fields, as in Kubernetes CronJob. */
  readonly cron: string;
  /** IANA name. Default `Etc/UTC`, always written out. */
  readonly timeZone: string;
  readonly concurrencyPolicy: 'Allow' | 'Forbid' | 'Replace';
  readonly startingDeadlineSeconds?: number | undefined;
  readonly suspend: boolean;
}

/** An ApiObject of the user's own in the pipeline's chart or beside it: emitted as it is. */
export interface ExtraObject {
  readonly object: JsonObject;
  readonly origin: Origin;
}

/** Frozen, JSON-safe, independent of any target: what all stages after the constructs work on. */
export interface Pipeline {
  readonly kind: 'Pipeline';
  readonly version: 1;
  /** DNS label. Names the files in dist/. */
  readonly name: string;
  readonly origin: Origin;
  readonly namespace?: string | undefined;
  /** Labels of the chart, for every object. */
  readonly labels: StringMap;
  readonly parameters: readonly Parameter[];
  readonly schedule?: Schedule | undefined;
  /** Pods of this pipeline that run at once. */
  readonly maxRunning?: number | undefined;
  readonly deadlineSeconds?: number | undefined;
  /** Contexts of the kubeconfig that it may go to; `*` stands for any characters. Default: all. */
  readonly contexts?: readonly string[] | undefined;
  /** A GitOps commit that changes the pipeline starts a run. */
  readonly runOnChange: boolean;
  /** Static busybox for images without a shell. */
  readonly busyboxImage: string;
  /** In construction order. */
  readonly tasks: readonly Task[];
  readonly extras: readonly ExtraObject[];
}
