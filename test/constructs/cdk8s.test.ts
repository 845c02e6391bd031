/** Pipelines as charts of plain cdk8s: what App.synth and Testing.synth get, and what constructs mean. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, Chart, Testing, YamlOutputType } from 'cdk8s';
import { Construct } from 'constructs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { compile } from '../../src/compile.ts';
import { lowerCharts } from '../../src/constructs/lower/charts.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { Items, Pipeline, type PipelineProps, Task } from '../../src/index.ts';
import type { TargetName } from '../../src/ir/bundle.ts';
import { defaultProfile } from '../../src/ir/profile.ts';

const image = 'busybox:1.37';
let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'podloom-cdk8s-'));
});
afterEach(() => rmSync(outdir, { recursive: true, force: true }));

function hello(scope: Construct, props: PipelineProps = {}): Pipeline {
  const p = new Pipeline(scope, 'hello', { image, ...props });
  const decode = new Task(p, 'decode', { forEach: Items.of("it's", '{{x}}'), command: ({ item }) => ['echo', item] });
  new Task(p, 'train', { after: decode, command: ['train'], replicas: 2, priority: 'high' });
  new ApiObject(p, 'own', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'own' }, data: { a: 'b' } });
  return p;
}

interface Object {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Record<string, string> };
}

/** Text of each object, sorted: cdk8s has another order. */
const texts = (objects: readonly unknown[]) => objects.map((object) => JSON.stringify(sorted(object))).sort();

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]));
}

/** What `podloom synth` emits, without the half of jobs that GitOps owns. */
function compiled(pipeline: Pipeline, target: TargetName): Object[] {
  const { bundles } = compile([lowerPipeline(pipeline, new Collector())], defaultProfile, [target]);
  return bundles
    .flatMap(({ files }) => files)
    .filter(({ path }) => !path.endsWith('.gitops.yaml'))
    .flatMap(({ manifests }) => manifests)
    .map(({ object }) => object as unknown as Object);
}

function written(folder: string): unknown[] {
  return readdirSync(folder, { recursive: true })
    .map((path) => join(folder, String(path)))
    .filter((path) => statSync(path).isFile())
    .flatMap((path) => parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS()));
}

describe('the objects of plain cdk8s are those of podloom synth', () => {
  const layouts = Object.values(YamlOutputType).filter((layout) => typeof layout === 'string');
  test.each(layouts)('%s', (layout) => {
    const app = new App({ outdir, yamlOutputType: YamlOutputType[layout as keyof typeof YamlOutputType] });
    hello(app);
    const beside = new Chart(app, 'beside');
    new ApiObject(beside, 'settings', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'beside' } });
    app.synth();
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'beside' } };
    expect(texts(written(outdir))).toEqual(texts([...compiled(hello(new App()), 'argo'), other]));
  });

  test.each(['argo', 'jobs'] as const)('Testing.synth, with %s by context', (target) => {
    const app = new App();
    app.node.setContext('podloom:target', target);
    const objects = Testing.synth(hello(app));
    expect(texts(objects)).toEqual(texts(compiled(hello(new App()), target)));
    expect(objects.some(({ kind }) => kind === (target === 'argo' ? 'WorkflowTemplate' : 'Job'))).toBe(true);
  });

  test('twice is the same', () => {
    const app = new App({ outdir });
    const p = hello(app);
    app.synth();
    const first = texts(written(outdir));
    app.synth();
    expect(texts(written(outdir))).toEqual(first);
    expect(texts(Testing.synth(p))).toEqual(first);
  });

  test('an unknown target in the context is an error', () => {
    const app = new App();
    app.node.setContext('podloom:target', 'slurm');
    expect(() => Testing.synth(hello(app))).toThrow('podloom:target');
  });
});

test('with errors app.synth fails, says where, and writes nothing', () => {
  const app = new App({ outdir });
  const p = hello(app);
  new Task(p, 'late', { command: ['late'], timeout: 'soon' });
  expect(() => app.synth()).toThrow(/PL354.*`timeout`: "soon"[\s\S]*new Task\(p, 'late'/);
  expect(readdirSync(outdir)).toEqual([]);
  expect(() => Testing.synth(p)).toThrow('PL354');
});

test.each(['argo', 'jobs'] as const)('namespace and labels of the chart are on all objects of %s', (target) => {
  const p = hello(new App(), { namespace: 'vision', labels: { team: 'eyes' } });
  const cluster = new Set(['PriorityClass']);
  const { bundles } = compile([lowerPipeline(p, new Collector())], defaultProfile, [target]);
  const objects = bundles
    .flatMap(({ files }) => files)
    .flatMap(({ manifests }) => manifests.map(({ object }) => object));
  for (const { kind, metadata } of objects as unknown as Object[]) {
    if (cluster.has(kind)) expect(metadata.namespace).toBeUndefined();
    else expect({ kind, ...metadata }).toMatchObject({ namespace: 'vision', labels: { team: 'eyes' } });
  }
});

test('objects of the user in the chart and in charts beside it and in it are emitted on both targets', () => {
  const app = new App();
  const p = hello(app);
  const inside = new Chart(p, 'inside');
  new ApiObject(inside, 'a', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'inside' } });
  const beside = new Chart(app, 'beside', { namespace: 'other' });
  new ApiObject(beside, 'b', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'beside' } });
  for (const target of ['argo', 'jobs'] as const) {
    const { bundles } = compile([lowerPipeline(p, new Collector())], defaultProfile, [target]);
    const all = bundles.flatMap(({ files }) => files).flatMap(({ manifests }) => manifests);
    expect(all.filter(({ object }) => (object as unknown as Object).metadata.name === 'own').length).toBeGreaterThan(0);
  }
  expect(
    lowerCharts([app], new Collector()).map(({ name, manifests }) => [name, manifests.map(({ object }) => object)]),
  ).toEqual([
    ['hello-inside', [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'inside' } }]],
    ['beside', [{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'beside', namespace: 'other' } }]],
  ]);
});

describe('edges', () => {
  class Stage extends Construct {
    readonly first: Task;
    readonly last: Task;
    constructor(scope: Construct, id: string) {
      super(scope, id);
      this.first = new Task(this, 'first', { command: ['first'] });
      const middle = new Task(this, 'middle', { command: ['middle'], after: this.first });
      this.last = new Task(this, 'last', { command: ['last'], after: middle });
    }
  }
  function edges(make: (p: Pipeline, a: Stage, b: Stage, lone: Task) => void): Record<string, string[]> {
    const p = new Pipeline(new App(), 'p', { image });
    make(p, new Stage(p, 'a'), new Stage(p, 'b'), new Task(p, 'lone', { command: ['lone'] }));
    const diagnostics = new Collector();
    const { tasks } = lowerPipeline(p, diagnostics);
    expect(diagnostics.sorted()).toEqual([]);
    return Object.fromEntries(tasks.map(({ name, after }) => [name, after.map(({ task, on }) => `${task} ${on}`)]));
  }
  const inside = {
    'a-first': [],
    'a-middle': ['a-first succeeded'],
    'a-last': ['a-middle succeeded'],
    'b-first': [],
    'b-middle': ['b-first succeeded'],
    'b-last': ['b-middle succeeded'],
    lone: [],
  };

  test('addDependency between tasks', () => {
    expect(edges((_p, a, b) => b.first.node.addDependency(a.last))).toEqual({
      ...inside,
      'b-first': ['a-last succeeded'],
    });
  });
  test('addDependency between components: first tasks come after last ones', () => {
    expect(edges((_p, a, b) => b.node.addDependency(a))).toEqual({ ...inside, 'b-first': ['a-last succeeded'] });
  });
  test('addDependency of a component on a task, and of a task on a component', () => {
    expect(
      edges((_p, a, b, lone) => {
        a.node.addDependency(lone);
        b.first.node.addDependency(a);
      }),
    ).toEqual({ ...inside, 'a-first': ['lone succeeded'], 'b-first': ['a-last succeeded'] });
  });
  test('after takes components, and conditions on them', () => {
    expect(
      edges((p, a, b) => {
        new Task(p, 'both', { command: ['x'], after: [a, { task: b, on: 'completed' }] });
      }),
    ).toEqual({ ...inside, both: ['a-last succeeded', 'b-last completed'] });
  });
  test('an edge that is said twice is one', () => {
    expect(
      edges((p, a) => new Task(p, 't', { command: ['x'], after: [a.last, a.last] }).node.addDependency(a.last)),
    ).toEqual({ ...inside, t: ['a-last succeeded'] });
  });
});

describe('where things are', () => {
  class Trainer extends Task {
    constructor(scope: Construct, id: string) {
      super(scope, id, { command: ['train'], timeout: 'soon' });
    }
  }
  class TeamPipeline extends Pipeline {
    constructor(scope: Construct, id: string) {
      super(scope, id, { image, maxRunning: 0 });
    }
  }
  const line = (marker: string) =>
    readFileSync(import.meta.filename, 'utf8')
      .split('\n')
      .findIndex((text) => text.endsWith(`// ${marker}`)) + 1;

  test('subclasses of Pipeline and Task work, and their problems are told where they are made', () => {
    const p = new TeamPipeline(new App(), 'team'); // the pipeline
    const makeTrainer = (id: string) => new Trainer(p, id); // the helper
    makeTrainer('one'); // the call
    const diagnostics = new Collector();
    compile([lowerPipeline(p, diagnostics)], defaultProfile, ['argo'], diagnostics);
    const places = diagnostics.sorted().map(({ code, location, notes }) => ({
      code,
      file: location?.file,
      line: location?.line,
      callers: notes.map((note) => note.location?.line),
    }));
    const file = import.meta.filename;
    expect(places).toMatchObject([
      { code: 'PL075', file, line: line('the pipeline') },
      { code: 'PL354', file, line: line('the helper') },
    ]);
    expect(places[1]?.callers[0]).toBe(line('the call'));
  });

  test('two pipelines in one app keep to themselves', () => {
    const app = new App();
    const make = (id: string) => {
      const p = new Pipeline(app, id, { image, parameters: { lr: 0.1 } });
      new Task(p, 't', { command: ['train', p.parameters.lr] });
      return p;
    };
    const [one, two] = [make('one'), make('two')];
    new Task(two, 'thief', { command: ['train', one.parameters.lr] });
    const diagnostics = new Collector();
    const [first, second] = [lowerPipeline(one, diagnostics), lowerPipeline(two, diagnostics)];
    expect(first.tasks.map(({ name }) => name)).toEqual(['t']);
    expect(second.tasks.map(({ name }) => name)).toEqual(['t', 'thief']);
    expect(diagnostics.sorted().map(({ code }) => code)).toEqual(['PL350']);
  });
});
