import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';

/** Events of an object that are shown. */
const MOST_EVENTS = 10;

/** kube-scheduler 1.36 says so of a pod that is being deleted: that is no reason why it did not run. */
const SKIPPED = /^skip schedule deleting pod: /;

/** An event of Kubernetes (core/v1), as far as it says why. */
export interface ClusterEvent extends KubernetesObject {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
}

/**
 * The last ten events of an object, oldest first, those that say the same as one; with `reason` only those. None when they may not be
 * read or the API server does not answer: they only explain.
 */
export async function eventsAbout(
  client: KubernetesClient,
  uid: string,
  reason?: string,
): Promise<readonly ClusterEvent[]> {
  const fieldSelector = `involvedObject.uid=${uid}${reason === undefined ? '' : `,reason=${reason}`}`;
  const query = { apiVersion: 'v1', kind: 'Event', namespace: client.namespace, fieldSelector };
  try {
    const { items } = await client.list<ClusterEvent>(query);
    const events = items.filter(({ message = '' }) => !SKIPPED.test(message));
    return together(events.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))).slice(-MOST_EVENTS);
  } catch {
    return [];
  }
}

/** Events that say the same, where the last of them was. */
function together(events: readonly ClusterEvent[]): ClusterEvent[] {
  const last = new Map<string, ClusterEvent>();
  for (const event of events) {
    const { type, reason, message } = event;
    const key = JSON.stringify([type, reason, message]);
    const count = (last.get(key)?.count ?? 0) + (event.count ?? 1);
    last.delete(key);
    last.set(key, { ...event, count });
  }
  return [...last.values()];
}

/** An event as one line. */
export function lineOf({ type = '', reason = '', message = '', count = 1 }: ClusterEvent): string {
  const times = count > 1 ? ` (${count} times)` : '';
  return `${type} ${reason}: ${message.replace(/\s*\n\s*/g, ' ')}${times}`;
}

/** RFC 3339, in UTC, so that text order is time order. */
function timeOf({ lastTimestamp, eventTime, metadata }: ClusterEvent): string {
  return lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';
}
