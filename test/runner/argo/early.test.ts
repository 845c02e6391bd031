import { expect, test } from 'vitest';
import { aPipeline, aTask } from '../../rig/ir.ts';
import { until } from '../rig/manual-clock.ts';
import { FakeCluster } from './fake-cluster.ts';
import { followHere, temporaryRuns } from './follow-here.ts';
import { line, pod, start, told, workflow } from './made-objects.ts';

const TASKS = [aTask({ name: 'train' })];
const NOT_FOUND = { message: 'workflowtemplates.argoproj.io "example" not found' };
/** Waits double from half a second, and this clock holds back what is longer than 5 seconds. */
const MOST = 5;

/** The Workflow with that uid ends before anything of it has run. */
function endEarly(cluster: FakeCluster, uid: string, status: object = NOT_FOUND): void {
  const made = workflow('Error', {}, status);
  cluster.put('workflows', { ...made, metadata: { ...made.metadata, uid } });
}

const uidNow = (cluster: FakeCluster): string | undefined => cluster.get('workflows', 'run-1')?.metadata.uid;

test('a Workflow that came before Argo knew its template is made again, and the run is that one', async () => {
  const { cluster, run } = await start(TASKS);
  await until(() => uidNow(cluster) === 'uid-run-1');
  endEarly(cluster, 'uid-run-1');
  await until(() => uidNow(cluster) === 'uid-run-1-2');
  endEarly(cluster, 'uid-run-1-2');
  await until(() => uidNow(cluster) === 'uid-run-1-3');
  cluster.logs.set('run-1-train', line('trained'));
  cluster.put('pods', pod('train', 'train', { code: 0 }));
  const made = workflow('Succeeded', { train: 'Succeeded' });
  cluster.put('workflows', { ...made, metadata: { ...made.metadata, uid: 'uid-run-1-3' } });
  expect((await run.result).exitCode).toBe(0);
  expect(told(run).filter((each) => each.startsWith('item-succeeded'))).toEqual(['item-succeeded train/main 1']);
  expect(cluster.asked.filter((each) => / workflows\//.test(each))).toEqual([
    'POST workflows/',
    ...['DELETE workflows/run-1', 'POST workflows/'],
    ...['DELETE workflows/run-1', 'POST workflows/'],
  ]);
  expect(run.reported).toEqual([]);
});

test('a few times only', async () => {
  const { cluster, run } = await start(TASKS);
  for (let made = 1; made <= MOST + 1; made++) {
    const uid = made === 1 ? 'uid-run-1' : `uid-run-1-${made}`;
    await until(() => {
      run.clock.elapse();
      return uidNow(cluster) === uid;
    });
    endEarly(cluster, uid);
  }
  const { exitCode, summary } = await run.result;
  expect(exitCode).toBe(1);
  expect(summary?.tasks[0]).toMatchObject({ status: 'neverRan', reason: NOT_FOUND.message });
});

test('one that an earlier runner left so is made again too', async () => {
  const cluster = await FakeCluster.start();
  endEarly(cluster, 'w');
  const run = followHere(cluster, aPipeline({ tasks: TASKS }), await temporaryRuns());
  await until(() => uidNow(cluster) === 'uid-run-1');
  run.interrupt.abort(new Error('Ctrl-C'));
  expect((await run.result).exitCode).toBe(130);
  expect(run.reported).toEqual([]);
});

test.each<[string, object]>([
  ['of another error', { message: 'invalid spec: templates.main: nothing to run' }],
  [
    'of which something has run',
    {
      ...NOT_FOUND,
      nodes: { a: { id: 'a', name: 'run-1.train', displayName: 'train', type: 'Pod', phase: 'Error' } },
    },
  ],
])('one %s stays as it is', async (_what, status) => {
  const { cluster, run } = await start(TASKS);
  await until(() => uidNow(cluster) === 'uid-run-1');
  endEarly(cluster, 'uid-run-1', status);
  expect((await run.result).exitCode).toBe(1);
  expect(cluster.asked.filter((each) => each.startsWith('DELETE'))).toEqual([]);
});

test('one that has ended is told of, and said to run nothing again', async () => {
  const { run } = await start(TASKS, (made) => made.put('workflows', workflow('Failed', { train: 'Failed' })));
  expect((await run.result).exitCode).toBe(1);
  expect(run.reported).toEqual(['PL466']);
});
