import { describe, expect, test } from 'vitest';
import { Collector } from '../../src/diagnostics/collector.ts';
import { checkProject } from '../../src/passes/index.ts';
import { aContainer, anOrigin, aPipeline, aRange, aTask } from '../rig/ir.ts';
import { findings, findingsOf, findingsOfTask, texts } from './check.ts';

describe('tasks', () => {
  test('two with one name', () => {
    const first = aTask({ name: 'load-data', origin: anOrigin('example/load data') });
    const second = aTask({ name: 'load-data', origin: anOrigin('example/Load-Data') });
    expect(findingsOf(first, second)).toEqual([
      `PL020 error example/Load-Data: "example/Load-Data" and "example/load data" both get the task name "load-data"
  note: "example/load data" is made here
  help: Give one of them another id.`,
    ]);
  });

  test('no DNS label', () => {
    expect(findingsOfTask({ name: 'Load', origin: anOrigin('example/Load') })).toEqual([
      `PL021 error example/Load: the task name "Load" is not a name that a Kubernetes object can have
  help: Use at most 63 lower-case letters, digits and "-", with a letter or digit at both ends.`,
    ]);
  });

  test('room for the run and the index of the last pod', () => {
    // example- (8) + name + -<run> (9) + -4999 (5) = 63
    const fits = aTask({ name: 'a'.repeat(41), forEach: aRange(5000) });
    const long = aTask({ name: 'b'.repeat(42), forEach: aRange(5000) });
    const single = aTask({ name: 'c'.repeat(47), origin: anOrigin('example/c') });
    const ranks = aTask({ name: 'd'.repeat(45), origin: anOrigin('example/d'), replicas: 4 });
    const help = '\n  help: Take 1 character away from the name of the task or of the pipeline.';
    const [b, c, d] = [long.name, single.name, ranks.name];
    expect(findingsOf(fits, long, single, ranks)).toEqual([
      `PL022 error example/${b}: the task name "${b}" is too long: its last pod "example-${b}-<run>-4999" is 64 characters, and at most 63 fit${help}`,
      `PL022 error example/c: the task name "${c}" is too long: its Job "example-${c}-<run>" is 64 characters, and at most 63 fit${help}`,
      `PL022 error example/d: the task name "${d}" is too long: its last pod "example-${d}-<run>-3" is 64 characters, and at most 63 fit${help}`,
    ]);
  });

  test('replicas need a Service', () => {
    expect(findings(aPipeline({ name: '3d', tasks: [aTask({ name: 'train', replicas: 2 })] }))).toEqual([
      `PL026 error example/train: task "train" has replicas, and their Service would be called "3d-train", which does not start with a letter
  help: Let the id of the pipeline start with a letter.`,
    ]);
  });
});

describe('pipelines', () => {
  test('names that no CronJob can have', () => {
    const name = 'a'.repeat(53);
    expect(findings(aPipeline({ name, tasks: [aTask({ name: 'a' })] }))).toEqual([
      `PL022 error example: the pipeline name "${name}" is too long: the name of its CronJob is 53 characters, and at most 52 fit
  help: Take 1 character away from the name of the task or of the pipeline.`,
    ]);
  });

  test('names and namespaces that no object can have', () => {
    const help = '\n  help: Use at most 63 lower-case letters, digits and "-", with a letter or digit at both ends.';
    expect(findings(aPipeline({ name: 'a.b', namespace: 'Team', tasks: [aTask()] }))).toEqual([
      `PL021 error example: the pipeline name "a.b" is not a name that a Kubernetes object can have${help}`,
      `PL021 error example: the namespace "Team" is not a name that a Kubernetes object can have${help}`,
    ]);
  });

  test('names of files of podloom', () => {
    expect(findings(aPipeline({ name: 'kustomization', tasks: [aTask()] }))).toEqual([
      `PL025 error example: a pipeline cannot be called "kustomization"
  help: Give the pipeline another id.`,
    ]);
  });

  test('two with one name, and two that share a Job', () => {
    const diagnostics = new Collector();
    const train = aPipeline({
      name: 'train',
      tasks: [aTask({ name: 'big-model', origin: anOrigin('train/big-model') })],
    });
    const big = aPipeline({
      name: 'train-big',
      tasks: [aTask({ name: 'model', origin: anOrigin('train-big/model') })],
    });
    const elsewhere = aPipeline({ ...big, name: 'train-big-model', namespace: 'other' });
    checkProject([train, big, elsewhere, aPipeline({ name: 'train', origin: anOrigin('train') })], diagnostics);
    expect(texts(diagnostics)).toEqual([
      `PL024 error train-big/model: "train-big/model" and "train/big-model" would both be the Job "train-big-model"
  note: "train/big-model" is made here
  help: Rename one of the tasks or pipelines.`,
      `PL023 error train: two pipelines are called "train"
  note: the first one is made here
  help: Give one of them another id.`,
    ]);
  });
});

test('names of other objects', () => {
  const help =
    '\n  help: Use at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each part.';
  const container = aContainer({
    environment: {
      variables: [{ kind: 'secret', name: 'TOKEN', object: 'My_Secret', key: 'k', optional: false }],
      from: [{ kind: 'configMap', object: 'ok.name', optional: false }],
    },
    volumes: [
      {
        volume: 'data',
        source: { kind: 'persistentVolumeClaim', claim: 'Data', readOnly: false },
        mountPath: '/data',
        readOnly: false,
      },
    ],
  });
  const overrides = { container, serviceAccount: 'a..b', imagePullSecrets: ['pull'] };
  expect(
    findingsOfTask({
      ...overrides,
      placement: { nodeSelector: {}, tolerations: [], priority: { kind: 'class', name: 'Gold' } },
    }),
  ).toEqual([
    `PL021 error example/task: the Secret "My_Secret" is not a name that a Kubernetes object can have${help}`,
    `PL021 error example/task: the claim "Data" is not a name that a Kubernetes object can have${help}`,
    `PL021 error example/task: the service account "a..b" is not a name that a Kubernetes object can have${help}`,
    `PL021 error example/task: the PriorityClass "Gold" is not a name that a Kubernetes object can have${help}`,
  ]);
});
