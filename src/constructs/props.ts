import type { ChartProps } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { JsonObject, Scalar } from '../ir/scalar.ts';
import type { EdgeCondition, RetryCause, Toleration, Topology } from '../ir/task.ts';
import type { Condition } from './condition.ts';
import type { CpuLike, DurationLike, EnvValueLike, NamedObject, SizeLike } from './foreign.ts';
import type { Items } from './item-types.ts';
import type { OutputSpec } from './output.ts';
import type { Ref, RefList } from './reference.ts';
import type { ForeignMount, Mount } from './volume.ts';

/** One argument. A RefList becomes one argument for each item of the batch. */
export type Arg = string | number | Ref<Scalar> | RefList<Scalar>;

/** What the functions of a task with `forEach` get. `index` is the number of the item, from 0, never the index of a Job. */
export interface Loop<R> {
  readonly item: R;
  readonly index: Ref<number>;
}

declare const noForEach: unique symbol;
/** The item of a task without `forEach`: nothing that could be used. */
export interface NoForEach {
  readonly [noForEach]: 'this task has no forEach';
}

/** A value, or a function of the item that gives it. The function runs once, while the pipeline is built. */
export type PerItem<R, V> = V | ((loop: Loop<R>) => V);

/** `'500m'`, `2`, `'8Gi'`, a cdk8s `Size` or a cdk8s-plus `Cpu`; a number of cores or bytes. */
export type QuantityInput = string | number | SizeLike | CpuLike;
/** One quantity is request and limit at once for memory and ephemeral storage, and the request for cpu. */
export type ResourceInput =
  | QuantityInput
  | { readonly request?: QuantityInput | undefined; readonly limit?: QuantityInput | undefined };

/** `'90s'`, `'1h30m'`, a number of seconds, or a cdk8s `Duration`. Whole seconds. */
export type DurationInput = string | number | DurationLike;

/** `2`, `'H100'`, `'H100:8'`, or both parts. `product` as in the node label nvidia.com/gpu.product, or a short name. */
export type GpuInput = number | string | { readonly count: number; readonly product?: string | undefined };

export type EnvInput =
  | Scalar
  | Ref<Scalar>
  | EnvValueLike
  | { readonly secret: string | NamedObject; readonly key: string; readonly optional?: boolean | undefined }
  | { readonly configMap: string | NamedObject; readonly key: string; readonly optional?: boolean | undefined }
  | { readonly field: string };
export type EnvInputs = { readonly [name: string]: EnvInput | undefined };

export interface EnvFromInput {
  readonly secret?: string | NamedObject | undefined;
  readonly configMap?: string | NamedObject | undefined;
  readonly prefix?: string | undefined;
  readonly optional?: boolean | undefined;
}

export interface SecurityProps {
  /** Default: what the image says (most ML images: root). */
  readonly user?: number | undefined;
  readonly group?: number | undefined;
  /** Group that owns the volumes. */
  readonly fsGroup?: number | undefined;
  readonly nonRoot?: boolean | undefined;
  /** Default false: most ML images write below their root. */
  readonly readOnlyRoot?: boolean | undefined;
  readonly privileged?: boolean | undefined;
  /** Default false. */
  readonly allowPrivilegeEscalation?: boolean | undefined;
  readonly addCapabilities?: readonly string[] | undefined;
  readonly dropCapabilities?: readonly string[] | undefined;
  /** Default `RuntimeDefault`. */
  readonly seccomp?: 'RuntimeDefault' | 'Unconfined' | undefined;
}

export interface RetryProps {
  /** Attempts after the first, for each item. */
  readonly limit: number;
  /** What is retried: `failed` (the program's exit code), `infrastructure` (node lost, preempted, evicted). Default both. */
  readonly on?: readonly RetryCause[] | undefined;
  /** Exit codes that are never retried, 1…255. */
  readonly exceptExitCodes?: readonly number[] | undefined;
  /** Wait before an attempt: `base`, then times `factor` (default 2), at most `cap`. On Kubernetes Jobs: 10 s doubling to 10 min, always. */
  readonly backoff?:
    | { readonly base: DurationInput; readonly factor?: number | undefined; readonly cap?: DurationInput | undefined }
    | undefined;
}

export interface AntiAffinityProps {
  /** `required`: a pod that cannot be apart stays pending. `preferred`: apart where it can be. */
  readonly mode: 'required' | 'preferred';
  /** Default `nodes`. */
  readonly across?: Topology | undefined;
  /** Pod labels to keep away from. Default: the other pods of this task in this run. */
  readonly labels?: { readonly [key: string]: string } | undefined;
}

/** `low` never preempts; `critical` goes first. `class`: a PriorityClass that the cluster has. */
export type PriorityInput = 'low' | 'normal' | 'high' | 'critical' | { readonly class: string };

/** A task, all tasks of a component, or one of these with a condition (default `succeeded`). */
export type AfterInput = IConstruct | { readonly task: IConstruct; readonly on: EdgeCondition };

/** What a pipeline sets for all its tasks and a task may set for itself. Maps and lists are merged, the task's own win. */
export interface PodProps {
  readonly image?: string | undefined;
  readonly imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never' | undefined;
  /** Secrets of type kubernetes.io/dockerconfigjson. */
  readonly imagePullSecrets?: readonly (string | NamedObject)[] | undefined;
  readonly volumes?: readonly (Mount | ForeignMount)[] | undefined;
  readonly envFrom?: readonly EnvFromInput[] | undefined;
  readonly serviceAccount?: string | NamedObject | undefined;
  readonly security?: SecurityProps | undefined;
  readonly nodeSelector?: { readonly [label: string]: string } | undefined;
  readonly tolerations?: readonly Toleration[] | undefined;
  readonly priority?: PriorityInput | undefined;
  /** Labels of the pods. */
  readonly labels?: { readonly [key: string]: string } | undefined;
  /** Annotations of the pods. */
  readonly annotations?: { readonly [key: string]: string } | undefined;
  /**
   * Attempts after the first. Default: failures of the infrastructure are retried 3 times, failures of the program never.
   * A number retries both; 0 retries nothing.
   */
  readonly retries?: number | RetryProps | undefined;
}

export interface TaskProps<R = NoForEach, O extends OutputSpec = Record<never, never>> extends PodProps {
  /** Runs the task once for each item. */
  readonly forEach?: Items<R> | undefined;
  /** How many items one pod works through, one command and one log each. Default 1. */
  readonly itemsPerPod?: number | undefined;
  /** argv; it replaces the image's entrypoint. With item references it is needed. */
  readonly command?: PerItem<R, readonly Arg[]> | undefined;
  /** Arguments for `command`, for `script`, or for the image's entrypoint. */
  readonly args?: PerItem<R, readonly Arg[]> | undefined;
  /** A program as text, run by `interpreter`. Text only: items and parameters reach it through `env`. */
  readonly script?: string | undefined;
  /** Default `['sh', '-eu']`. Gets the file's path as its next argument. */
  readonly interpreter?: readonly string[] | undefined;
  /** Without a shell in the image, an init container brings a static busybox. Default `image`. */
  readonly shell?: 'image' | 'injected' | undefined;
  readonly env?: PerItem<R, EnvInputs> | undefined;
  readonly workingDir?: string | undefined;
  readonly cpu?: ResourceInput | undefined;
  readonly memory?: ResourceInput | undefined;
  readonly ephemeralStorage?: ResourceInput | undefined;
  /** `2`, `'H100:8'`. Limit, node affinity, toleration and, for several, /dev/shm follow from it. */
  readonly gpu?: GpuInput | undefined;
  /** Size of /dev/shm. Default: 64 MiB of the container runtime; for several GPUs as much as memory allows. */
  readonly shm?: QuantityInput | undefined;
  /** Pods that run together, with RANK, WORLD_SIZE and MASTER_ADDR. Not with `forEach`. */
  readonly replicas?: number | undefined;
  /** Spreads the pods evenly; a pod that cannot be placed so stays pending. */
  readonly spread?: Topology | undefined;
  readonly antiAffinity?: 'required' | 'preferred' | AntiAffinityProps | undefined;
  /** Tasks that come first. Using an output of a task makes an edge by itself. */
  readonly after?: readonly AfterInput[] | AfterInput | undefined;
  /** Runs only when this holds; a task that it skips counts as succeeded for those after it. */
  readonly when?: Condition | undefined;
  /** Runs after all other tasks have ended, however they ended. Default false. */
  readonly onExit?: boolean | undefined;
  /** For each attempt. */
  readonly timeout?: DurationInput | undefined;
  /** For the whole task with all items and attempts. */
  readonly deadline?: DurationInput | undefined;
  readonly terminationGrace?: DurationInput | undefined;
  /** Pods of this task that run at once. Default: no limit but the pipeline's. */
  readonly maxRunning?: number | undefined;
  /** Items that may fail: a number, or `'2%'` (rounded down). Default 0. */
  readonly maxFailed?: number | `${number}%` | undefined;
  readonly outputs?: O | undefined;
  /** How the argo target fans out: `loop` makes a node of each item, `job` one Indexed Job. Default: what fits. */
  readonly argoStrategy?: 'loop' | 'job' | undefined;
  /** Merged onto the pod spec at the end: objects merge, lists of named things merge by name, others replace. */
  readonly podSpecPatch?: JsonObject | undefined;
  /** Likewise, onto the Argo template. */
  readonly argoTemplatePatch?: JsonObject | undefined;
  /** Likewise, onto the Job. */
  readonly jobPatch?: JsonObject | undefined;
}

/** A parameter by its default (which gives its type), or in full. */
export type ParameterInput =
  | Scalar
  | {
      readonly type: 'string' | 'number' | 'boolean';
      /** Without it, every run must give the parameter. */
      readonly default?: Scalar | undefined;
      readonly options?: readonly Scalar[] | undefined;
      readonly description?: string | undefined;
    };
export type ParameterSpec = { readonly [name: string]: ParameterInput };

export type ParameterType<S> = S extends string
  ? string
  : S extends number
    ? number
    : S extends boolean
      ? boolean
      : S extends { readonly type: 'number' }
        ? number
        : S extends { readonly type: 'boolean' }
          ? boolean
          : string;

export interface ScheduleProps {
  /** Five fields, as in a Kubernetes CronJob. */
  readonly cron: string;
  /** IANA name. Default `Etc/UTC`. */
  readonly timeZone?: string | undefined;
  /** When the run before is still going. Default `Forbid`. */
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace' | undefined;
  /** How late a missed run may still start. Default: the cluster's. */
  readonly startingDeadline?: DurationInput | undefined;
  readonly suspend?: boolean | undefined;
}

export interface PipelineProps<P extends ParameterSpec = Record<never, never>>
  extends Omit<ChartProps, 'labels' | 'namespace'>,
    Omit<PodProps, 'labels'> {
  readonly namespace?: string | undefined;
  /** Labels of every object, as of a cdk8s chart. */
  readonly labels?: { readonly [key: string]: string } | undefined;
  /** Environment of every task. */
  readonly env?: EnvInputs | undefined;
  readonly parameters?: P | undefined;
  /** Cron, or cron with time zone and policy. */
  readonly schedule?: string | ScheduleProps | undefined;
  /** Pods of the pipeline that run at once. */
  readonly maxRunning?: number | undefined;
  /** For a whole run. */
  readonly deadline?: DurationInput | undefined;
  /**
   * Contexts of the kubeconfig that podloom may apply and run it in; `*` stands for any characters: `['prod-*']`. Default: all.
   * Manifests are the same for all.
   */
  readonly contexts?: readonly string[] | undefined;
  /** A GitOps commit that changes the pipeline starts a run (jobs target). Default false. */
  readonly runOnChange?: boolean | undefined;
  /** Static busybox for tasks with `shell: 'injected'`. Default `busybox:1.37.0-musl`. */
  readonly busyboxImage?: string | undefined;
}
