import { expect, test } from 'vitest';
import type { Failure } from '../../src/runner/failure.ts';
import { LinePrefix } from '../../src/runner/line-prefix.ts';
import { runAttempt } from '../../src/runner/local/attempt.ts';
import type { ProcessEnd, Processes } from '../../src/runner/local/processes.ts';
import { ManualClock, until } from './rig/manual-clock.ts';

/** Processes that end when they get the signal they obey. */
function fakeProcesses(obeys: 'SIGTERM' | 'SIGKILL') {
  const signals: string[] = [];
  const processes: Processes = {
    start() {
      const end = Promise.withResolvers<ProcessEnd>();
      const signal = (name: 'SIGTERM' | 'SIGKILL'): void => {
        signals.push(name);
        if (name === obeys) end.resolve({ kind: 'signal', signal: name });
      };
      return { output: (async function* () {})(), ended: end.promise, signal };
    },
    freePort: async () => 1,
    close: async () => {},
  };
  return { processes, signals };
}

function attempt(obeys: 'SIGTERM' | 'SIGKILL', timeoutSeconds: number | undefined) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const { processes, signals } = fakeProcesses(obeys);
  const outcome = runAttempt({
    specs: [{ argv: ['x'], environment: {}, cwd: '/' }],
    ...{ timeoutSeconds, graceSeconds: 10, clock, processes, stop: stop.signal },
    log: { write: async () => {} },
  });
  return { clock, stop, signals, outcome };
}

test('the timeout sends SIGTERM, and SIGKILL after the grace period', async () => {
  const { clock, signals, outcome } = attempt('SIGKILL', 60);
  clock.advance(59_999);
  expect(signals).toEqual([]);
  clock.advance(1);
  expect(signals).toEqual(['SIGTERM']);
  clock.advance(9_999);
  expect(signals).toEqual(['SIGTERM']);
  clock.advance(1);
  expect(signals).toEqual(['SIGTERM', 'SIGKILL']);
  expect(await outcome).toEqual({ kind: 'failed', failure: { kind: 'timeout', seconds: 60 } });
  expect(clock.pending).toEqual([]);
});

test('one that obeys is not killed, and no timer stays', async () => {
  const { clock, stop, signals, outcome } = attempt('SIGTERM', undefined);
  const failure: Failure = { kind: 'interrupted' };
  stop.abort(failure);
  expect(await outcome).toEqual({ kind: 'failed', failure });
  await until(() => clock.pending.length === 0);
  expect(signals).toEqual(['SIGTERM']);
});

test('lines of ranks are put together whole, however they arrive', () => {
  const lines = new LinePrefix('[1] ');
  const pieces = ['a', 'b\nc', '\n\nd', ''].map((text) => Buffer.from(lines.push(Buffer.from(text))).toString());
  expect(pieces).toEqual(['', '[1] ab\n', '[1] c\n[1] \n', '']);
  expect(Buffer.from(lines.flush()).toString()).toBe('[1] d\n');
});
