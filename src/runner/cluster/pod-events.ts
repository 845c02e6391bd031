import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import type { LogWriter } from '../state/item-log.ts';

/** Events of a pod that are shown. */
const MOST_EVENTS = 10;

interface PodEvent extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/** What the cluster says of a pod, the last ten events, a line each. Nothing when they may not be read: they only explain. */
export async function eventsOf(client: KubernetesClient, uid: string): Promise<readonly string[]> {
  try {
    const { items } = await client.list<PodEvent>({
      apiVersion: 'v1',
      kind: 'Event',
      namespace: client.namespace,
      fieldSelector: `involvedObject.uid=${uid}`,
    });
    return items
      .toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
      .slice(-MOST_EVENTS)
      .map(({ type = '', reason = '', message = '', count = 1 }) => {
        const times = count > 1 ? ` (${count} times)` : '';
        return `${type} ${reason}: ${message.replace(/\s*\n\s*/g, ' ')}${times}`;
      });
  } catch {
    return [];
  }
}

/** Pods of one task whose events are read: the others have the same to say. */
const MOST_PODS = 20;

/** Writes what the cluster says of pods that never ran their program into their logs, for the first such pods of a task. */
export class PodExplainer {
  readonly #client: KubernetesClient;
  #left = MOST_PODS;

  constructor(client: KubernetesClient) {
    this.#client = client;
  }

  async explain(uid: string, log: LogWriter): Promise<void> {
    if (this.#left === 0) return;
    this.#left--;
    for (const line of await eventsOf(this.#client, uid)) await log.write(Buffer.from(`podloom: event: ${line}\n`));
  }
}

/** RFC 3339, in UTC, so that text order is time order. */
function timeOf({ lastTimestamp, eventTime, metadata }: PodEvent): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}
