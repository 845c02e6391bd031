import type { App } from 'cdk8s';
import type { Pipeline } from 'podloom';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { TargetName } from '../../../src/ir/bundle.ts';
import type { PodHistory } from './pod-history.ts';

/** Where a scenario's pipeline is made for: one namespace, on one column of the table. */
export interface Stage {
  readonly app: App;
  readonly namespace: string;
  /** Folder of the node that outlives pods, of this stage alone. Only `real` has one. */
  readonly state: string;
}

/** What is at hand while a pipeline runs, to disturb it. */
export interface Meanwhile {
  readonly client: KubernetesClient;
  readonly namespace: string;
  readonly pods: PodHistory;
  /** As of the stage. */
  readonly state: string;
  /** What is to be undone when the scenario has ended. */
  readonly onEnd: (undo: () => Promise<unknown>) => void;
  /** Aborted when the run has ended, or takes too long. */
  readonly signal: AbortSignal;
}

/**
 * How each task ended, in the words of `describeTask`: `succeeded`, `failed`, `skipped`, `never ran`; then, when it is not just one
 * attempt each, how many attempts (`succeeded, 3 attempts`), and for items which failed and took several (`failed, 2 of 4 items: not
 * 1 3; attempts of 3: 2`).
 */
export type TaskTexts = { readonly [task: string]: string };

/** What is different on one target, and why that cannot be removed. */
export interface Difference {
  readonly target: TargetName;
  /** Default: as on the other target. */
  readonly run?: 'succeeded' | 'failed';
  /** `this or that`, where the target does not do the same each time. */
  readonly tasks: TaskTexts;
  /** A heading of docs/target-differences.md: the first cell of a row there. */
  readonly because: string;
}

/** A pipeline in podloom's public API, how its pods behave, and how each of its tasks has to end on every target. */
export interface Scenario {
  readonly group: string;
  readonly name: string;
  readonly make: (stage: Stage) => Pipeline<never> | Pipeline;
  /** Parameters of the run. */
  readonly given?: { readonly [name: string]: string };
  readonly run: 'succeeded' | 'failed';
  readonly tasks: TaskTexts;
  /** `a < b`: all pods of a have ended before the first of b starts. `a during b`: a starts before b ends. `b/3` is item 3 of b. */
  readonly order?: readonly string[];
  /** Pods of a task, or of all (`*`), that are there at once: never more. */
  readonly atMost?: { readonly [task: string]: number };
  /** Seconds that must lie between the end of an attempt of this task and the start of the next one. */
  readonly waits?: { readonly [task: string]: number };
  readonly meanwhile?: (run: Meanwhile) => Promise<void>;
  readonly differences?: readonly Difference[];
}

/** What the scenario expects on this target. */
export function expectedOn(
  target: TargetName,
  { run, tasks, differences = [] }: Scenario,
): { readonly run: 'succeeded' | 'failed'; readonly tasks: TaskTexts } {
  const own = differences.filter((each) => each.target === target);
  return {
    run: own.find((each) => each.run !== undefined)?.run ?? run,
    tasks: Object.assign({}, tasks, ...own.map((each) => each.tasks)) as TaskTexts,
  };
}
