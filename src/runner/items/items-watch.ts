import type { KubernetesObject } from '../../cluster/objects.ts';
import { DELETED, type PodView, vanished, viewPod } from '../cluster/pod-view.ts';
import { Watches, type WatchesOptions } from '../cluster/watches.ts';
import { failed } from '../failure.ts';
import { specOf } from './item-pod.ts';

export interface ItemsWatchOptions extends WatchesOptions {
  readonly labelSelector: string;
  /** Whose program counts. */
  readonly container: string;
  /** A pod that is there at the start; `spec`: the hash of what was asked for. */
  readonly first: (pod: PodView, spec: string | undefined) => void;
  readonly changed: (pod: PodView) => void;
}

/** One list and one watch for all pods of a folder. Resolves when what is there at the start has been told, or nobody looks any more. */
export async function watchItemPods(options: ItemsWatchOptions): Promise<void> {
  const { client, labelSelector, container, first, changed } = options;
  let isSynced = false;
  const query = { apiVersion: 'v1', kind: 'Pod', namespace: client.namespace, labelSelector };
  const handle = (type: string, object: KubernetesObject): void => {
    const pod = view(type, object, container);
    if (isSynced) changed(pod);
    else first(pod, specOf(object));
  };
  const synced = (): void => {
    isSynced = true;
  };
  try {
    await new Watches(options).follow(query, handle, synced);
  } catch (error) {
    if (!options.signal.aborted) throw error;
  }
}

function view(type: string, object: KubernetesObject, container: string): PodView {
  const pod = viewPod(object, container);
  if (type === 'DELETED') return vanished(pod);
  // Somebody deletes it: what the program made of the signal is not an end of its own.
  const isTaken = pod.deleting && pod.outcome?.kind === 'failed';
  return isTaken ? { ...pod, outcome: failed({ kind: 'disrupted', reason: DELETED }) } : pod;
}
