import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { ApiError } from '../../../src/cluster/errors.ts';
import { type Ending, endingOf, numberOf, type Pod, scriptOf, workOf } from './kwok-script.ts';
import { reportTaskResult } from './kwok-task-results.ts';
import { MANAGED } from './nodes.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' } as const;
const NODE = { apiVersion: 'v1', kind: 'Node' } as const;

/** A node that is down is looked at again after so long. */
const DOWN_MILLIS = 1000;

/**
 * Ends the pods that a test gave a script, as KWOK ends the others: it follows all pods and writes what a kubelet would.
 * Pods of nodes that are taken down wait until they are back. Returns what stops it.
 */
export function runScriptedPods(client: KubernetesClient, log: (line: string) => void): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const pods = new ScriptedPods(client, log);
  const following = (async () => {
    for await (const { type, object } of client.follow<Pod>(POD, { signal })) {
      if (type === 'DELETED') pods.forget(object);
      else pods.consider(object);
    }
  })().catch((error: unknown) => log(`scripted pods: ${String(error)}`));
  return async () => {
    stopping.abort();
    pods.stop();
    await following;
  };
}

class ScriptedPods {
  readonly #client: KubernetesClient;
  readonly #log: (line: string) => void;
  /** By uid of the pod. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Uids of pods that were ended. */
  readonly #ended = new Set<string>();
  /** Attempts that failed by script, by work. */
  readonly #failed = new Map<string, number>();
  #stopped = false;

  constructor(client: KubernetesClient, log: (line: string) => void) {
    this.#client = client;
    this.#log = log;
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  forget(pod: Pod): void {
    this.#cancel(pod.metadata.uid!);
    this.#ended.delete(pod.metadata.uid!);
  }

  /** Ends a running pod when its time is over, unless a test holds it. */
  consider(pod: Pod): void {
    const uid = pod.metadata.uid!;
    this.#cancel(uid);
    const script = scriptOf(pod);
    const runs = pod.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined;
    if (script === undefined || !runs || this.#ended.has(uid) || script.get('hold') === 'true') return;
    try {
      const ends = Date.parse(pod.status!.startTime!) + numberOf(script, 'run-milliseconds', 0);
      const end = (): void => void this.#end(pod, script).catch((error: unknown) => this.#failedTo(pod, error));
      this.#timers.set(uid, setTimeout(end, Math.max(0, ends - Date.now())));
    } catch (error) {
      this.#failedTo(pod, error);
    }
  }

  #cancel(uid: string): void {
    clearTimeout(this.#timers.get(uid));
    this.#timers.delete(uid);
  }

  async #end(pod: Pod, script: ReadonlyMap<string, string>): Promise<void> {
    const uid = pod.metadata.uid!;
    this.#timers.delete(uid);
    const node = await this.#client.get({ ...NODE, name: pod.spec.nodeName! });
    if (node === undefined || this.#stopped) return;
    if (node.metadata.labels?.[MANAGED.key] !== MANAGED.value) {
      // Its kubelet would say so when it is back; nothing else happens to the pod then.
      if (!this.#timers.has(uid))
        this.#timers.set(
          uid,
          setTimeout(() => this.consider(pod), DOWN_MILLIS),
        );
      return;
    }
    this.#ended.add(uid);
    const work = workOf(pod);
    const failed = this.#failed.get(work) ?? 0;
    const ending = endingOf(pod, script, failed);
    if (ending.exitCode !== 0) this.#failed.set(work, failed + 1);
    await reportTaskResult(this.#client, pod, ending);
    const ref = { ...POD, name: pod.metadata.name, namespace: pod.metadata.namespace };
    await this.#client.patch(ref, endedStatus(pod, ending), { type: 'strategic', subresource: 'status' });
  }

  #failedTo(pod: Pod, error: unknown): void {
    // Deleted, or the namespace, in between.
    if (this.#stopped || (error instanceof ApiError && error.status === 404)) return;
    this.#log(`scripted pod ${pod.metadata.namespace}/${pod.metadata.name}: ${String(error)}`);
  }
}

/** Argo's own containers beside the one that works. */
const HELPERS = new Set(['wait', 'init']);

/** What a kubelet writes when all containers of the pod have ended. */
function endedStatus(pod: Pod, { exitCode, reason, message }: Ending) {
  const now = new Date().toISOString();
  const phase = exitCode === 0 ? 'Succeeded' : 'Failed';
  const condition = {
    status: 'False',
    reason: `Pod${exitCode === 0 ? 'Completed' : 'Failed'}`,
    lastTransitionTime: now,
  };
  const containerStatuses = (pod.status?.containerStatuses ?? []).map((status) => {
    const ending = HELPERS.has(status.name) ? { exitCode: 0, reason: 'Completed' } : { exitCode, reason, message };
    const startedAt = status.state?.running?.startedAt ?? now;
    const terminated = { ...ending, startedAt, finishedAt: now };
    return { ...status, ready: false, started: false, state: { terminated } };
  });
  const conditions = ['ContainersReady', 'Ready'].map((type) => ({ type, ...condition }));
  return { status: { phase, conditions, containerStatuses } };
}
