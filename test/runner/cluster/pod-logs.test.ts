import { expect, test } from 'vitest';
import type { Clock } from '../../../src/runner/clock.ts';
import { PodLogs } from '../../../src/runner/cluster/pod-logs.ts';
import { viewPod } from '../../../src/runner/cluster/pod-view.ts';
import { type Answer, fakeServer, status, stream } from '../../cluster-client/fake-server.ts';

const line = (number: number): string => `2026-01-01T00:00:0${number}.000000001Z line ${number}\n`;

const pod = viewPod({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'words-0', uid: 'uid' },
  status: {
    phase: 'Succeeded',
    containerStatuses: [
      {
        name: 'main',
        state: {
          terminated: { exitCode: 0, startedAt: '2026-01-01T00:00:00Z', finishedAt: '2026-01-01T00:00:09Z' },
        },
      },
    ],
  },
});

/** All waiting is over at once. */
const clock: Clock = {
  now: () => 0,
  after(_millis, callback) {
    setImmediate(callback);
    return () => {};
  },
};

/** What is in the log of an ended pod when the API server answers so, and how often it was asked. */
async function collected(...answers: Answer[]): Promise<{ readonly text: string; readonly requests: number }> {
  const server = await fakeServer(...answers);
  const logs = new PodLogs({ client: await server.client(), clock });
  let text = '';
  const write = async (bytes: Uint8Array): Promise<void> => {
    text += Buffer.from(bytes).toString();
  };
  await logs.collect(
    pod,
    async () => ({ write }),
    async () => {},
  );
  return { text, requests: server.received.length };
}

test('the log of a short pod is one request', async () => {
  expect(await collected(stream([line(1) + line(2)]))).toEqual({ text: 'line 1\nline 2\n', requests: 1 });
});

test('what ends in the middle of a line is asked for again, since nobody may have said that it was cut', async () => {
  const half = (line(1) + line(2)).slice(0, -3);
  expect(await collected(stream([half]), stream([line(1) + line(2)]))).toEqual({
    text: 'line 1\nline 2\n',
    requests: 2,
  });
  // The answer to that may be cut as well, even before it comes to where the first one had ended.
  const less = line(1).slice(0, 40);
  expect(await collected(stream([half]), stream([less]), stream(['2026-']), stream([line(1) + line(2)]))).toEqual({
    text: 'line 1\nline 2\n',
    requests: 4,
  });
  expect((await collected(stream([half]), ...Array.from({ length: 5 }, () => stream([less])))).text).toBe(
    'line 1\nline\npodloom: the log may be cut here: what follows could not be read\n',
  );
  // A program may end so.
  expect(await collected(stream([half]), stream([half]))).toEqual({ text: 'line 1\nline', requests: 2 });
});

test('and what came over a while', async () => {
  const slowly: Answer = (response) => {
    response.writeHead(200).write(line(1));
    setTimeout(() => response.end(line(2)), 300);
  };
  const all = stream([line(1) + line(2) + line(3)]);
  expect(await collected(slowly, all)).toEqual({ text: 'line 1\nline 2\nline 3\n', requests: 2 });
  const endsLate: Answer = (response) => {
    response.writeHead(200).write(line(1) + line(2));
    setTimeout(() => response.end(), 300);
  };
  expect(await collected(endsLate, all)).toEqual({ text: 'line 1\nline 2\nline 3\n', requests: 2 });
});

test('a log that cannot be read is marked', async () => {
  const gone = await collected(status(404, { reason: 'NotFound', message: 'pods "words-0" not found' }));
  expect(gone.text).toBe('podloom: the log is lost: the pod is gone\n');
  const lost = await collected(status(404, { reason: 'NotFound', message: 'nodes "n-1" not found' }));
  expect(lost.text).toBe('podloom: the log is lost: its node is gone\n');
});

test('not being known says nothing about a log', async () => {
  // Each request is sent again with credentials that were read again.
  const unknown = Array.from({ length: 14 }, () => status(401, { reason: 'Unauthorized', message: 'Unauthorized' }));
  await expect(collected(...unknown)).rejects.toMatchObject({ status: 401 });
});
