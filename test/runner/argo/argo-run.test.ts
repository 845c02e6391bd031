import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { anEdge, aPipeline, aTable, aTask } from '../../rig/ir.ts';
import { until } from '../rig/manual-clock.ts';
import { FakeCluster } from './fake-cluster.ts';
import { followHere, temporaryRuns } from './follow-here.ts';
import { line, pod, start, told, workflow } from './made-objects.ts';

interface Recorded {
  readonly workflow: { readonly metadata: { readonly name: string }; readonly status: { readonly nodes: object } };
  readonly pods: readonly { readonly metadata: { readonly name: string } }[];
  readonly jobs: readonly object[];
  readonly logs: { readonly [pod: string]: string };
}

const recorded = JSON.parse(readFileSync(join(import.meta.dirname, 'recorded-run.json'), 'utf8')) as Recorded;

/** The pipeline of the recorded run, as far as a follower looks at it. */
const KINDS: Pipeline = aPipeline({
  name: 'kinds',
  tasks: [
    aTask({
      name: 'first',
      outputs: [
        { kind: 'value', name: 'answer', type: 'number' },
        { kind: 'list', name: 'words', shape: { kind: 'scalar' }, maxItems: 5 },
      ],
    }),
    aTask({ name: 'loop', after: [anEdge('first')], forEach: aTable(['good', 'bad', 'b c/d']) }),
    aTask({
      name: 'words',
      after: [anEdge('first')],
      forEach: {
        items: { kind: 'output', task: 'first', output: 'words', shape: { kind: 'scalar' } },
        batch: 1,
        itemsPerPod: 1,
      },
    }),
    aTask({
      name: 'fan',
      after: [anEdge('first')],
      forEach: aTable(['a', 'b', 'c', 'd', 'e'], { itemsPerPod: 2 }),
      maxFailed: { kind: 'count', count: 1 },
    }),
    aTask({ name: 'answer', after: [anEdge('fan')] }),
    aTask({ name: 'skipped' }),
    aTask({ name: 'handler', after: [anEdge('fan', 'failed')] }),
    aTask({ name: 'clean', phase: 'exit' }),
  ],
});

describe('a recorded run', () => {
  function replay(cluster: FakeCluster): void {
    const status = recorded.workflow.status;
    cluster.put('workflows', {
      metadata: { ...recorded.workflow.metadata, name: 'run-1', labels: { 'podloom.dev/pipeline': 'kinds' } },
      status,
    });
    for (const object of recorded.jobs) cluster.put('jobs', object);
    for (const object of recorded.pods) cluster.put('pods', object);
    for (const [name, log] of Object.entries(recorded.logs)) cluster.logs.set(name, log);
  }

  test('becomes the same files as of a run of Jobs, without a word of the executor', async () => {
    const cluster = await FakeCluster.start();
    replay(cluster);
    const run = followHere(cluster, KINDS, await temporaryRuns());
    const { exitCode, summary } = await run.result;
    expect(exitCode).toBe(1);
    expect(
      summary?.tasks.map(({ name, status, total, succeeded, failed, reason }) => [
        name,
        status,
        total,
        succeeded,
        failed,
        reason,
      ]),
    ).toEqual([
      ['first', 'succeeded', 1, 1, 0, undefined],
      ['loop', 'failed', 3, 2, 1, undefined],
      ['words', 'succeeded', 2, 2, 0, undefined],
      ['fan', 'succeeded', 5, 4, 1, undefined],
      ['answer', 'succeeded', 1, 1, 0, undefined],
      ['skipped', 'skipped', 0, 0, 0, 'its `when` does not hold'],
      ['handler', 'neverRan', 0, 0, 0, 'it needs "fan" failed, and that was succeeded'],
      ['clean', 'succeeded', 1, 1, 0, undefined],
    ]);
    const mine = 'time="2026-01-01T00:00:00.000Z" level=info msg=mine\n';
    expect(await run.files()).toEqual({
      '_outputs/first/answer': '42',
      '_outputs/first/words': '["x","y z"]',
      'answer/main.log': 'the answer is 42\n',
      'clean/main.log': 'cleaned Failed\n',
      'fan/a.log': 'fan a 0\n',
      'fan/b.log': 'fan b 1\n',
      'fan/c.err': 'fan c 2\npodloom: exit code 1\n',
      'fan/d.log': 'fan d 3\n',
      'fan/e.log': 'fan e 4\n',
      'first/main.log': 'first\nno newline',
      'loop/attempts/bad.1.err': 'to stderr\nitem bad\npodloom: exit code 3\n',
      'loop/b-c-d-8b96e71261e9.log': 'item b c/d\nto stderr\n',
      'loop/bad.err': 'item bad\nto stderr\npodloom: exit code 3\n',
      'loop/good.log': 'item good\nto stderr\n',
      'words/x.log': `word x\n${mine}`,
      'words/y-z-b86b3b95bf76.log': `word y z\n${mine}`,
    });
  });

  test('is told of again by the next runner, which reads no log and writes nothing down', async () => {
    const cluster = await FakeCluster.start();
    replay(cluster);
    const folder = await temporaryRuns();
    const first = followHere(cluster, KINDS, folder);
    await first.result;
    const [files, attempts, asked] = [await first.files(), await first.attempts(), cluster.asked.length];
    const second = followHere(cluster, KINDS, folder);
    const { exitCode, summary } = await second.result;
    expect(exitCode).toBe(1);
    expect(summary?.tasks.map(({ kept, failed }) => [kept, failed])).toEqual([
      [1, 0],
      [2, 1],
      [2, 0],
      [4, 1],
      [1, 0],
      [0, 0],
      [0, 0],
      [1, 0],
    ]);
    expect(told(second).sort()).toEqual(['item-failed fan/c 1 exit', 'item-failed loop/bad 2 exit']);
    expect(await second.files()).toEqual(files);
    expect(await second.attempts()).toBe(attempts);
    expect(cluster.asked).toHaveLength(asked);
  });

  test('with compressed nodes is the same', async () => {
    const cluster = await FakeCluster.start();
    replay(cluster);
    const json = JSON.stringify(recorded.workflow.status.nodes);
    const found = cluster.get('workflows', 'run-1') as object;
    cluster.put('workflows', {
      ...found,
      status: { phase: 'Failed', compressedNodes: gzipSync(json).toString('base64') },
    });
    const run = followHere(cluster, KINDS, await temporaryRuns());
    expect((await run.result).exitCode).toBe(1);
    expect(Object.keys(await run.files())).toHaveLength(16);
  });
});

test('a Workflow is made with the name, the parameters and the version of the run', async () => {
  const { cluster, run } = await start([aTask({ name: 'a' })]);
  await until(() => cluster.get('workflows', 'run-1') !== undefined);
  expect(cluster.get('workflows', 'run-1')).toMatchObject({
    metadata: { name: 'run-1', labels: { 'podloom.dev/run': 'run-1' }, annotations: { 'podloom.dev/spec': 'v1' } },
  });
  run.interrupt.abort(new Error('Ctrl-C'));
  expect((await run.result).exitCode).toBe(130);
});

test('a failed attempt waits for what Argo decides', async () => {
  const { cluster, run } = await start([aTask({ name: 'a' })], (there) => {
    there.put('workflows', workflow('Running', { a: ['Running', { type: 'Retry' }], 'a(0)': 'Running' }));
    there.put('pods', pod('a', 'a(0)', { code: 3 }));
    there.logs.set('run-1-a-0-', line('one'));
  });
  await until(() => cluster.asked.includes('GET pods/run-1-a-0-'));
  expect(told(run)).toEqual([]);
  cluster.put(
    'workflows',
    workflow('Running', { a: ['Running', { type: 'Retry' }], 'a(0)': 'Failed', 'a(1)': 'Pending' }),
  );
  await until(() => told(run).length === 1);
  cluster.logs.set('run-1-a-1-', line('two'));
  cluster.put('pods', pod('a', 'a(1)', { code: 3 }));
  await until(() => cluster.asked.includes('GET pods/run-1-a-1-'));
  cluster.put(
    'workflows',
    workflow('Failed', { a: ['Failed', { type: 'Retry' }], 'a(0)': 'Failed', 'a(1)': 'Failed' }),
  );
  expect((await run.result).exitCode).toBe(1);
  expect(told(run)).toEqual(['item-failed a/main 1 exit again', 'item-failed a/main 2 exit']);
  expect(await run.files()).toEqual({
    'a/attempts/main.1.err': 'one\npodloom: exit code 3\n',
    'a/main.err': 'two\npodloom: exit code 3\n',
  });
});

test('items whose pods are gone have a log that says so, and those that never started say why', async () => {
  const { run } = await start([aTask({ name: 'a', forEach: aTable(['x', 'y', 'z']) })], (there) => {
    const nodes = {
      a: ['Error', { type: 'TaskGroup' }],
      'a(0:0)': 'Succeeded',
      'a(1:1)': ['Error', { message: 'pods "y" is forbidden: exceeded quota' }],
    } as const;
    there.put('workflows', workflow('Error', nodes));
  });
  expect((await run.result).exitCode).toBe(1);
  expect(await run.files()).toEqual({
    'a/x.log': 'podloom: the log is lost: the pod was removed before it could be read\n',
    'a/y.err': 'podloom: never started: pods "y" is forbidden: exceeded quota\n',
    'a/z.err': 'podloom: never started: Argo ended the task before it\n',
  });
});

test('pods of a list wait until Argo tells what is in it', async () => {
  const output = { kind: 'list', name: 'l', shape: { kind: 'scalar' }, maxItems: 5 } as const;
  const items = { kind: 'output', task: 'a', output: 'l', shape: { kind: 'scalar' } } as const;
  const tasks = [
    aTask({ name: 'a', outputs: [output] }),
    aTask({ name: 'b', after: [anEdge('a')], forEach: { items, batch: 1, itemsPerPod: 1 } }),
  ];
  const { cluster, run } = await start(tasks, (there) => {
    there.put('workflows', workflow('Running', { a: 'Running' }));
    there.put('pods', pod('a', 'a', { code: 0 }));
    there.put('pods', pod('b', 'b(0:0)', { index: 0, code: 0 }));
    for (const name of ['run-1-a', 'run-1-b-0-0-']) there.logs.set(name, line(name));
  });
  await until(() => told(run).includes('item-succeeded a/main 1'));
  const outputs = { parameters: [{ name: 'l', value: '["only"]' }] };
  const nodes = {
    a: ['Succeeded', { outputs }],
    b: ['Succeeded', { type: 'TaskGroup' }],
    'b(0:0)': 'Succeeded',
  } as const;
  cluster.put('workflows', workflow('Succeeded', nodes));
  expect((await run.result).exitCode).toBe(0);
  expect(await run.files()).toMatchObject({ 'b/only.log': 'run-1-b-0-0-\n', '_outputs/a/l': '["only"]' });
});

test('pods of a Job that go on after their Workflow are left, and marked', async () => {
  const { cluster, run } = await start([aTask({ name: 'a', forEach: aTable(['x', 'y']) })], (there) => {
    const message = "Stopped with strategy 'Terminate'";
    there.put('workflows', workflow('Failed', { a: ['Failed', { message }] }, { message }));
    there.put('jobs', { metadata: { name: 'j', uid: 'j', labels: { 'podloom.dev/task': 'a' } }, spec: {}, status: {} });
    there.put('pods', pod('a', 'x', { job: 'j', index: 0, code: 0 }));
    there.put('pods', pod('a', 'y', { job: 'j', index: 1 }));
    for (const name of ['run-1-x', 'run-1-y']) there.logs.set(name, line(name));
  });
  await until(() => told(run).includes('item-succeeded a/x 1'));
  await until(() => run.clock.waits > 0); // to give the pod up
  cluster.asked.length = 0;
  run.clock.elapse();
  expect((await run.result).exitCode).toBe(1);
  expect(await run.files()).toMatchObject({ 'a/x.log': 'run-1-x\n' });
  expect((await run.files())['a/y.err']).toMatch(
    /^run-1-y\n.*podloom: the cluster took the pod away: the Workflow ended/s,
  );
});

test('a Workflow that someone deletes ends the run as failed', async () => {
  const { cluster, run } = await start([aTask({ name: 'a' })], (there) => {
    there.put('workflows', workflow('Running', { a: 'Running' }));
    there.put('pods', pod('a', 'a'));
  });
  await until(() => told(run).includes('item-started a/main 1'));
  cluster.remove('workflows', 'run-1');
  cluster.remove('pods', 'run-1-a');
  const { exitCode, summary } = await run.result;
  expect(exitCode).toBe(1);
  expect(summary?.tasks).toMatchObject([{ status: 'failed', failed: 1 }]);
});

test('Ctrl-C leaves nothing half, and the next runner has all of it', async () => {
  const tasks = [aTask({ name: 'a' })];
  const { cluster, folder, pipeline, run } = await start(tasks, (there) => {
    there.put('workflows', workflow('Running', { a: ['Running', { type: 'Retry' }], 'a(0)': 'Running' }));
    there.put('pods', pod('a', 'a(0)', { code: 3 }));
    there.logs.set('run-1-a-0-', line('one'));
  });
  await until(() => cluster.asked.includes('GET pods/run-1-a-0-'));
  run.interrupt.abort(new Error('Ctrl-C'));
  expect(await run.result).toMatchObject({ exitCode: 130, summary: { tasks: [{ status: 'interrupted' }] } });
  expect(await run.files()).toEqual({});
  cluster.put('workflows', workflow('Failed', { a: ['Failed', { type: 'Retry' }], 'a(0)': 'Failed' }));
  const next = followHere(cluster, pipeline, folder);
  expect((await next.result).exitCode).toBe(1);
  expect(await next.files()).toEqual({ 'a/main.err': 'one\npodloom: exit code 3\n' });
});

test.each([
  ['PL460', { rerun: 'all' }, () => {}],
  ['PL461', {}, (there: FakeCluster) => there.put('workflows', { metadata: { name: 'run-1', uid: 'w' } })],
  ['PL462', { version: 'v2' }, (there: FakeCluster) => there.put('workflows', workflow('Running', {}))],
  [
    'PL463',
    {},
    (there: FakeCluster) => there.put('workflows', workflow('Running', {}, { offloadNodeStatusVersion: 'fnv:1' })),
  ],
  ['PL465', {}, (there: FakeCluster) => there.removeArgo()],
])('%s', async (code, options, before) => {
  const cluster = await FakeCluster.start();
  before(cluster);
  const run = followHere(cluster, aPipeline({ tasks: [aTask({ name: 'a' })] }), await temporaryRuns(), options);
  expect(await run.result).toEqual({ exitCode: 2, summary: undefined });
  expect(run.reported).toEqual([code]);
  expect(cluster.asked).toEqual([]);
});
