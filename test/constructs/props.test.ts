/** No prop is silently ignored: each changes what both targets make, or a diagnostic says why it does not. */
import { App } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { compile, targetNames } from '../../src/compile.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import {
  eq,
  Items,
  type ItemsOf,
  Output,
  Pipeline,
  type PipelineProps,
  type Ref,
  Task,
  type TaskProps,
  Volume,
} from '../../src/index.ts';
import type { TargetName } from '../../src/ir/bundle.ts';
import { defaultProfile } from '../../src/ir/profile.ts';

/** A prop of a task, and what else the task has with and without it. */
interface Case {
  readonly given: object;
  readonly base?: object;
  /** What a target says when the prop means nothing there. */
  readonly told?: { readonly [target in TargetName]?: string };
}

const loop = { forEach: Items.of('a', 'b', 'c'), command: ({ item }: { item: unknown }) => ['work', item] };
const data = Volume.claim('data').mount('/data');

const taskCases = {
  image: { given: { image: 'alpine:3.22' } },
  imagePullPolicy: { given: { imagePullPolicy: 'Always' } },
  imagePullSecrets: { given: { imagePullSecrets: ['pull'] } },
  volumes: { given: { volumes: [data] } },
  envFrom: { given: { envFrom: [{ configMap: 'settings', prefix: 'S_', optional: true }] } },
  serviceAccount: { given: { serviceAccount: 'trainer' } },
  security: { given: { security: { user: 1000 } } },
  nodeSelector: { given: { nodeSelector: { pool: 'gpu' } } },
  tolerations: { given: { tolerations: [{ key: 'spot', operator: 'Exists' }] } },
  priority: { given: { priority: 'high' } },
  labels: { given: { labels: { team: 'vision' } } },
  annotations: { given: { annotations: { note: 'text' } } },
  retries: { given: { retries: 7 } },
  forEach: { given: loop },
  itemsPerPod: { base: loop, given: { itemsPerPod: 2 } },
  command: { given: { command: ['other'] } },
  args: { given: { args: ['--fast'] } },
  script: { base: { command: undefined }, given: { script: 'exit 0' } },
  interpreter: { base: { command: undefined, script: 'pass' }, given: { interpreter: ['python3'] } },
  shell: { base: loop, given: { shell: 'injected' } },
  env: { given: { env: { A: 'b' } } },
  workingDir: { given: { workingDir: '/src' } },
  cpu: { given: { cpu: 2 } },
  memory: { given: { memory: '2Gi' } },
  ephemeralStorage: { given: { ephemeralStorage: '2Gi' } },
  gpu: { given: { gpu: 'H100:8' } },
  shm: { given: { shm: '1Gi' } },
  replicas: { given: { replicas: 3 } },
  spread: { base: { replicas: 3 }, given: { spread: 'zones' } },
  antiAffinity: { base: { replicas: 3 }, given: { antiAffinity: 'required' } },
  after: { given: {} },
  when: { given: {} },
  onExit: { given: { onExit: true } },
  timeout: { given: { timeout: '1h' } },
  deadline: { given: { deadline: '1h' } },
  terminationGrace: { given: { terminationGrace: '5m' } },
  maxRunning: { base: loop, given: { maxRunning: 2 } },
  maxFailed: { base: loop, given: { maxFailed: 1 } },
  outputs: { given: {} },
  argoStrategy: { base: loop, given: { argoStrategy: 'job' }, told: { jobs: 'only argo' } },
  podSpecPatch: { given: { podSpecPatch: { hostNetwork: true } } },
  argoTemplatePatch: { given: { argoTemplatePatch: { failFast: true } }, told: { jobs: 'only argo' } },
  jobPatch: { given: { jobPatch: { spec: { suspend: true } } }, told: { argo: 'a pod of Argo is no Job' } },
} satisfies { readonly [prop in keyof TaskProps]-?: Case };

/** The cases that need a second task or parameters. */
const special: { readonly [prop: string]: (first: Task, p: Pipeline<{ mode: string }>) => object } = {
  after: (first) => ({ after: first }),
  when: (_first, p) => ({ when: eq(p.parameters.mode, 'full') }),
  outputs: () => ({ outputs: { loss: 'number', list: Output.list() } }),
};

function made(props: (first: Task, p: Pipeline<{ mode: string }>) => object, target: TargetName, whole: object = {}) {
  const p = new Pipeline(new App(), 'p', { image: 'busybox:1.37', parameters: { mode: 'full' }, ...whole });
  const first = new Task(p, 'first', { command: ['first'] });
  const task = new Task(p, 't', { command: ['work', p.parameters.mode], ...props(first, p) } as TaskProps);
  if ('loss' in task.outputs) {
    const { loss, list } = task.outputs as unknown as { loss: Ref<number>; list: ItemsOf<Ref<string>> };
    new Task(p, 'reader', { command: ['read', loss] });
    new Task(p, 'loop', { forEach: list, command: ({ item }) => ['read', item] });
  }
  const diagnostics = new Collector();
  const { bundles } = compile([lowerPipeline(p as never, diagnostics)], defaultProfile, [target], diagnostics);
  const objects = bundles.flatMap(({ files }) => files).flatMap(({ manifests }) => manifests);
  return {
    text: JSON.stringify(objects.map(({ object }) => object)),
    codes: diagnostics.sorted().map(({ code, severity, message }) => `${severity} ${code}: ${message}`),
  };
}

describe.each(targetNames)('props of a task on %s', (target) => {
  test.each(Object.keys(taskCases))('%s', (prop) => {
    const { base, given, told } = (taskCases as { readonly [prop: string]: Case })[prop] as Case;
    const before = made(() => base ?? {}, target);
    const after = made((first, p) => ({ ...base, ...given, ...special[prop]?.(first, p) }), target);
    expect(before.codes).toEqual([]);
    if (told?.[target] !== undefined) expect(after.text).toBe(before.text);
    else {
      expect(after.codes.filter((code) => code.startsWith('error'))).toEqual([]);
      expect(after.text).not.toBe(before.text);
    }
  });
});

const wholeCases = {
  image: { given: { image: 'alpine:3.22' } },
  imagePullPolicy: taskCases.imagePullPolicy,
  imagePullSecrets: taskCases.imagePullSecrets,
  volumes: taskCases.volumes,
  envFrom: taskCases.envFrom,
  serviceAccount: taskCases.serviceAccount,
  security: taskCases.security,
  nodeSelector: taskCases.nodeSelector,
  tolerations: taskCases.tolerations,
  priority: taskCases.priority,
  annotations: taskCases.annotations,
  retries: taskCases.retries,
  env: taskCases.env,
  labels: { given: { labels: { team: 'vision' } } },
  namespace: { given: { namespace: 'vision' } },
  parameters: { given: { parameters: { mode: 'quick' } } },
  schedule: { given: { schedule: '0 3 * * *' } },
  maxRunning: { given: { maxRunning: 5 } },
  deadline: { given: { deadline: '2h' } },
  // Where it may go; the manifests are the same.
  contexts: { given: { contexts: ['prod-*'] }, told: { argo: 'nothing', jobs: 'nothing' } },
  runOnChange: {
    given: { runOnChange: true },
    told: { argo: 'warning PL240: `runOnChange` has no effect on the argo target' },
  },
  busyboxImage: { base: { ...loop, shell: 'injected' }, given: { busyboxImage: 'busybox:1.36.1-musl' } },
  // For the user's own objects: those of podloom have names that do not depend on it.
  disableResourceNameHashes: {
    given: { disableResourceNameHashes: true },
    told: { argo: 'nothing', jobs: 'nothing' },
  },
} satisfies { readonly [prop in keyof PipelineProps]-?: Case };

describe.each(targetNames)('props of a pipeline on %s', (target) => {
  test.each(Object.keys(wholeCases))('%s', (prop) => {
    const { given, base, told } = (wholeCases as { readonly [prop: string]: Case })[prop] as Case;
    const before = made(() => base ?? {}, target);
    const after = made(() => base ?? {}, target, given);
    if (told?.[target] === undefined) expect(after.text).not.toBe(before.text);
    else expect(told[target]).toBe(after.text === before.text ? after.codes.join() || 'nothing' : 'changed');
  });
});

describe.each(targetNames)('what a pipeline sets for all its tasks on %s', (target) => {
  const text = (task: object, whole: object) => made(() => task, target, whole).text;

  test('a task wins where both set one value', () => {
    const own = { image: 'alpine:3.22', retries: 1, priority: 'low', serviceAccount: 'own' };
    const all = { image: 'debian:13', retries: 5, priority: 'high', serviceAccount: 'all' };
    const task = (whole: object) => {
      const p = new Pipeline(new App(), 'p', whole);
      new Task(p, 't', { command: ['work'], ...own } as TaskProps);
      return lowerPipeline(p, new Collector()).tasks[0];
    };
    expect({ ...task({ ...all }), origin: undefined }).toEqual({ ...task({}), origin: undefined });
  });

  test('maps and lists are merged', () => {
    const both = text(
      {
        env: { A: 'own' },
        nodeSelector: { pool: 'own' },
        annotations: { a: 'own' },
        imagePullSecrets: ['own'],
        envFrom: [{ secret: 'own' }],
        tolerations: [{ key: 'own', operator: 'Exists' }],
        security: { user: 7 },
        volumes: [data],
      },
      {
        env: { A: 'all', B: 'all-b' },
        nodeSelector: { pool: 'all', zone: 'all-zone' },
        annotations: { a: 'all', b: 'all-note' },
        imagePullSecrets: ['all-pull'],
        envFrom: [{ secret: 'all-secret' }],
        tolerations: [{ key: 'all-key', operator: 'Exists' }],
        security: { user: 6, group: 60_606 },
        volumes: [Volume.claim('all-claim').mount('/all')],
      },
    );
    for (const kept of ['all-b', 'all-zone', 'all-note', 'all-pull', 'all-secret', 'all-key', '60606', 'all-claim']) {
      expect(both).toContain(kept);
    }
    for (const kept of ['"A","value":"own"', '"pool":"own"', '"a":"own"', '"runAsUser":7'])
      expect(both).toContain(kept);
  });
});
