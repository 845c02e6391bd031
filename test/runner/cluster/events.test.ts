import { expect, test } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { type ClusterEvent, eventsAbout, lineOf } from '../../../src/runner/cluster/events.ts';

const event = (second: number, message: string, count?: number): ClusterEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `e${second}` },
  ...{ type: 'Warning', reason: 'FailedScheduling', message, lastTimestamp: `2026-01-01T00:00:0${second}Z` },
  ...(count !== undefined && { count }),
});

async function lines(items: readonly ClusterEvent[]): Promise<string[]> {
  const client = { namespace: 'here', list: async () => ({ items, resourceVersion: '1' }) };
  return (await eventsAbout(client as unknown as KubernetesClient, 'uid')).map(lineOf);
}

test('events that say the same are one, in the order of their last times', async () => {
  expect(await lines([event(3, 'no room', 2), event(1, 'no room'), event(2, 'no\n  volume')])).toEqual([
    'Warning FailedScheduling: no volume',
    'Warning FailedScheduling: no room (3 times)',
  ]);
});

test('that a pod is skipped because it is being deleted is no reason', async () => {
  expect(await lines([event(1, 'no room'), event(2, 'skip schedule deleting pod: here/words-map-0-abcde')])).toEqual([
    'Warning FailedScheduling: no room',
  ]);
});
