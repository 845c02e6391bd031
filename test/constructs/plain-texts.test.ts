/** References reach a pod through its argv and environment; anywhere else they are an error, never a marker in a manifest. */
import { ApiObject, App } from 'cdk8s';
import { describe, expect, test } from 'vitest';
import { compile, targetNames } from '../../src/compile.ts';
import { lowerPipeline } from '../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../src/diagnostics/collector.ts';
import { Items, Output, Pipeline, Task, type TaskProps, Volume } from '../../src/index.ts';
import { defaultProfile } from '../../src/ir/profile.ts';

type Made = Pipeline<{ tag: string }>;

function reported(make: (p: Made, text: string) => void): string[] {
  const p = new Pipeline(new App(), 'p', { image: 'busybox:1.37', parameters: { tag: 'x' } });
  make(p, `v${p.parameters.tag}`);
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(p as never, diagnostics);
  expect(JSON.stringify(pipeline)).not.toMatch(/[\uE000\uE001]/);
  const { bundles } = compile([pipeline], defaultProfile, targetNames, diagnostics);
  expect(bundles).toEqual([]);
  return diagnostics.sorted().map(({ code, message }) => `${code} ${message.split(' of ')[0]}`);
}

const fields: { readonly [name: string]: (text: string) => TaskProps } = {
  image: (text) => ({ image: `busybox:${text}` }),
  imagePullSecrets: (text) => ({ imagePullSecrets: [text] }),
  mountPath: (text) => ({ volumes: [Volume.claim('d').mount(`/${text}`)] }),
  subPath: (text) => ({ volumes: [Volume.claim('d').mount('/d', { subPath: text })] }),
  claim: (text) => ({ volumes: [{ volume: { name: text }, path: '/d' }] }),
  path: (text) => ({ volumes: [Volume.hostPath(`/${text}`).mount('/d')] }),
  prefix: (text) => ({ envFrom: [{ secret: 's', prefix: text }] }),
  serviceAccount: (text) => ({ serviceAccount: text }),
  pool: (text) => ({ nodeSelector: { pool: text } }),
  value: (text) => ({ tolerations: [{ key: 'k', operator: 'Equal', value: text }] }),
  name: (text) => ({ priority: { class: text } }),
  team: (text) => ({ labels: { team: text } }),
  note: (text) => ({ annotations: { note: text } }),
  interpreter: (text) => ({ command: undefined, script: 'pass', interpreter: [text] }),
  workingDir: (text) => ({ workingDir: `/${text}` }),
  key: (text) => ({ env: { A: { secret: 's', key: text } } }),
  fieldPath: (text) => ({ env: { A: { field: `metadata.annotations['${text}']` } } }),
  hostname: (text) => ({ podSpecPatch: { hostname: text } }),
  bucket: (text) => ({ outputs: { model: Output.s3('/model', { bucket: text, key: 'model' }) } }),
};

describe('a reference is told where the text is plain', () => {
  test.each(Object.keys(fields))('%s', (field) => {
    const props = fields[field] as (typeof fields)[string];
    const found = reported((p, text) => new Task(p, 't', { command: ['work'], ...props(text) }));
    expect(found.filter((line) => !line.startsWith('PL260'))).toEqual([`PL366 \`${field}\``]);
  });

  test('in the user’s own objects, and in the props of the pipeline', () => {
    expect(
      reported((p, text) => {
        new Task(p, 't', { command: ['work'] });
        new ApiObject(p, 'own', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'own' },
          data: { level: text },
        });
      }),
    ).toEqual(['PL366 `level`']);
  });

  test('as a number or an object', () => {
    for (const prop of ['cpu', 'memory', 'gpu', 'replicas', 'maxRunning', 'security', 'podSpecPatch', 'timeout']) {
      const found = reported((p) => new Task(p, 't', { command: ['work'], [prop]: p.parameters.tag }));
      expect(found).toEqual([expect.stringMatching(`^PL353 .${prop}. is an object`)]);
    }
  });
});

test('damaged, foreign and unknown markers', () => {
  const codes = (command: (p: Made) => string[]) =>
    reported((p) => new Task(p, 't', { command: command(p) })).map((line) => line.slice(0, 5));
  expect(codes((p) => [String(p.parameters.tag).slice(0, 2)])).toEqual(['PL351']);
  expect(codes(() => ['\uE000'])).toEqual(['PL351']);
  expect(codes(() => ['\uE000999999999\uE001'])).toEqual(['PL351']);
  expect(codes(() => [String(Items.of('a', 'b').item)])).toEqual(['PL350']);
});

test('arithmetic with a reference throws', () => {
  const p = new Pipeline(new App(), 'p', { image: 'busybox:1.37', parameters: { lr: 0.1 } });
  expect(() => Number(p.parameters.lr)).toThrow('it cannot be used in arithmetic');
  expect(() => (p.parameters.lr as never as number) * 2).toThrow('it cannot be used in arithmetic');
  expect(() => Math.max(p.parameters.lr as never, 1)).toThrow('it cannot be used in arithmetic');
});

test('edges to what has no tasks here', () => {
  const app = new App();
  const other = new Task(new Pipeline(app, 'other', { image: 'busybox:1.37' }), 'elsewhere', { command: ['x'] });
  const lines = (make: (p: Made) => void) => reported((p) => make(p)).map((line) => line.slice(0, 5));
  const add = (after: unknown) => (p: Made) => new Task(p, 't', { command: ['x'], after: after as never });
  expect(lines(add([other]))).toEqual(['PL355']);
  expect(lines(add(['decode']))).toEqual(['PL355']);
  expect(lines(add([undefined]))).toEqual(['PL355']);
  expect(lines((p) => add([{ task: new Task(p, 'a', { command: ['x'] }), on: 'sometimes' }])(p))).toEqual(['PL353']);
  expect(lines((p) => new Task(p, 't', { command: ['x'] }).node.addDependency(other))).toEqual(['PL355']);
});
