import type { Origin } from '../diagnostics/location.ts';
import type { Expression } from './expression.ts';
import type { ForEach } from './items.ts';
import type { JsonObject, StringMap } from './scalar.ts';
import type { Argument, Text } from './text.ts';

export type EdgeCondition = 'succeeded' | 'failed' | 'completed' | 'anySucceeded' | 'allFailed' | 'itemwise';

/**
 * An edge to an upstream task; all edges of a task must hold.
 * - succeeded: the task succeeded (failed items ≤ maxFailed), or its own `when` skipped it
 * - failed: the task ended as failed
 * - completed: the task ended in any way, also when it was skipped or never ran
 * - anySucceeded / allFailed: at least one item succeeded / every item failed (upstream has forEach)
 * - itemwise: item i may start as soon as item i of the upstream task succeeded (same items)
 */
export interface Edge {
  readonly task: string;
  readonly on: EdgeCondition;
  /** `after`: written by the user; `reference`: follows from the use of an output; `dependency`: from node.addDependency. */
  readonly cause: 'after' | 'reference' | 'dependency';
}

/** A Kubernetes quantity as the user wrote it, for example `8Gi`, `500m`, `4`. */
export type Quantity = string;

export interface Resource {
  readonly request?: Quantity | undefined;
  readonly limit?: Quantity | undefined;
}

export interface Gpu {
  readonly count: number;
  /** As in the label nvidia.com/gpu.product, or a prefix of it up to a `-`: `H100` stands for `NVIDIA-H100-80GB-HBM3`. */
  readonly product?: string | undefined;
}

export interface Environment {
  readonly variables: readonly EnvironmentVariable[];
  readonly from: readonly EnvironmentSource[];
}
export type EnvironmentVariable =
  | { readonly kind: 'text'; readonly name: string; readonly text: Text }
  | {
      readonly kind: 'secret' | 'configMap';
      readonly name: string;
      readonly object: string;
      readonly key: string;
      readonly optional: boolean;
    }
  | { readonly kind: 'field'; readonly name: string; readonly fieldPath: string }
  | {
      readonly kind: 'resource';
      readonly name: string;
      readonly resource: string;
      readonly divisor?: Quantity | undefined;
    };
export interface EnvironmentSource {
  readonly kind: 'secret' | 'configMap';
  readonly object: string;
  readonly prefix?: string | undefined;
  readonly optional: boolean;
}

export type VolumeSource =
  | { readonly kind: 'persistentVolumeClaim'; readonly claim: string; readonly readOnly: boolean }
  | {
      readonly kind: 'configMap' | 'secret';
      readonly object: string;
      readonly optional: boolean;
      readonly defaultMode?: number | undefined;
      readonly items?:
        | readonly { readonly key: string; readonly path: string; readonly mode?: number | undefined }[]
        | undefined;
    }
  | { readonly kind: 'emptyDir'; readonly medium?: 'Memory' | undefined; readonly sizeLimit?: Quantity | undefined }
  | { readonly kind: 'hostPath'; readonly path: string; readonly type?: string | undefined };
export interface VolumeMount {
  /** Name of the volume in the pod: a DNS label. */
  readonly volume: string;
  readonly source: VolumeSource;
  readonly mountPath: string;
  readonly subPath?: string | undefined;
  readonly readOnly: boolean;
}

export interface Security {
  readonly runAsUser?: number | undefined;
  readonly runAsGroup?: number | undefined;
  readonly runAsNonRoot?: boolean | undefined;
  readonly fsGroup?: number | undefined;
  readonly readOnlyRootFilesystem?: boolean | undefined;
  readonly privileged?: boolean | undefined;
  readonly allowPrivilegeEscalation: boolean;
  readonly addCapabilities: readonly string[];
  readonly dropCapabilities: readonly string[];
  readonly seccompProfile: 'RuntimeDefault' | 'Unconfined';
}

/** What a pod runs. */
export type Program =
  /** No `command` in the pod when undefined: the image's entrypoint runs. */
  | {
      readonly kind: 'command';
      readonly command: readonly Argument[] | undefined;
      readonly args: readonly Argument[] | undefined;
    }
  /** `interpreter… <file with source> args…`. The source is data: references reach it through the environment only. */
  | {
      readonly kind: 'script';
      readonly source: string;
      readonly interpreter: readonly string[];
      readonly args: readonly Argument[];
    };

export interface Container {
  readonly image: string;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** `image`: the image has /bin/sh; `injected`: an init container brings a static busybox. */
  readonly shell: 'image' | 'injected';
  readonly program: Program;
  readonly environment: Environment;
  readonly workingDir?: string | undefined;
  readonly volumes: readonly VolumeMount[];
  readonly security: Security;
}

export type RetryCause = 'failed' | 'infrastructure';
export interface Retries {
  /** Attempts after the first, for each item. 0: none. */
  readonly limit: number;
  readonly on: readonly RetryCause[];
  /** Exit codes (1…255, sorted, unique) that are never retried. */
  readonly exceptExitCodes: readonly number[];
  readonly backoff?:
    | { readonly seconds: number; readonly factor: number; readonly capSeconds?: number | undefined }
    | undefined;
}

export type Output =
  /** A value of up to 4 KiB that the task writes to the file in $PODLOOM_OUTPUT_<NAME>. One trailing newline is dropped. */
  | { readonly kind: 'value'; readonly name: string; readonly type: 'string' | 'number' | 'boolean' }
  /** A file on a volume that tasks share: its path below the volume. */
  | { readonly kind: 'file'; readonly name: string; readonly volume: string; readonly path: string }
  /** A file in an S3-like store, uploaded from and downloaded to `path` in the container. */
  | { readonly kind: 's3'; readonly name: string; readonly path: string; readonly store: S3Store; readonly key: string }
  /** JSON list (array of scalars or flat objects), or lines, written to $PODLOOM_OUTPUT_<NAME>: items of a later forEach. */
  | {
      readonly kind: 'list';
      readonly name: string;
      readonly shape: import('./items.ts').ItemShape;
      readonly maxItems: number;
    };
export interface S3Store {
  readonly endpoint: string;
  readonly bucket: string;
  readonly insecure: boolean;
  readonly region?: string | undefined;
  readonly accessKeySecret?: { readonly object: string; readonly key: string } | undefined;
  readonly secretKeySecret?: { readonly object: string; readonly key: string } | undefined;
}

export type Topology = 'nodes' | 'zones';
export interface AntiAffinity {
  readonly mode: 'required' | 'preferred';
  readonly topology: Topology;
  /** Pod labels to keep away from. undefined: the pods of this task in this run. */
  readonly selector?: StringMap | undefined;
}

export interface Placement {
  readonly nodeSelector: StringMap;
  readonly tolerations: readonly Toleration[];
  readonly spread?: Topology | undefined;
  readonly antiAffinity?: AntiAffinity | undefined;
  readonly priority?: Priority | undefined;
}
export interface Toleration {
  readonly key?: string | undefined;
  readonly operator: 'Exists' | 'Equal';
  readonly value?: string | undefined;
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute' | undefined;
}
/** `level`: one of podloom's PriorityClasses, which are emitted; `class`: one that the cluster has. */
export type Priority =
  | { readonly kind: 'level'; readonly level: 'low' | 'normal' | 'high' | 'critical' }
  | { readonly kind: 'class'; readonly name: string };

export type MaxFailed =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** Raw escape hatches, applied last. Validated like everything else. */
export interface Patches {
  /** Strategic: objects merge, lists of named things (containers, volumes, env) merge by name, others replace. Onto the pod spec. */
  readonly podSpec?: JsonObject | undefined;
  /** Likewise onto the Argo template. */
  readonly argoTemplate?: JsonObject | undefined;
  /** Likewise onto the Job. */
  readonly job?: JsonObject | undefined;
}

export interface Task {
  readonly kind: 'Task';
  /** DNS label, unique in the pipeline: the construct path below the pipeline, slugged. */
  readonly name: string;
  readonly origin: Origin;
  /** `exit` tasks run after all others have ended, however they ended. */
  readonly phase: 'main' | 'exit';
  readonly after: readonly Edge[];
  readonly when?: Expression | undefined;
  readonly forEach?: ForEach | undefined;
  /** Pods that run together, with RANK, WORLD_SIZE and MASTER_ADDR. undefined: one plain pod (or one for each item). */
  readonly replicas?: number | undefined;
  readonly container: Container;
  readonly cpu: Resource;
  readonly memory: Resource;
  readonly ephemeralStorage: Resource;
  /** Size of /dev/shm. undefined: set by the compiler for tasks with several GPUs. */
  readonly shm?: Quantity | undefined;
  readonly gpu?: Gpu | undefined;
  readonly placement: Placement;
  readonly retries: Retries;
  /** For each attempt, in seconds. */
  readonly timeoutSeconds?: number | undefined;
  /** For the whole task, all items and attempts, in seconds. */
  readonly deadlineSeconds?: number | undefined;
  readonly maxRunning?: number | undefined;
  readonly maxFailed?: MaxFailed | undefined;
  readonly outputs: readonly Output[];
  readonly serviceAccount?: string | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly terminationGraceSeconds?: number | undefined;
  /** The user's own labels and annotations of the pods. */
  readonly podLabels: StringMap;
  readonly podAnnotations: StringMap;
  /** Forces how the argo target fans out. undefined: the compiler decides by budget. */
  readonly argoStrategy?: 'loop' | 'job' | undefined;
  readonly patches: Patches;
}
