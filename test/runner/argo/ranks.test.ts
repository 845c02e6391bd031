import { describe, expect, test } from 'vitest';
import { aTask } from '../../rig/ir.ts';
import { until } from '../rig/manual-clock.ts';
import { followHere } from './follow-here.ts';
import { line, pod, start, time, told, workflow } from './made-objects.ts';

describe('ranks', () => {
  const tasks = [aTask({ name: 'r', replicas: 2 })];
  const job = (name: string, status: object) => ({
    metadata: { name, uid: name, labels: { 'podloom.dev/task': 'r' } },
    ...{ spec: { completionMode: 'Indexed' }, status },
  });
  const failedJob = { conditions: [{ type: 'Failed', status: 'True', reason: 'PodFailurePolicy' }] };

  test('print into one log, each line with its rank; the next Job of Argo is the next attempt', async () => {
    const { cluster, run } = await start(tasks, (there) => {
      there.put('workflows', workflow('Running', { r: ['Running', { type: 'Retry' }], 'r(0)': 'Running' }));
      there.put('jobs', job('one', failedJob));
      there.put('pods', pod('r', 'a0', { job: 'one', index: 0, code: 137 }));
      there.put('pods', pod('r', 'a1', { job: 'one', index: 1, code: 4 }));
      for (const name of ['a0', 'a1', 'b0', 'b1']) there.logs.set(`run-1-${name}`, line(name));
    });
    await until(() => cluster.asked.length === 2);
    expect(told(run)).toEqual([]);
    const later = (name: string, index: number) => {
      const made = pod('r', name, { job: 'two', index, code: 0 });
      return { ...made, metadata: { ...made.metadata, creationTimestamp: time(9) } };
    };
    cluster.put('pods', later('b0', 0));
    cluster.put('pods', later('b1', 1));
    await until(() => told(run).length === 1);
    cluster.put('jobs', job('two', { conditions: [{ type: 'Complete', status: 'True' }], succeeded: 2 }));
    cluster.put('workflows', workflow('Succeeded', { r: ['Succeeded', { type: 'Retry' }] }));
    expect((await run.result).exitCode).toBe(0);
    expect(told(run)).toEqual(['item-failed r/main 1 exit again', 'item-succeeded r/main 2']);
    const files = await run.files();
    expect(Object.keys(files)).toEqual(['r/attempts/main.1.err', 'r/main.log']);
    const sorted = (text = ''): string[] => text.trimEnd().split('\n').sort();
    expect(sorted(files['r/attempts/main.1.err'])).toEqual(['[0] a0', '[1] a1', 'podloom: exit code 137 of rank 0']);
    expect(sorted(files['r/main.log'])).toEqual(['[0] b0', '[1] b1']);
  });

  test('are known again by the next runner', async () => {
    const { cluster, folder, pipeline, run } = await start(tasks, (there) => {
      there.put('workflows', workflow('Failed', { r: 'Failed' }));
      there.put('jobs', job('one', failedJob));
      for (const index of [0, 1]) {
        there.put('pods', pod('r', `a${index}`, { job: 'one', index, code: 4 }));
        there.logs.set(`run-1-a${index}`, line('x'));
      }
    });
    expect((await run.result).exitCode).toBe(1);
    const asked = cluster.asked.length;
    const next = followHere(cluster, pipeline, folder);
    expect(await next.result).toMatchObject({ exitCode: 1, summary: { tasks: [{ failed: 1, open: 0 }] } });
    expect(cluster.asked).toHaveLength(asked);
    expect(await next.attempts()).toBe(1);
  });
});
