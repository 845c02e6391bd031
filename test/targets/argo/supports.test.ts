import { expect, test } from 'vitest';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile, type Profile } from '../../../src/ir/profile.ts';
import type { Output, Task } from '../../../src/ir/task.ts';
import { collisionProbability, findCollisions } from '../../../src/targets/argo/collisions.ts';
import { argoTarget } from '../../../src/targets/argo/index.ts';
import { aCommand, aContainer, anEdge, aPipeline, aRange, aTask } from '../../rig/ir.ts';

function messages(pipeline: Partial<Pipeline>, profile: Profile = defaultProfile): string[] {
  const diagnostics = new Collector();
  argoTarget.supports(aPipeline(pipeline), profile, diagnostics);
  return diagnostics.sorted().map(({ code, message }) => `${code} ${message}`);
}

function lowered(pipeline: Partial<Pipeline>, profile: Profile = defaultProfile): string[] {
  const diagnostics = new Collector();
  argoTarget.lower(aPipeline(pipeline), profile, diagnostics);
  return diagnostics.sorted().map(({ code, message }) => `${code} ${message}`);
}

function tasks(...list: Partial<Task>[]): { tasks: Task[] } {
  return { tasks: list.map(aTask) };
}

const tolerant = { forEach: aRange(5), maxFailed: { kind: 'count', count: 2 } } as const;

test('a forced loop that cannot work is told why, with figures', () => {
  expect(messages(tasks({ name: 'a', forEach: aRange(10_000), argoStrategy: 'loop' }))).toEqual([
    'PL220 task "a" cannot be a loop in Argo: its 10000 pods would take about 1100000 bytes of the 1,048,576 that a workflow may have',
  ]);
  expect(messages(tasks({ name: 'a', ...tolerant, argoStrategy: 'loop' }))).toEqual([
    'PL220 task "a" cannot be a loop in Argo: maxFailed tolerates failed items',
  ]);
  expect(messages(tasks({ name: 'a', forEach: aRange(400), argoStrategy: 'loop' }))).toEqual([]);
});

test('conditions on items need a loop', () => {
  const after = [anEdge('a', 'anySucceeded')];
  expect(messages(tasks({ name: 'a', ...tolerant }, { name: 'b', after }))).toEqual([
    'PL228 task "b" waits for "a" with `anySucceeded`, but Argo cannot see its items: it runs as an Indexed Job, because maxFailed tolerates failed items',
  ]);
  expect(messages(tasks({ name: 'a', forEach: aRange(5), maxRunning: 2 }, { name: 'b', after }))).toEqual([
    'PL228 task "b" waits for "a" with `anySucceeded`, but Argo cannot see its items: its maxRunning puts its items into a DAG of their own',
  ]);
  expect(messages(tasks({ name: 'a', forEach: aRange(1000) }, { name: 'b', after }))).toEqual([]);
});

test('itemwise edges are refused where small DAGs would mean something else', () => {
  const a = { name: 'a', forEach: aRange(3) };
  const b = { name: 'b', forEach: aRange(3), after: [anEdge('a', 'itemwise')] };
  const x = { name: 'x' };
  const refused = 'PL229 tasks "a", "b" follow each other itemwise, which Argo cannot do: ';
  expect(messages(tasks(a, b))).toEqual([]);
  expect(messages(tasks(x, { ...a, after: [anEdge('x')] }, { ...b, after: [...b.after, anEdge('x')] }))).toEqual([]);
  expect(messages(tasks(x, a, { ...b, after: [...b.after, anEdge('x')] }))).toEqual([
    `${refused}'b' waits for other tasks than 'a'`,
  ]);
  expect(messages(tasks(a, b, { name: 'c', after: [anEdge('a')] }))).toEqual([
    `${refused}'c' waits for 'a', which is not the last of the group`,
  ]);
  expect(messages(tasks(a, b, { name: 'c', after: [anEdge('b', 'failed')] }))).toEqual([
    `${refused}'c' waits for the failure of 'b'`,
  ]);
  const limited = { maxFailed: { kind: 'count', count: 1 } } as const;
  expect(messages(tasks(a, { ...b, ...limited }))).toEqual([
    `${refused}'b' cannot be a loop, because maxFailed tolerates failed items`,
  ]);
  expect(messages(tasks({ ...a, forEach: aRange(9000) }, { ...b, forEach: aRange(9000) }))).toEqual([
    `${refused}their nodes would take about 1980000 bytes of the 1,048,576 that a workflow may have`,
  ]);
});

const s3: Output = {
  kind: 's3',
  name: 'model',
  path: '/m',
  key: 'm',
  store: { endpoint: 'e', bucket: 'b', insecure: false },
};

test('a Job gives Argo neither values nor files', () => {
  const train = { name: 'train', replicas: 2, outputs: [{ kind: 'value', name: 'loss', type: 'number' }, s3] } as const;
  const program = aCommand([{ kind: 'output', task: 'train', output: 'loss' }]);
  expect(messages(tasks(train, { name: 'use', after: [anEdge('train')], container: aContainer({ program }) }))).toEqual(
    [
      'PL231 task "train" runs as an Indexed Job under Argo, so nothing brings the S3 file "model" in or out',
      'PL230 task "use" uses the output "loss" of "train", which runs as an Indexed Job under Argo',
    ],
  );
});

test('lists made at run time are loops only', () => {
  const find = {
    name: 'find',
    outputs: [{ kind: 'list', name: 'l', shape: { kind: 'scalar' }, maxItems: 9 }],
  } as const;
  const items = { kind: 'output', task: 'find', output: 'l', shape: { kind: 'scalar' } } as const;
  const read = { name: 'read', after: [anEdge('find')], forEach: { items, batch: 1, itemsPerPod: 1 } };
  expect(messages(tasks(find, read))).toEqual([]);
  expect(messages(tasks(find, { ...read, argoStrategy: 'job' }))).toEqual([
    'PL235 task "read" runs over a list that is made at run time, which is always a loop in Argo: argoStrategy is \'job\'',
  ]);
});

test('parameters, backoff and bounds', () => {
  expect(messages({ parameters: [{ name: 'p', type: 'string', default: '{{x}}' }], ...tasks({}) })).toEqual([
    'PL232 the default of parameter "p" holds "{{", which Argo expands',
  ]);
  const many = Array.from(
    { length: 501 },
    (_, number) => ({ name: `p${number}`, type: 'number', default: 1 }) as const,
  );
  expect(messages({ parameters: many, ...tasks({}) })).toEqual([
    'PL234 the pipeline has 501 parameters, and Argo 4.0 takes 500',
  ]);
  expect(messages({ parameters: many, ...tasks({}) }, { ...defaultProfile, argo: '3.7' })).toEqual([]);
  const retries = { limit: 1, on: ['failed'], exceptExitCodes: [], backoff: { seconds: 5, factor: 1.5 } } as const;
  expect(messages(tasks({ name: 'a', retries }))).toEqual([
    'PL239 task "a" has the backoff factor 1.5, and Argo takes whole numbers only',
  ]);
  expect(messages(tasks({ name: 'a', ...tolerant, retries }))).toEqual([
    'PL233 task "a" runs as an Indexed Job under Argo, where its `backoff` has no effect',
  ]);
  const jobs = tasks({ name: 'a', ...tolerant }, { name: 'b', ...tolerant });
  expect(messages({ maxRunning: 3, ...jobs })).toEqual([
    'PL237 "a" and "b" are Indexed Jobs that may run at once, so up to twice maxRunning (3) pods of the pipeline may run',
  ]);
  expect(
    messages({ maxRunning: 3, ...tasks({ name: 'a', ...tolerant }, { name: 'b', ...tolerant, after: [anEdge('a')] }) }),
  ).toEqual([]);
  expect(messages(tasks({ name: 'a', forEach: aRange(20_000), maxFailed: { kind: 'count', count: 1 } }))).toEqual([
    'PL238 task "a" is 2 Jobs under Argo, and `maxFailed` holds for each of them',
  ]);
});

test('braces in annotations, and runs that a commit starts', () => {
  expect(messages({ runOnChange: true, ...tasks({ name: 'a', podAnnotations: { note: '{{x}}' } }) })).toEqual([
    'PL236 the annotation "note" of task "a" holds "{{", and Argo expands what it knows by such a name',
    'PL240 `runOnChange` has no effect on the argo target',
  ]);
});

test('caps of Argo 4 on templates, tasks and bytes', () => {
  const shapes = Array.from({ length: 220 }, (_, number) => ({
    name: `t${number}`,
    memory: { limit: `${number + 1}Mi` },
  }));
  expect(lowered(tasks(...shapes))).toEqual([
    'PL221 the workflow needs 223 templates (3 of them DAGs), and Argo 4.0 takes 200',
  ]);
  expect(lowered(tasks(...shapes), { ...defaultProfile, argo: '3.7' })).toEqual([]);
  const ring = (on: 'succeeded' | 'failed') => [
    ...Array.from({ length: 210 }, (_, number) => ({ name: `a${number}` })),
    ...Array.from({ length: 210 }, (_, number) => ({
      name: `b${number}`,
      after: [anEdge(`a${number}`, on), anEdge(`a${(number + 1) % 210}`)],
    })),
  ];
  expect(lowered(tasks(...ring('failed'))).map((text) => text.slice(0, 5))).toEqual(['PL222']);
  expect(lowered(tasks(...ring('succeeded'))).map((text) => text.slice(0, 5))).toEqual(['PL223']);
  const long = Array.from({ length: 40 }, (_, number) => ({
    name: `t${number}`,
    container: aContainer({ program: aCommand('echo', 'x'.repeat(30_000)) }),
  }));
  expect(lowered(tasks(...long)).map((text) => text.slice(0, 5))).toEqual(['PL224']);
});

test('nodes that Argo would take for one', () => {
  const retries = { limit: 1, on: ['failed'], exceptExitCodes: [] } as const;
  expect(lowered(tasks({ name: 'decode-hot-208', retries }, { name: 'report-south-404', retries }))).toEqual([
    'PL226 in a run called "example" the nodes "example.decode-hot-208" and "example.report-south-404" have the same id, and Argo would run only one of them',
  ]);
  const loop = { forEach: aRange(2500), argoStrategy: 'loop', retries } as const;
  expect(lowered(tasks({ name: 'a', ...loop }, { name: 'b', ...loop }))).toEqual([
    'PL227 a run has 10,003 nodes, and in 1.2 % of all runs two of them have the same id, so that one does not run',
  ]);
  expect(findCollisions(['a', 'b', 'a'])).toEqual([]);
  expect(collisionProbability(1)).toBeCloseTo(0);
  expect(collisionProbability(10_000)).toBeCloseTo(0.0116, 4);
});

test('an Indexed Job of items needs a Kubernetes that retries them one by one', () => {
  const old = { ...defaultProfile, kubernetes: '1.28' };
  const job = tasks({ name: 'a', forEach: aRange(5000) });
  expect(messages(job, old)).toEqual([
    'PL262 task "a" runs for each item, and Jobs of Kubernetes 1.28 cannot retry and fail items one by one',
  ]);
  expect(messages(job, { ...old, kubernetes: '1.29' })).toEqual([]);
  expect(messages(tasks({ name: 'a', forEach: aRange(50) }), old)).toEqual([]);
});
