import { describe, expect, it } from 'vitest';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import type { Retries, Task } from '../../../src/ir/task.ts';
import { jobSpec, podMetadata, podSpec, toleratedFailures } from '../../../src/targets/pod/index.ts';
import { aPipeline, aRange, aTable, aTask } from '../../rig/ir.ts';
import { aPodContext } from './rig.ts';

const ignoreDisruption = { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] };
const retries = (limit: number, overrides: Partial<Retries> = {}): Retries => ({
  limit,
  on: ['failed', 'infrastructure'],
  exceptExitCodes: [],
  ...overrides,
});
const whole = { firstUnit: 0, pods: 1, tables: [] };

function rulesOf(task: Task): unknown {
  const policy = jobSpec(task, aPodContext(), whole)['podFailurePolicy'] as JsonObject | undefined;
  return policy?.['rules'];
}

describe('the Job of a task', () => {
  it('is one pod with its retries', () => {
    const task = aTask({ retries: retries(2), deadlineSeconds: 7200 });
    const context = aPodContext();
    expect(jobSpec(task, context, whole)).toEqual({
      backoffLimit: 2,
      podFailurePolicy: { rules: [ignoreDisruption] },
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: 7200,
      template: { metadata: podMetadata(task, context), spec: podSpec(task, context) },
    });
  });

  it('has an index for each item, with retries of its own', () => {
    const task = aTask({ forEach: aRange(5000), retries: retries(3), maxFailed: { kind: 'percent', percent: 1.5 } });
    const context = aPodContext();
    expect(jobSpec(task, context, { firstUnit: 0, pods: 5000, tables: [] })).toEqual({
      completionMode: 'Indexed',
      completions: 5000,
      parallelism: 5000,
      backoffLimitPerIndex: 3,
      maxFailedIndexes: 75,
      podFailurePolicy: { rules: [ignoreDisruption] },
      podReplacementPolicy: 'Failed',
      template: { metadata: podMetadata(task, context), spec: podSpec(task, context) },
    });
  });

  it('of a later chunk tells its pods where it starts, and mounts only its tables', () => {
    const task = aTask({ forEach: aRange(20_000) });
    const { template } = jobSpec(task, aPodContext(), { firstUnit: 10_000, pods: 10_000, tables: ['t-1'] }) as {
      template: JsonObject;
    };
    expect(template['spec']).toMatchObject({
      containers: [{ env: [{ name: 'PODLOOM_OFFSET', value: '10000' }] }],
      volumes: [{ projected: { sources: [{ configMap: { name: 't-1' } }] } }],
    });
  });

  it('of ranks starts all of them at once, fails with the first, and tells them where the others are', () => {
    const task = aTask({ name: 'train', replicas: 4, retries: retries(2), maxRunning: 2 });
    const spec = jobSpec(task, aPodContext(), whole);
    expect(spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 4,
      parallelism: 4,
      backoffLimit: 0,
      podFailurePolicy: { rules: [ignoreDisruption] },
    });
    expect(spec).not.toHaveProperty('backoffLimitPerIndex');
    const { spec: pod } = spec['template'] as { spec: JsonObject };
    expect(pod['subdomain']).toBe('example-train');
    expect((pod['containers'] as JsonObject[])[0]?.['env']).toEqual([
      {
        name: 'PODLOOM_JOB',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } },
      },
      {
        name: 'RANK',
        valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
      },
      { name: 'WORLD_SIZE', value: '4' },
      { name: 'MASTER_ADDR', value: '$(PODLOOM_JOB)-0.example-train' },
      { name: 'MASTER_PORT', value: '29500' },
    ]);
  });

  it('runs as many pods at once as task and pipeline allow', () => {
    const at = (ofTask: number | undefined, ofPipeline: number | undefined, pods: number) => {
      const context = aPodContext({ pipeline: aPipeline({ maxRunning: ofPipeline }) });
      return jobSpec(aTask({ forEach: aRange(1), maxRunning: ofTask }), context, { ...whole, pods })['parallelism'];
    };
    expect(at(undefined, undefined, 9)).toBe(9);
    expect(at(5, undefined, 9)).toBe(5);
    expect(at(5, 3, 9)).toBe(3);
    expect(at(5, 3, 2)).toBe(2);
    expect(at(5, undefined, 0)).toBe(5);
  });

  it('of a list that is made at run time waits for its number of items', () => {
    const items = { kind: 'output', task: 'find', output: 'shards', shape: { kind: 'scalar' } } as const;
    const task = aTask({ forEach: { items, batch: 1, itemsPerPod: 1 }, maxFailed: { kind: 'count', count: 3 } });
    const spec = jobSpec(task, aPodContext(), { ...whole, pods: 0 });
    expect(spec['completions']).toBe(0);
    expect(spec).not.toHaveProperty('maxFailedIndexes');
  });

  it('has only what its Kubernetes serves', () => {
    const context = aPodContext({ profile: { ...defaultProfile, kubernetes: '1.28' } });
    const task = aTask({ forEach: aTable(['a', 'b']), retries: retries(1, { exceptExitCodes: [3] }) });
    const spec = jobSpec(task, context, { ...whole, pods: 2 });
    for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes', 'podReplacementPolicy']) {
      expect(spec).not.toHaveProperty(field);
    }
    expect(JSON.stringify(spec)).not.toContain('FailIndex');
  });
});

describe('what is retried', () => {
  const onExit = (operator: string, values: number[]) => ({
    action: 'FailJob',
    onExitCodes: { containerName: 'main', operator, values },
  });
  const failOnDisruption = { ...ignoreDisruption, action: 'FailJob' };

  it.each([
    ['all, no disruption counts', retries(2), [ignoreDisruption]],
    ['nothing, no disruption either', retries(0), undefined],
    ['all but some exit codes', retries(2, { exceptExitCodes: [2, 42] }), [ignoreDisruption, onExit('In', [2, 42])]],
    ['only disruptions', retries(2, { on: ['infrastructure'] }), [ignoreDisruption, onExit('NotIn', [0])]],
    ['only failures', retries(2, { on: ['failed'] }), [failOnDisruption]],
    ['nothing at all', retries(0, { on: ['failed'] }), undefined],
  ])('%s', (_, given, rules) => {
    expect(rulesOf(aTask({ retries: given }))).toEqual(rules);
  });

  it('of an item ends that item only', () => {
    const task = aTask({ forEach: aTable(['a']), retries: retries(2, { exceptExitCodes: [7] }) });
    expect(rulesOf(task)).toEqual([ignoreDisruption, { ...onExit('In', [7]), action: 'FailIndex' }]);
  });

  it('never a gated item whose upstream item failed', () => {
    const context = aPodContext({ schedulingGates: ['podloom.dev/itemwise'] });
    const spec = jobSpec(aTask({ forEach: aTable(['a']), retries: retries(2) }), context, whole);
    expect(spec['podFailurePolicy']).toEqual({
      rules: [
        { action: 'FailIndex', onPodConditions: [{ type: 'podloom.dev/UpstreamFailed', status: 'True' }] },
        ignoreDisruption,
      ],
    });
    expect(spec).toMatchObject({ template: { spec: { schedulingGates: [{ name: 'podloom.dev/itemwise' }] } } });
  });
});

describe('failures that a task tolerates', () => {
  it('are counted in units, percentages rounded down', () => {
    const of = (task: Partial<Task>) => toleratedFailures(aTask(task));
    const percent = { kind: 'percent', percent: 10 } as const;
    expect(of({ forEach: aRange(99), maxFailed: percent })).toBe(9);
    expect(of({ forEach: aRange(99, { batch: 10 }), maxFailed: percent })).toBe(1);
    expect(of({ forEach: aRange(99), maxFailed: { kind: 'count', count: 4 } })).toBe(4);
    expect(of({ forEach: aRange(99) })).toBe(0);
  });

  it('stop the Job only when there are any: without, all items run to their end', () => {
    const limit = (count: number, pods: number) =>
      jobSpec(aTask({ forEach: aRange(pods), maxFailed: { kind: 'count', count } }), aPodContext(), { ...whole, pods })[
        'maxFailedIndexes'
      ];
    expect(limit(0, 5)).toBeUndefined();
    expect(limit(2, 5)).toBe(2);
    expect(limit(9, 5)).toBe(5);
  });
});
