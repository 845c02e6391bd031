import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import { DELETED, type PodView, vanished, viewPod } from '../cluster/pod-view.ts';
import { failed } from '../failure.ts';
import { specOf } from './item-pod.ts';

export interface ItemsWatchOptions {
  readonly client: KubernetesClient;
  readonly labelSelector: string;
  /** Whose program counts. */
  readonly container: string;
  readonly signal: AbortSignal;
  /** A pod that is there at the start; `spec`: the hash of what was asked for. */
  readonly first: (pod: PodView, spec: string | undefined) => void;
  readonly changed: (pod: PodView) => void;
  /** The connection was lost, or (undefined) is there again. */
  readonly onConnection: (problem: string | undefined) => void;
  /** The watch is over for a reason that no waiting cures. */
  readonly onError: (error: unknown) => void;
}

/** One list and one watch for all pods of a folder. Resolves when what is there at the start has been told. */
export async function watchItemPods(options: ItemsWatchOptions): Promise<void> {
  const { client, labelSelector, container, signal, first, changed, onError } = options;
  const synced = Promise.withResolvers<void>();
  let isSynced = false;
  let isLost = false;
  const tell = (problem: string | undefined): void => {
    if (isLost !== (problem !== undefined)) options.onConnection(problem);
    isLost = problem !== undefined;
  };
  const query = { apiVersion: 'v1', kind: 'Pod', namespace: client.namespace, labelSelector };
  const follow = async (): Promise<void> => {
    const events = client.follow(query, {
      signal,
      onSynced: () => {
        isSynced = true;
        synced.resolve();
      },
      onLost: (error) => tell(error.message),
    });
    for await (const { type, object } of events) {
      tell(undefined);
      const pod = view(type, object, container);
      if (isSynced) changed(pod);
      else first(pod, specOf(object));
    }
    synced.resolve();
  };
  follow().catch((error: unknown) => {
    synced.reject(error);
    onError(error);
  });
  await synced.promise;
}

function view(type: string, object: KubernetesObject, container: string): PodView {
  const pod = viewPod(object, container);
  if (type === 'DELETED') return vanished(pod);
  // Somebody deletes it: what the program made of the signal is not an end of its own.
  const isTaken = pod.deleting && pod.outcome?.kind === 'failed';
  return isTaken ? { ...pod, outcome: failed({ kind: 'disrupted', reason: DELETED }) } : pod;
}
