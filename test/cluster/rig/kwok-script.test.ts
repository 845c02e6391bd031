import { describe, expect, test } from 'vitest';
import { withoutDescriptions } from './argo-crds.ts';
import { endingOf, indexOf, type Pod, scriptOf, workOf } from './kwok-script.ts';
import { simulatedPools } from './nodes.ts';

const NODE_NAME = 'workflows.argoproj.io/node-name';

function pod(annotations: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}): Pod {
  const env = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'owner' }];
  const metadata = { name: 'p', namespace: 'n', uid: 'u', annotations, ownerReferences };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'main', env }] } };
}

const indexed = (index: number): Pod => pod({ 'batch.kubernetes.io/job-completion-index': String(index) });
const script = (entries: Readonly<Record<string, string>>) => new Map(Object.entries(entries));

describe('scripts of pods', () => {
  test('are the annotations with the prefix', () => {
    expect(scriptOf(pod({ 'test.podloom.dev/hold': 'true', other: 'x' }))).toEqual(script({ hold: 'true' }));
    expect(scriptOf(pod({ other: 'x' }))).toBeUndefined();
  });

  test('let a pod succeed unless they say that it fails', () => {
    const ending = endingOf(pod({}), script({ 'run-milliseconds': '5', 'termination-message': '0.5' }), 0);
    expect(ending).toEqual({ exitCode: 0, reason: 'Completed', message: '0.5' });
  });

  test('fail all attempts at some indexes', () => {
    const fails = script({ 'fail-indexes': '3, 7', 'exit-code': '42' });
    expect(endingOf(indexed(7), fails, 5)).toEqual({ exitCode: 42, reason: 'Error' });
    expect(endingOf(indexed(4), fails, 0).exitCode).toBe(0);
    expect(endingOf(pod({}), fails, 0).exitCode).toBe(0);
  });

  test('fail the first attempts', () => {
    const fails = script({ 'fail-attempts': '2', reason: 'OOMKilled' });
    expect([0, 1, 2].map((failed) => endingOf(indexed(0), fails, failed).exitCode)).toEqual([1, 1, 0]);
    expect(endingOf(indexed(0), fails, 0).reason).toBe('OOMKilled');
  });

  test('that are no numbers are an error of the test', () => {
    expect(() => endingOf(pod({}), script({ 'fail-attempts': 'two' }), 0)).toThrow(
      'test.podloom.dev/fail-attempts is "two", not a number',
    );
  });
});

describe('work', () => {
  test('has an index in a Job, a loop of Argo and a loop of podloom', () => {
    expect(indexOf(indexed(12))).toBe(12);
    expect(indexOf(pod({ [NODE_NAME]: 'w.task(3:a(9:b))(1)' }))).toBe(3);
    expect(indexOf(pod({ [NODE_NAME]: 'w.task(3:x)' }, { PODLOOM_INDEX: '70' }))).toBe(70);
    expect(indexOf(pod({ [NODE_NAME]: 'w.task(1)' }))).toBeUndefined();
  });

  test('is the same for all attempts at it', () => {
    const work = (name: string): string => workOf(pod({ [NODE_NAME]: name }));
    expect(work('w.task(0)')).toBe(work('w.task(1)'));
    expect(work('w.task(3:x)(0)')).toBe(work('w.task(3:x)(4)'));
    expect(work('w.task(3:x)(0)')).not.toBe(work('w.task(2:x)(0)'));
    expect(workOf(indexed(1))).not.toBe(workOf(indexed(2)));
  });
});

test('the default mix has every product, and three zones of each when there is room', () => {
  const eight = simulatedPools(8);
  expect([...new Set(eight.map(({ gpu }) => gpu?.product))].sort()).toEqual(
    ['NVIDIA-A100-SXM4-80GB', 'NVIDIA-H100-80GB-HBM3', 'NVIDIA-L40S', 'Tesla-T4', undefined].sort(),
  );
  const many = simulatedPools(1000);
  expect(many.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  expect(many).toHaveLength(5 * 3);
  expect(Math.min(...many.map(({ count }) => count))).toBeGreaterThan(30);
});

test('definitions lose their descriptions, not their properties of that name', () => {
  const schema = { description: 'x', properties: { description: { type: 'string', description: 'y' }, list: [{}] } };
  expect(withoutDescriptions(schema)).toEqual({ properties: { description: { type: 'string' }, list: [{}] } });
});
