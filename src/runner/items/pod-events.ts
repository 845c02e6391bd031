import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';

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

/** RFC 3339, in UTC, so that text order is time order. */
function timeOf({ lastTimestamp, eventTime, metadata }: PodEvent): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}
