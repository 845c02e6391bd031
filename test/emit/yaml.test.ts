import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderYaml } from '../../src/emit/yaml.ts';
import type { Json, JsonObject } from '../../src/ir/scalar.ts';

/** Text that YAML is known to mistake for something else. */
const hostile = [
  '',
  ' ',
  '~',
  'null',
  'Null',
  'true',
  'Yes',
  'no',
  'ON',
  'off',
  'y',
  'N',
  '0775',
  '0o17',
  '0x1F',
  '0b1',
  '1e3',
  '1_000',
  '1:30',
  '1:30.5',
  '.5',
  '.inf',
  '-.INF',
  '.nan',
  '+1',
  '-1',
  '1.',
  '2026-01-02',
  '2026-01-02T03:04:05Z',
  '=',
  '<<',
  '-',
  '--',
  '---',
  '...',
  '--- a',
  '- a',
  '-a',
  '--in',
  '? a',
  'a: b',
  'a:',
  ': a',
  'a #b',
  '#a',
  'a ',
  ' a',
  '[a]',
  '{a}',
  '{{=x}}',
  '*a',
  '&a',
  '!a',
  '!!str a',
  '|',
  '>',
  '%a',
  '@a',
  '`a',
  "it's",
  '"',
  '\\',
  'a\\nb',
  '\'"\\',
  'a\nb',
  'a\nb\n',
  'a\n\n',
  '\na',
  '\n',
  '\n\n',
  ' a\nb',
  '\ta\nb',
  'a\n b',
  'a\n\tb\n',
  'a \nb',
  'a\n \n',
  'a\n ',
  'a\n\n\n b\n\n',
  'a\r\nb',
  'a\rb',
  'a\tb',
  '\t',
  'a\u0085b',
  'a\u2028b\nc',
  '\ufeffa',
  '\ufffe',
  '\0',
  '\u0007\n',
  'é',
  '日本\n語',
  '😀',
  '\ud800',
  'a\n# b',
  'a\n---\nb',
  '8Gi',
  '500m',
  '1.5',
  '5E',
  '1k',
  '12e03',
  'e0',
  '-E+5',
  '0.',
  'a'.repeat(1100),
  '__proto__',
  'constructor',
  '$(id)',
  '$$(id)',
];

const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('a', ' ', '\n', ':', '#', '-', '"', "'", '\t') }),
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const { json } = fc.letrec<{ json: Json }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== '__proto__'),
      tie('json'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

describe('renderYaml', () => {
  it.each(['1.1', '1.2'] as const)('is read back as what went in, as YAML %s', (version) => {
    fc.assert(
      fc.property(json, (value) => {
        expect(parse(renderYaml({ value }), { version, merge: true })).toEqual({ value });
      }),
      { numRuns: 3000 },
    );
  });

  it.each(hostile)('keeps %j as key, value and list element', (value) => {
    if (value === '__proto__') return;
    const object: JsonObject = { [value]: value, list: [value, [value], { [value]: value }], after: 1 };
    for (const version of ['1.1', '1.2'] as const)
      expect(parse(renderYaml(object), { version, merge: true })).toEqual(object);
  });

  it('is how people write Kubernetes objects', () => {
    const object = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'decode', labels: { 'podloom.dev/task': 'yes' }, annotations: {} },
      spec: {
        completions: 3,
        args: ['--in', '$(ITEM)', 'a: b', '{"a": 1}', "it's\t", '0775', 'one\ntwo', 'last\n'],
        limits: { cpu: '500m', memory: '8Gi', 'nvidia.com/gpu': '1' },
        containers: [{ name: 'main', env: [], ports: [[1, 2], []] }],
        suspend: false,
        missing: undefined as unknown as null,
        rate: 1e-7,
      },
    };
    expect(renderYaml(object)).toBe(`apiVersion: batch/v1
kind: Job
metadata:
  name: decode
  labels:
    podloom.dev/task: "yes"
  annotations: {}
spec:
  completions: 3
  args:
    - --in
    - $(ITEM)
    - "a: b"
    - '{"a": 1}'
    - "it's\\t"
    - "0775"
    - |-
      one
      two
    - |
      last
  limits:
    cpu: 500m
    memory: 8Gi
    nvidia.com/gpu: "1"
  containers:
    - name: main
      env: []
      ports:
        - - 1
          - 2
        - []
  suspend: false
  rate: 1.0e-7
`);
  });

  it('refuses what is not JSON', () => {
    expect(() => renderYaml({ a: Number.NaN })).toThrow('NaN is not JSON');
  });
});
