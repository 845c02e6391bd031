import type { KubernetesObject } from '../../../src/cluster/objects.ts';

/**
 * What a test writes on a pod template, to say how the pods of simulated nodes end. A pod with any of them is scripted; one without
 * succeeds at once when a Job or a Workflow owns it. They are read again whenever the pod changes.
 *
 * | annotation `test.podloom.dev/…` | means | default |
 * |---|---|---|
 * | `run-milliseconds` | runs so long | `0` |
 * | `hold` | `"true"`: runs until a test sets it to something else on the pod | `"false"` |
 * | `fail-indexes` | `3,7`: only these of an Indexed Job, or of a loop, fail | all, if any other `fail-…` or `exit-code` is there |
 * | `fail-attempts` | `2`: the first two attempts fail, later ones succeed | all attempts |
 * | `exit-code` | of an attempt that fails | `1` |
 * | `reason` | of an attempt that fails, as in `OOMKilled` | `Error` |
 * | `termination-message` | of an attempt that succeeds; on `argo`, the outputs in the same form | none |
 */
export const SCRIPT_PREFIX = 'test.podloom.dev/';

/** The part of a pod that the script reads and writes. */
export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly initContainers?: readonly Container[];
    readonly containers: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly startTime?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

export interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

export interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly running?: { readonly startedAt?: string } };
  readonly [field: string]: unknown;
}

/** How a pod ends. */
export interface Ending {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string | undefined;
}

export function scriptOf(pod: KubernetesObject): ReadonlyMap<string, string> | undefined {
  const script = new Map<string, string>();
  for (const [key, value] of Object.entries(pod.metadata.annotations ?? {})) {
    if (key.startsWith(SCRIPT_PREFIX)) script.set(key.slice(SCRIPT_PREFIX.length), value);
  }
  return script.size === 0 ? undefined : script;
}

/** How the pod ends when `failed` attempts at the same work failed by script before. */
export function endingOf(pod: Pod, script: ReadonlyMap<string, string>, failed: number): Ending {
  const fails =
    ['fail-indexes', 'fail-attempts', 'exit-code', 'reason'].some((key) => script.has(key)) &&
    isAmong(script.get('fail-indexes'), indexOf(pod)) &&
    failed < numberOf(script, 'fail-attempts', Number.POSITIVE_INFINITY);
  if (!fails) return { exitCode: 0, reason: 'Completed', message: script.get('termination-message') };
  return { exitCode: numberOf(script, 'exit-code', 1), reason: script.get('reason') ?? 'Error' };
}

/** Default: `fallback`. Throws when the test wrote something else than a number. */
export function numberOf(script: ReadonlyMap<string, string>, key: string, fallback: number): number {
  const text = script.get(key);
  if (text === undefined) return fallback;
  if (!/^\d+$/.test(text)) throw new Error(`${SCRIPT_PREFIX}${key} is ${JSON.stringify(text)}, not a number`);
  return Number(text);
}

function isAmong(list: string | undefined, index: number | undefined): boolean {
  if (list === undefined) return true;
  return index !== undefined && list.split(',').some((entry) => Number(entry.trim()) === index);
}

/** Completion index of a Job's pod, or number of the item of a loop's pod. */
export function indexOf(pod: Pod): number | undefined {
  const annotations = pod.metadata.annotations ?? {};
  const given = annotations['batch.kubernetes.io/job-completion-index'] ?? podloomIndexOf(pod);
  if (given !== undefined) return Number(given);
  const loop = /\((\d+):/.exec(annotations[NODE_NAME] ?? '');
  return loop === null ? undefined : Number(loop[1]);
}

function podloomIndexOf(pod: Pod): string | undefined {
  const variables = pod.spec.containers.flatMap(({ env }) => env ?? []);
  const value = variables.find(({ name }) => name === 'PODLOOM_INDEX')?.value;
  return value !== undefined && /^\d+$/.test(value) ? value : undefined;
}

/** `wf.task(3:item)(1)`: the item's number and value, then the attempt. */
const NODE_NAME = 'workflows.argoproj.io/node-name';

/** The same for all attempts at one piece of work, whoever retries it. */
export function workOf(pod: Pod): string {
  const owner = pod.metadata.ownerReferences?.[0]?.uid ?? pod.metadata.uid;
  const node = pod.metadata.annotations?.[NODE_NAME]?.replace(/\(\d+\)$/, '');
  return `${owner} ${node ?? ''} ${indexOf(pod) ?? ''}`;
}
