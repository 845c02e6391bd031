import { describe, expect, it } from 'vitest';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Pipeline } from '../../../src/ir/pipeline.ts';
import { defaultProfile } from '../../../src/ir/profile.ts';
import type { JsonObject } from '../../../src/ir/scalar.ts';
import { jobsItems, tableChunks } from '../../../src/targets/items/index.ts';
import { jobsTarget } from '../../../src/targets/jobs/index.ts';
import { aCommand, aContainer, anEdge, anOrigin, aPipeline, aRange, aTable, aTask } from '../../rig/ir.ts';

function lower(pipeline: Pipeline) {
  const diagnostics = new Collector();
  const { files } = jobsTarget.lower(pipeline, defaultProfile, diagnostics);
  return {
    files: new Map(files.map((file) => [file.path, file])),
    codes: diagnostics.sorted().map(({ code }) => code),
  };
}

function objectsOf(pipeline: Pipeline, path: string): JsonObject[] {
  return (
    lower(pipeline)
      .files.get(path)
      ?.manifests.map(({ object }) => object) ?? []
  );
}

/** `Kind name` of each object. */
function outline(objects: readonly JsonObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${(metadata as JsonObject)['name']}`);
}

const labels = { team: 'vision', 'podloom.dev/pipeline': 'imagenet' };
const neverPruned = {
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};

const decode = aTask({
  name: 'decode',
  forEach: aTable(['a', "b's"]),
  container: aContainer({
    program: aCommand('decode', [{ kind: 'item' }], [{ kind: 'parameter', parameter: 'mode' }]),
  }),
});
const train = aTask({
  name: 'train',
  after: [anEdge('decode')],
  replicas: 2,
  outputs: [{ kind: 'value', name: 'loss', type: 'number' }],
  placement: { nodeSelector: {}, tolerations: [], priority: { kind: 'level', level: 'high' } },
});
const report = aTask({
  name: 'report',
  after: [anEdge('train'), anEdge('decode', 'completed')],
  when: {
    kind: 'and',
    operands: [
      {
        kind: 'in',
        value: { kind: 'reference', reference: { kind: 'parameter', parameter: 'mode' }, type: 'string' },
        options: ['full', 'part'],
      },
      {
        kind: 'not',
        operand: {
          kind: 'compare',
          operator: '>=',
          left: {
            kind: 'reference',
            reference: { kind: 'output', task: 'train', output: 'loss' },
            type: 'number',
          },
          right: { kind: 'literal', value: 0.5 },
        },
      },
    ],
  },
  container: aContainer({
    program: aCommand('report', [{ kind: 'output', task: 'train', output: 'loss' }], [{ kind: 'run' }]),
  }),
});
const notify = aTask({
  name: 'notify',
  phase: 'exit',
  container: aContainer({ program: aCommand('notify', [{ kind: 'status' }]) }),
});
const imagenet = aPipeline({
  name: 'imagenet',
  namespace: 'ml',
  labels: { team: 'vision' },
  parameters: [
    { name: 'mode', type: 'string', default: 'full' },
    { name: 'epochs', type: 'number', default: 3 },
    { name: 'tag', type: 'string' },
  ],
  tasks: [notify, report, train, decode],
  extras: [
    { object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hub' } }, origin: anOrigin('imagenet/hub') },
  ],
});
const tables = tableChunks(imagenet, decode, jobsItems).flatMap(({ configMaps }) => configMaps);
const table = tables[0] as (typeof tables)[number];

describe('jobs/<pipeline>.yaml', () => {
  const run = objectsOf(imagenet, 'jobs/imagenet.yaml');

  it('holds one run: what its pods read, then its Jobs in the order in which they are made', () => {
    expect(outline(run)).toEqual([
      'Secret hub',
      'ConfigMap imagenet-parameters',
      'ConfigMap imagenet-outputs',
      `ConfigMap ${table.name}`,
      'Service imagenet-train',
      'Job imagenet-decode',
      'Job imagenet-train',
      'Job imagenet-report',
      'Job imagenet-notify',
    ]);
    expect(lower(imagenet).files.get('jobs/imagenet.yaml')?.gitops).toBe(false);
    expect(lower(imagenet).codes).toEqual([]);
  });

  it('says where each object comes from', () => {
    const manifests = lower(imagenet).files.get('jobs/imagenet.yaml')?.manifests ?? [];
    expect(manifests.map(({ task, origin }) => task ?? origin.path)).toEqual([
      'imagenet/hub',
      'example',
      'example',
      'decode',
      'train',
      'decode',
      'train',
      'report',
      'notify',
    ]);
  });

  it('has parameters with their defaults, and the items as an immutable ConfigMap named by its content', () => {
    const ofRun = { ...labels, 'podloom.dev/run': 'imagenet' };
    expect(run[1]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'imagenet-parameters', namespace: 'ml', labels: ofRun },
      data: { mode: 'full', epochs: '3' },
    });
    expect(run[2]).toMatchObject({ metadata: { labels: ofRun }, data: {} });
    expect(run[3]).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: table.name,
        namespace: 'ml',
        labels: { ...labels, 'podloom.dev/task': 'decode' },
        annotations: neverPruned,
      },
      immutable: true,
      data: table.data,
    });
  });

  it('has a Service for ranks, the same for all runs', () => {
    const selector = { 'podloom.dev/pipeline': 'imagenet', 'podloom.dev/task': 'train' };
    expect(run[4]).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'imagenet-train', namespace: 'ml', labels: { ...labels, 'podloom.dev/task': 'train' } },
      spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector },
    });
  });

  it('has Jobs that say when they are made, and bring values in from ConfigMaps', () => {
    expect(run[7]).toMatchObject({
      apiVersion: 'batch/v1',
      metadata: {
        name: 'imagenet-report',
        labels: { ...labels, 'podloom.dev/task': 'report', 'podloom.dev/run': 'imagenet' },
        annotations: {
          'podloom.dev/after': 'train (succeeded), decode (completed)',
          'podloom.dev/when': '(parameters.mode in ["full","part"]) and (not (outputs.train.loss >= 0.5))',
        },
      },
      spec: {
        template: {
          spec: {
            containers: [
              {
                command: ['report', '$(PODLOOM_INPUT_TRAIN_LOSS)', '$(PODLOOM_RUN)'],
                env: [
                  {
                    name: 'PODLOOM_INPUT_TRAIN_LOSS',
                    valueFrom: { configMapKeyRef: { name: 'imagenet-outputs', key: 'train.loss' } },
                  },
                  {
                    name: 'PODLOOM_RUN',
                    valueFrom: { fieldRef: { fieldPath: "metadata.labels['podloom.dev/run']" } },
                  },
                ],
              },
            ],
          },
        },
      },
    });
    expect(run[8]).toMatchObject({
      metadata: { annotations: { 'podloom.dev/phase': 'exit' } },
      spec: {
        template: {
          spec: {
            containers: [
              {
                env: [
                  {
                    name: 'PODLOOM_STATUS',
                    valueFrom: { configMapKeyRef: { name: 'imagenet-outputs', key: 'status' } },
                  },
                ],
              },
            ],
          },
        },
      },
    });
  });

  it('holds only Jobs when there is nothing else to hold', () => {
    expect(outline(objectsOf(aPipeline({ tasks: [aTask()] }), 'jobs/example.yaml'))).toEqual(['Job example-task']);
  });

  it('has several Jobs for more items than one takes, which share what they can', () => {
    const task = aTask({ forEach: aRange(25_000), maxRunning: 100 });
    const objects = objectsOf(aPipeline({ tasks: [task] }), 'jobs/example.yaml');
    const jobs = objects.filter(({ kind }) => kind === 'Job');
    expect(outline(jobs)).toEqual(['Job example-task-0', 'Job example-task-1', 'Job example-task-2']);
    expect(objects.length - jobs.length).toBe(1);
    expect(jobs.map(({ spec }) => (spec as JsonObject)['completions'])).toEqual([10_000, 10_000, 5000]);
    const names = jobs.map((job) => JSON.stringify(job).match(/"PODLOOM_OFFSET","value":"(\d+)"/)?.[1]);
    expect(names).toEqual([undefined, '10000', '20000']);
  });

  it('gates the pods of itemwise edges', () => {
    const after = [anEdge('a', 'itemwise')];
    const tasks = [aTask({ name: 'a', forEach: aRange(3) }), aTask({ name: 'b', forEach: aRange(3), after })];
    const jobs = objectsOf(aPipeline({ tasks }), 'jobs/example.yaml').filter(({ kind }) => kind === 'Job');
    const gates = jobs.map(({ spec }) =>
      JSON.stringify(spec).includes('"schedulingGates":[{"name":"podloom.dev/itemwise"}]'),
    );
    expect(gates).toEqual([false, true]);
  });

  it('names the list that items come from at run time', () => {
    const items = { kind: 'output', task: 'find', output: 'shards', shape: { kind: 'scalar' } } as const;
    const tasks = [
      aTask({ name: 'find', outputs: [{ kind: 'list', name: 'shards', shape: { kind: 'scalar' }, maxItems: 9 }] }),
      aTask({ name: 'use', after: [anEdge('find')], forEach: { items, batch: 1, itemsPerPod: 1 } }),
    ];
    expect(objectsOf(aPipeline({ tasks }), 'jobs/example.yaml').at(-1)).toMatchObject({
      metadata: { annotations: { 'podloom.dev/after': 'find (succeeded)', 'podloom.dev/items': 'find.shards' } },
      spec: { completions: 0 },
    });
  });

  it('gives a file its path on the volume, without a ConfigMap of outputs', () => {
    const mount = (mountPath: string) => ({
      volume: 'data',
      source: { kind: 'persistentVolumeClaim', claim: 'data', readOnly: false } as const,
      mountPath,
      readOnly: false,
    });
    const use = aContainer({
      volumes: [mount('/in/')],
      program: aCommand('use', [{ kind: 'output', task: 'make', output: 'model' }]),
    });
    const outputs = [{ kind: 'file', name: 'model', volume: 'data', path: 'models/$(x).pt' }] as const;
    const make = aTask({ name: 'make', outputs, container: aContainer({ volumes: [mount('/out')] }) });
    const objects = objectsOf(
      aPipeline({ tasks: [make, aTask({ name: 'use', container: use })] }),
      'jobs/example.yaml',
    );
    expect(outline(objects)).toEqual(['Job example-make', 'Job example-use']);
    expect(objects[1]).toMatchObject({
      spec: {
        template: {
          spec: { containers: [{ env: [{ name: 'PODLOOM_INPUT_MAKE_MODEL', value: '/in/models/$$(x).pt' }] }] },
        },
      },
    });
  });

  it('takes the patch of the Job last', () => {
    const job = { metadata: { labels: { 'kueue.x-k8s.io/queue-name': 'gpu' } }, spec: { suspend: true } };
    const [object] = objectsOf(aPipeline({ tasks: [aTask({ patches: { job } })] }), 'jobs/example.yaml');
    expect(object).toMatchObject({
      metadata: { name: 'example-task', labels: { 'podloom.dev/task': 'task', 'kueue.x-k8s.io/queue-name': 'gpu' } },
      spec: { suspend: true, backoffLimit: 0 },
    });
  });

  it('reports the names of Jobs that get too long when items are split', () => {
    const task = aTask({ name: 'a'.repeat(40), forEach: aRange(25_000) });
    const { codes } = lower(aPipeline({ tasks: [task] }));
    expect(codes).toEqual(['PL022', 'PL022', 'PL022']);
    expect(lower(aPipeline({ tasks: [{ ...task, name: 'a'.repeat(37) }] })).codes).toEqual([]);
  });
});

describe('the files of a pipeline', () => {
  it('are one run, and what GitOps may own', () => {
    const { files } = lower(imagenet);
    expect([...files.values()].map(({ path, gitops }) => `${path} ${gitops}`)).toEqual([
      'jobs/imagenet.yaml false',
      'jobs/imagenet.gitops.yaml true',
    ]);
  });

  it('have what they share in both, equal', () => {
    const run = objectsOf(imagenet, 'jobs/imagenet.yaml');
    const gitops = objectsOf(imagenet, 'jobs/imagenet.gitops.yaml');
    for (const name of ['Secret hub', `ConfigMap ${table.name}`, 'Service imagenet-train']) {
      const [one] = run.filter((object) => outline([object])[0] === name);
      const [other] = gitops.filter((object) => outline([object])[0] === name);
      expect(other).toEqual(one);
      expect(other).toBeDefined();
    }
  });
});
