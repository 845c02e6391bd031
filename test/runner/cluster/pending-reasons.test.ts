import { expect, test } from 'vitest';
import { PendingReasons } from '../../../src/runner/cluster/pending-reasons.ts';
import { ManualClock } from '../rig/manual-clock.ts';

/** What is told of pods with these words of kube-scheduler 1.36. */
function told(...messages: readonly string[]): { readonly [reason: string]: number } {
  const clock = new ManualClock();
  let reasons: ReadonlyMap<string, number> = new Map();
  const pending = new PendingReasons(clock, (now) => {
    reasons = now;
  });
  for (const [pod, message] of messages.entries()) pending.set(`pod-${pod}`, { reason: 'Unschedulable', message });
  clock.advance(2000);
  return Object.fromEntries(reasons);
}

test('why pods fit on no node, without numbers of nodes and what was tried afterwards', () => {
  expect(
    told(
      '0/40 nodes are available: 10 Insufficient cpu, 30 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/40 nodes are available: 40 Preemption is not helpful for scheduling.',
      '0/41 nodes are available: 11 Insufficient cpu, 30 node(s) had untolerated taint(s). preemption: 0/41 nodes are available: 41 Preemption is not helpful for scheduling.',
      '0/40 nodes are available: 40 Insufficient memory.',
    ),
  ).toEqual({
    'Unschedulable: Insufficient cpu, node(s) had untolerated taint(s).': 2,
    'Unschedulable: Insufficient memory.': 1,
  });
});
