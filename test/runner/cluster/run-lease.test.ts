import { expect, test } from 'vitest';
import { ApiError } from '../../../src/cluster/errors.ts';
import { RunHeld, RunLease } from '../../../src/runner/cluster/run-lease.ts';
import { ManualClock } from '../rig/manual-clock.ts';
import { LeaseServer } from './rig/lease-server.ts';

/** One runner of the run. */
function taking(server: LeaseServer, clock: ManualClock, identity: string, dead: readonly string[] = []) {
  const lost: RunHeld[] = [];
  const options = {
    ...{ client: server.client, clock, identity, namespace: 'n', name: 'run' },
    metadata: { name: 'run' },
    isDead: (holder: string) => dead.includes(holder),
    onLost: (error: RunHeld) => lost.push(error),
  };
  return { lost, lease: RunLease.take(options, new AbortController().signal) };
}

/** Lets time pass second by second, and whatever waits for it happen. */
async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1000);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a second runner notices the first, and leaves it alone', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const first = await taking(server, clock, 'a/1/x').lease;
  const second = taking(server, clock, 'b/1/x').lease;
  const refused = expect(second).rejects.toEqual(new RunHeld('a/1/x'));
  await pass(clock, 15);
  await refused;
  await first!.release();
  await expect(taking(server, clock, 'c/1/x').lease).resolves.toBeDefined();
});

test('one that is silent for as long as its lease holds is taken over, and notices when it comes back', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const lone = new LeaseServer(100);
  const first = taking(server, clock, 'a/1/x');
  await first.lease;
  server.cut();
  await pass(clock, 12); // its renewal fails
  const { lease } = server;
  lone.lease = lease; // the other one reaches the server all the while
  const second = taking(lone, clock, 'b/1/x');
  let taken = false;
  void second.lease.then(() => {
    taken = true;
  });
  await pass(clock, 25);
  expect(taken).toBe(false);
  await pass(clock, 10);
  expect(taken).toBe(true);
  expect(lone.lease?.spec['holderIdentity']).toBe('b/1/x');
  server.lease = lone.lease;
  server.fault = undefined;
  await pass(clock, 12);
  expect(first.lost).toEqual([new RunHeld('b/1/x')]);
});

test('a process of this machine that is no more is not waited for', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  await taking(server, clock, 'a/1/x').lease;
  await expect(taking(server, clock, 'a/2/y', ['a/1/x']).lease).resolves.toBeDefined();
  expect(server.lease?.spec['leaseTransitions']).toBe(1);
});

test('a renewal whose answer was lost is no loss of the lease', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  const { lost, lease } = taking(server, clock, 'a/1/x');
  await lease;
  server.lease = { ...server.lease!, metadata: { ...server.lease!.metadata, resourceVersion: 'another' } };
  await pass(clock, 25);
  expect(lost).toEqual([]);
  expect(server.lease.metadata.resourceVersion).not.toBe('another');
});

test('without the right to use Leases the run goes on without', async () => {
  const [server, clock] = [new LeaseServer(), new ManualClock()];
  server.fault = new ApiError('GET', 403, { reason: 'Forbidden' });
  await expect(taking(server, clock, 'a/1/x').lease).resolves.toBeUndefined();
});
