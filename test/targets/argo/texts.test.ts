import { expect, test } from 'vitest';
import type { Expression } from '../../../src/ir/expression.ts';
import type { Reference } from '../../../src/ir/text.ts';
import { argoExpression, argoLiteral } from '../../../src/targets/argo/expression.ts';
import { marked, toManifest, toTemplate } from '../../../src/targets/argo/markup.ts';
import { dagNames } from '../../../src/targets/argo/names.ts';
import { retryStrategy } from '../../../src/targets/argo/retry.ts';
import { fnv1a } from '../../../src/units/fnv.ts';

const parameter = (name: string, type: 'string' | 'number' | 'boolean'): Expression => ({
  kind: 'reference',
  reference: { kind: 'parameter', parameter: name },
  type,
});
const literal = (value: string | number | boolean): Expression => ({ kind: 'literal', value });
const text = (expression: Expression) =>
  argoExpression(expression, (reference) => `v.${(reference as Extract<Reference, { kind: 'parameter' }>).parameter}`);

test('expressions convert what are strings in Argo', () => {
  expect(text({ kind: 'compare', operator: '>=', left: parameter('n', 'number'), right: literal(-1.5) })).toBe(
    'float(v.n) >= (-1.5e+0)',
  );
  expect(text({ kind: 'in', value: parameter('s', 'string'), options: ['a', 'b'] })).toBe('v.s in ["a", "b"]');
  const flag = parameter('b', 'boolean');
  expect(text({ kind: 'not', operand: flag })).toBe('!(v.b == "true")');
  const compare: Expression = { kind: 'compare', operator: '==', left: parameter('s', 'string'), right: literal('x') };
  expect(text({ kind: 'and', operands: [flag, { kind: 'or', operands: [compare, flag] }] })).toBe(
    '(v.b == "true") && ((v.s == "x") || (v.b == "true"))',
  );
  expect(text({ kind: 'and', operands: [] })).toBe('true');
  expect(text({ kind: 'or', operands: [] })).toBe('false');
});

test('literals hold no braces and give the text back', () => {
  const hostile = 'a"b\\ {{workflow.name}} \n é 😀';
  const written = argoLiteral(hostile);
  expect(written).not.toMatch(/[{}]/);
  expect(JSON.parse(written)).toBe(hostile);
});

test('text for the kubelet never has {{, and everything else means itself', () => {
  const pod = {
    containers: [{ command: ['echo', '{{x}} {{{'], env: [{ name: 'A', value: marked("f('a')") }] }],
    note: '{{y}} }}',
    run: marked('workflow.name'),
  };
  expect(toTemplate(pod)).toEqual({
    containers: [
      {
        command: ['echo', '{$(PODLOOM_BRACE)x}} {$(PODLOOM_BRACE){'],
        env: [
          { name: 'PODLOOM_BRACE', value: '{' },
          { name: 'A', value: "{{=f('a')}}" },
        ],
      },
    ],
    note: '{{="{{"}}y}} }}',
    run: '{{workflow.name}}',
  });
});

test('in a manifest the value of an expression has its own quotes, with escapes that YAML knows', () => {
  const manifest = toManifest({ env: [{ value: marked("f('a\"b')") }], label: marked('workflow.name'), text: '{{"' });
  expect(manifest).toBe(
    '{"env":[{"value":{{=sprig.quote(f(\'a"b\'))}}}],"label":"{{workflow.name}}","text":"{{=\\"{{\\"}}\\""}',
  );
});

test('task names that depends cannot read get a prefix', () => {
  expect([...dagNames(['in', 'task-in', '3d', 'a-b']).values()]).toEqual(['task-task-in', 'task-in', 'task-3d', 'a-b']);
});

const always = { on: ['failed', 'infrastructure'], exceptExitCodes: [] } as const;

test('retries by cause', () => {
  const killed = 'lastRetry.message matches "^main: Error [(]exit code (137|143)[)]"';
  const ended = `lastRetry.status == "Failed" && lastRetry.message matches "exit code|deadline" && !(${killed})`;
  const failed = `(${ended}) || lastRetry.message matches "^wait: .*/podloom/outputs/"`;
  expect(retryStrategy({ ...always, limit: 0 })).toBeUndefined();
  expect(retryStrategy({ ...always, limit: 3 })).toEqual({ limit: '3', retryPolicy: 'Always' });
  expect(retryStrategy({ limit: 3, on: ['infrastructure'], exceptExitCodes: [] })?.['expression']).toBe(`!(${failed})`);
  expect(retryStrategy({ ...always, limit: 3, exceptExitCodes: [7] })?.['expression']).toBe(
    `!(${failed}) || !(asInt(lastRetry.exitCode) in [7])`,
  );
  expect(
    retryStrategy({
      limit: 1,
      on: ['failed'],
      exceptExitCodes: [2, 3],
      backoff: { seconds: 1.5, factor: 2, capSeconds: 60 },
    }),
  ).toEqual({
    limit: '1',
    retryPolicy: 'Always',
    expression: `(${failed}) && !(asInt(lastRetry.exitCode) in [2, 3])`,
    backoff: { duration: '2s', factor: '2', cap: '60s' },
  });
});

test('a deadline is for all attempts together', () => {
  expect(retryStrategy({ ...always, limit: 3 }, 90)).toEqual({
    limit: '3',
    retryPolicy: 'Always',
    backoff: { duration: '0s', maxDuration: '90s' },
  });
  const backoff = { seconds: 5, factor: 2 };
  expect(retryStrategy({ ...always, limit: 3, backoff }, 90)?.['backoff']).toEqual({
    duration: '5s',
    factor: '2',
    maxDuration: '90s',
  });
});

test('FNV-1a as Go computes it', () => {
  expect(fnv1a('')).toBe(0x811c9dc5);
  expect(fnv1a('a')).toBe(0xe40c292c);
  expect(fnv1a('foobar')).toBe(0xbf9cf968);
  expect(fnv1a('bar', fnv1a('foo'))).toBe(fnv1a('foobar'));
  const ofBytes = (bytes: Uint8Array) =>
    [...bytes].reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
  expect(fnv1a('größe-😀-a')).toBe(ofBytes(Buffer.from('größe-😀-a')) >>> 0);
});
