import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject, ObjectRef } from '../../cluster/objects.ts';
import type { Clock } from '../clock.ts';
import { patiently, pause } from './patience.ts';

const LOOK_MILLIS = 500;

/** Where waiting is done. */
export interface Waiting {
  readonly client: KubernetesClient;
  readonly clock: Clock;
  /** Ends it: what is waited for has not come. */
  readonly signal: AbortSignal;
}

/** Ends a Job and its pods, through lost connections. One that is gone already is as it should be. */
export async function removeJob({ client, clock, signal }: Waiting, namespace: string, name: string): Promise<void> {
  await patiently(clock, signal, () => client.delete({ apiVersion: 'batch/v1', kind: 'Job', namespace, name }));
}

/** Waits until an object that is being deleted has gone. Resolves at once when another of its name is there. */
export async function untilGone({ client, clock, signal }: Waiting, object: KubernetesObject): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const ref: ObjectRef = { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
  for (;;) {
    const now = await patiently(clock, signal, () => client.get(ref));
    if (now === undefined || now.metadata.uid !== metadata.uid) return;
    await pause(clock, LOOK_MILLIS, signal);
    signal.throwIfAborted();
  }
}
