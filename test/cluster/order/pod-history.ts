import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { TASK_LABEL } from '../../../src/ir/labels.ts';

/** What a pod was, from its first event to its last. Times are the numbers of events: one watch has them all in order. */
export interface PodRecord {
  readonly name: string;
  readonly uid: string;
  readonly task: string;
  /** Number of the item, or of the rank; undefined: the only pod of its task. */
  readonly index: number | undefined;
  /** When it was there; pods with a gate do not count until it is taken away. */
  created: number | undefined;
  started: number | undefined;
  ended: number | undefined;
  phase: string;
  /** Seconds since 1970 of its main container, as the kubelet says. */
  startSeconds: number | undefined;
  endSeconds: number | undefined;
  pod: Pod;
}

export interface Pod extends KubernetesObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly schedulingGates?: readonly unknown[];
    readonly containers: readonly {
      readonly name: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
  readonly status: {
    readonly phase: string;
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly state?: {
        readonly running?: { readonly startedAt?: string };
        readonly terminated?: {
          readonly startedAt?: string;
          readonly finishedAt?: string;
          readonly exitCode?: number;
          readonly message?: string;
        };
      };
    }[];
  };
}

/** Follows the pods of a namespace that belong to tasks, also those that are deleted. */
export class PodHistory {
  readonly records = new Map<string, PodRecord>();
  readonly #stop = new AbortController();
  readonly #following: Promise<void>;
  #event = 0;
  #change = Promise.withResolvers<void>();

  constructor(client: KubernetesClient, namespace: string) {
    const query = { apiVersion: 'v1', kind: 'Pod', namespace };
    const follow = async (): Promise<void> => {
      for await (const { type, object } of client.follow(query, { signal: this.#stop.signal })) {
        this.#event++;
        this.#see(type === 'DELETED', object as Pod);
        this.#change.resolve();
        this.#change = Promise.withResolvers<void>();
      }
    };
    this.#following = follow();
    this.#following.catch(() => {}); // `close` tells
  }

  of(task: string): PodRecord[] {
    return [...this.records.values()].filter((record) => record.task === task);
  }

  /** Resolves at the next event. */
  get changed(): Promise<void> {
    return this.#change.promise;
  }

  /** The first pod of a task of which this holds, as soon as there is one. */
  async find(task: string, is: (record: PodRecord) => boolean, signal: AbortSignal): Promise<PodRecord> {
    for (;;) {
      const { changed } = this;
      const found = this.of(task).find(is);
      if (found !== undefined) return found;
      await orAborted(changed, signal, `no such pod of ${task}:\n${this.trace().join('\n')}`);
    }
  }

  /** Resolves when all pods have ended that were there. */
  async settle(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { changed } = this;
      const open = [...this.records.values()].filter(
        ({ created, ended }) => created !== undefined && ended === undefined,
      );
      if (open.length === 0) return;
      await orAborted(changed, signal, `pods that do not end:\n${this.trace().join('\n')}`);
    }
  }

  /** For people who look at a failed test. */
  trace(): string[] {
    return [...this.records.values()].map(({ name, task, index, phase, created, started, ended }) => {
      const times = [created, started, ended].map((event) => event ?? '-').join(' ');
      return `pod ${name}: ${task} ${index ?? ''} ${phase}, there, started and ended at events ${times}`;
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  #see(deleted: boolean, pod: Pod): void {
    const task = pod.metadata.labels?.[TASK_LABEL];
    const uid = pod.metadata.uid;
    if (task === undefined || uid === undefined || pod.spec === undefined) {
      const known = uid === undefined ? undefined : this.records.get(uid);
      if (known !== undefined && deleted) known.ended ??= this.#event;
      return;
    }
    const record = this.records.get(uid) ?? newRecord(pod, task, uid);
    this.records.set(uid, record);
    const { phase, containerStatuses = [] } = pod.status;
    const state = containerStatuses.find(({ name }) => name === 'main')?.state;
    record.pod = pod;
    record.phase = phase;
    if ((pod.spec.schedulingGates ?? []).length === 0) record.created ??= this.#event;
    if (phase !== 'Pending') record.started ??= this.#event;
    if (phase === 'Succeeded' || phase === 'Failed' || deleted) record.ended ??= this.#event;
    record.startSeconds ??= seconds(state?.running?.startedAt ?? state?.terminated?.startedAt);
    record.endSeconds ??= seconds(state?.terminated?.finishedAt);
  }
}

async function orAborted(promise: Promise<void>, signal: AbortSignal, message: string): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(new Error(message));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function newRecord(pod: Pod, task: string, uid: string): PodRecord {
  return {
    name: pod.metadata.name,
    uid,
    task,
    index: indexOf(pod),
    created: undefined,
    started: undefined,
    ended: undefined,
    phase: 'Pending',
    startSeconds: undefined,
    endSeconds: undefined,
    pod,
  };
}

function indexOf(pod: Pod): number | undefined {
  const environment = pod.spec.containers.flatMap(({ env = [] }) => env);
  const variable = (wanted: string): string | undefined => environment.find(({ name }) => name === wanted)?.value;
  const index = pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? variable('PODLOOM_INDEX');
  return index === undefined ? undefined : Number(index) + Number(variable('PODLOOM_OFFSET') ?? 0);
}

function seconds(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time) / 1000;
}
