import type { KubernetesObject } from '../../cluster/objects.ts';
import { TASK_LABEL } from '../../ir/labels.ts';
import type { Task } from '../../ir/task.ts';
import { MAIN_CONTAINER, type PodView, viewPod } from '../cluster/pod-view.ts';
import { type AttemptOutcome, failed } from '../failure.ts';
import { attemptOfNode } from './node-index.ts';

/** A pod of a Workflow: Argo's own, or one of a Job that the Workflow made. */
export interface ArgoPod {
  readonly view: PodView;
  /** undefined: it runs no task, but makes a Job. */
  readonly task: string | undefined;
  /** Name of its node; undefined for pods of Jobs. */
  readonly node: string | undefined;
  /** Which of the task's (or, for a Job, of the Job's) pods it is, from 0. */
  readonly number: number;
  /** Number of the first unit of pod 0. */
  readonly firstUnit: number;
}

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

const NODE_NAME = 'workflows.argoproj.io/node-name';

export function viewArgoPod(pod: KubernetesObject): ArgoPod {
  const view = viewPod(pod);
  const { labels = {}, annotations = {} } = pod.metadata;
  const { containers = [] } = (pod['spec'] ?? {}) as { readonly containers?: readonly Container[] };
  const env = containers.find(({ name }) => name === MAIN_CONTAINER)?.env ?? [];
  const number = (name: string): number | undefined => {
    const value = env.find((entry) => entry.name === name)?.value;
    return value === undefined ? undefined : Number(value);
  };
  const node = view.job === '' ? annotations[NODE_NAME] : undefined;
  return {
    view: { ...view, outcome: node === undefined ? view.outcome : outcomeOf(pod, view) },
    task: labels[TASK_LABEL],
    node,
    number: node === undefined ? view.index : (number('PODLOOM_INDEX') ?? 0),
    firstUnit: number('PODLOOM_OFFSET') ?? 0,
  };
}

/** The units that a pod works through, in this order. `count`: units of the task. */
export function unitsOfPod({ forEach }: Task, { number, firstUnit }: ArgoPod, count: number): number[] {
  if (forEach === undefined) return [0];
  const first = firstUnit + number * forEach.itemsPerPod;
  const size = Math.max(0, Math.min(forEach.itemsPerPod, count - first));
  return Array.from({ length: size }, (_, place) => first + place);
}

/** Which attempt an Argo pod is, from 1. */
export function attemptOfPod({ node, view }: ArgoPod): number {
  if (node === undefined) return (view.earlier ?? 0) + 1;
  return (attemptOfNode(node)?.number ?? 0) + 1;
}

/** The path of an output in what the executor says when it is not there. */
const OUTPUT = /\/podloom\/outputs\/([\w-]+)/;

/** The program of a pod may end well, and the executor, the container `wait`, fail: then the pod has failed. */
function outcomeOf(pod: KubernetesObject, { outcome }: PodView): AttemptOutcome | undefined {
  if (outcome?.kind !== 'failed' || outcome.failure.kind !== 'exit' || outcome.failure.code !== 0) return outcome;
  const { containerStatuses = [] } = (pod['status'] ?? {}) as {
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: { readonly terminated?: { readonly message?: string; readonly exitCode?: number } };
    }[];
  };
  const message = containerStatuses.find(({ name }) => name === 'wait')?.state?.terminated?.message ?? '';
  const output = OUTPUT.exec(message)?.[1];
  if (output !== undefined) return failed({ kind: 'output', output, problem: 'was not written' });
  return failed({ kind: 'disrupted', reason: "Argo's executor failed", message });
}
