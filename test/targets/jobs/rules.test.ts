import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Profile } from '../../../src/ir/profile.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { Json, JsonObject } from '../../../src/ir/scalar.ts';
import type { Retries, Task } from '../../../src/ir/task.ts';
import { jobsTarget } from '../../../src/targets/jobs/index.ts';
import { aContainer, aPipeline, aRange, aTable, aTask } from '../../rig/ir.ts';

/** What the API server asks of a Job: ValidateJobSpec in pkg/apis/batch/validation/validation.go of Kubernetes. */

const exitCodes = fc
  .uniqueArray(fc.integer({ min: 1, max: 255 }), { maxLength: 6 })
  .map((codes) => codes.sort((a, b) => a - b));
const retries: fc.Arbitrary<Retries> = fc.record({
  limit: fc.nat(5),
  on: fc.constantFrom<Retries['on'][]>(['failed'], ['infrastructure'], ['failed', 'infrastructure']),
  exceptExitCodes: exitCodes,
});
const maxFailed: fc.Arbitrary<Task['maxFailed']> = fc.oneof(
  fc.constant(undefined),
  fc.record({ kind: fc.constant('count' as const), count: fc.nat(200_000) }),
  fc.record({ kind: fc.constant('percent' as const), percent: fc.double({ min: 0, max: 100, noNaN: true }) }),
);
const shape: fc.Arbitrary<Partial<Task>> = fc.oneof(
  fc.constant({}),
  fc.record({ replicas: fc.integer({ min: 1, max: 50 }) }),
  fc
    .record({ count: fc.integer({ min: 1, max: 60_000 }), itemsPerPod: fc.integer({ min: 1, max: 9 }) })
    .map(({ count, itemsPerPod }) => ({ forEach: aRange(count, { itemsPerPod }) })),
  fc
    .array(fc.string(), { minLength: 1, maxLength: 200 })
    .map((values) => ({ forEach: aTable(values.map((value, at) => `${at}${value.replaceAll('\0', '')}`)) })),
);
const gpu = fc.option(fc.record({ count: fc.integer({ min: 1, max: 8 }), product: fc.constantFrom('H100', 'X1') }), {
  nil: undefined,
});
const shell = fc.constantFrom('image' as const, 'injected' as const);
const outputs: fc.Arbitrary<Task['outputs']> = fc.subarray([
  { kind: 'value', name: 'a', type: 'string' },
  { kind: 'value', name: 'b', type: 'number' },
]);
const maxRunning = fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined });

const task: fc.Arbitrary<Task> = fc
  .record({ shape, retries, maxFailed, gpu, shell, outputs, maxRunning })
  .map(({ shape, shell, ...rest }) => aTask({ ...rest, ...shape, container: aContainer({ shell }) }));
const kubernetes = fc.constantFrom('1.29', '1.30', '1.31', '1.33', '1.37');

describe('every Job', () => {
  it('obeys the rules of the API server', () => {
    fc.assert(
      fc.property(task, kubernetes, maxRunning, (one, version, bound) => {
        const profile: Profile = { ...defaultProfile, kubernetes: version };
        const pipeline = aPipeline({ tasks: [one], maxRunning: bound, runOnChange: true });
        const { files } = jobsTarget.lower(pipeline, profile, new Collector());
        for (const { object } of files.flatMap(({ manifests }) => manifests)) {
          if (object['kind'] === 'Job') checkJob(object as unknown as Job);
          expect(JSON.stringify(object)).not.toMatch(/ttlSecondsAfterFinished|generateName"|"selector":\{"match/);
        }
      }),
      { numRuns: 200 },
    );
  });
});

interface Job {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completionMode?: string;
    readonly completions?: number;
    readonly parallelism?: number;
    readonly backoffLimit?: number;
    readonly backoffLimitPerIndex?: number;
    readonly maxFailedIndexes?: number;
    readonly podReplacementPolicy?: string;
    readonly podFailurePolicy?: { readonly rules: readonly Rule[] };
    readonly template: { readonly spec: Pod };
  };
}
interface Rule {
  readonly action: string;
  readonly onExitCodes?: { readonly containerName: string; readonly operator: string; readonly values: number[] };
  readonly onPodConditions?: readonly { readonly type: string; readonly status: string }[];
}
interface Named {
  readonly name: string;
}
interface Pod {
  readonly restartPolicy: string;
  readonly containers: readonly (Named & {
    readonly env?: readonly Named[];
    readonly volumeMounts?: readonly Mount[];
  })[];
  readonly initContainers?: readonly (Named & { readonly volumeMounts: readonly Mount[] })[];
  readonly volumes?: readonly Named[];
}
type Mount = Named & { readonly mountPath: string };

function checkJob({ metadata, spec }: Job): void {
  const { completions = 1, parallelism = 1 } = spec;
  const indexed = spec.completionMode === 'Indexed';
  const longest = indexed ? `${metadata.name}-${completions - 1}` : metadata.name;
  expect(longest).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  if (indexed) expect(spec.completions).toBeGreaterThan(0);
  expect(parallelism).toBeGreaterThan(0);
  expect(parallelism).toBeLessThanOrEqual(Math.min(completions, 100_000));
  expect(completions).toBeLessThanOrEqual(10_000);
  expect([spec.backoffLimit, spec.backoffLimitPerIndex].filter((limit) => limit !== undefined)).toHaveLength(1);
  if (spec.backoffLimitPerIndex !== undefined) expect(indexed).toBe(true);
  if (spec.maxFailedIndexes !== undefined) {
    expect(spec.backoffLimitPerIndex).toBeDefined();
    expect(spec.maxFailedIndexes).toBeGreaterThan(0);
    expect(spec.maxFailedIndexes).toBeLessThanOrEqual(completions);
  }
  checkFailurePolicy(spec);
  checkPod(spec.template.spec);
}

function checkFailurePolicy({
  podFailurePolicy,
  podReplacementPolicy,
  backoffLimitPerIndex,
  template,
}: Job['spec']): void {
  if (podFailurePolicy === undefined) return;
  expect(podReplacementPolicy ?? 'Failed').toBe('Failed');
  expect(podFailurePolicy.rules.length).toBeGreaterThan(0);
  expect(podFailurePolicy.rules.length).toBeLessThanOrEqual(20);
  for (const { action, onExitCodes, onPodConditions } of podFailurePolicy.rules) {
    expect(['FailJob', 'FailIndex', 'Ignore']).toContain(action);
    if (action === 'FailIndex') expect(backoffLimitPerIndex).toBeDefined();
    expect((onExitCodes === undefined) !== (onPodConditions === undefined)).toBe(true);
    for (const { status } of onPodConditions ?? []) expect(status).toBe('True');
    if (onExitCodes === undefined) continue;
    const { containerName, operator, values } = onExitCodes;
    expect(template.spec.containers.map(({ name }) => name)).toContain(containerName);
    expect(values.length).toBeGreaterThan(0);
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
    if (operator === 'In') expect(values).not.toContain(0);
  }
}

function checkPod({ restartPolicy, containers, initContainers = [], volumes = [] }: Pod): void {
  expect(restartPolicy).toBe('Never');
  const names = (list: readonly Named[]) => list.map(({ name }) => name);
  unique(names(volumes));
  unique(names([...containers, ...initContainers]));
  for (const { env = [], volumeMounts = [] } of containers) {
    unique(names(env));
    unique(volumeMounts.map(({ mountPath }) => mountPath));
  }
  const mounted = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => names(volumeMounts));
  expect(new Set(mounted)).toEqual(new Set(names(volumes)));
}

function unique(list: readonly string[]): void {
  expect(new Set(list).size).toBe(list.length);
}

describe('objects', () => {
  it('are plain JSON: nothing is undefined, nothing is shared with the pipeline by surprise', () => {
    const { files } = jobsTarget.lower(aPipeline({ tasks: [aTask()] }), defaultProfile, new Collector());
    for (const { object } of files.flatMap(({ manifests }) => manifests)) expectPlain(object);
  });
});

function expectPlain(value: Json | undefined): void {
  expect(value).toBeDefined();
  if (typeof value === 'object' && value !== null)
    for (const each of Object.values(value as JsonObject)) expectPlain(each);
}
