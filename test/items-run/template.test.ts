import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../src/ir/scalar.ts';
import { Template, TemplateText, type TemplateTree } from '../../src/runner/items/template.ts';
import type { TemplateItem } from '../../src/runner/items/template-item.ts';

const place = { file: '/pod.yaml', line: 1, column: 1 };
const text = (source: string, typed = false): TemplateText => new TemplateText(source, place, typed);
const item = (values: TemplateItem['values'], index = 0): TemplateItem => ({ index, values, key: values, where: '' });

/** What the kubelet makes of a text with references (third_party/forked/golang/expansion/expand.go, v1.36). */
function kubelet(input: string, variables: { readonly [name: string]: string }): string {
  let out = '';
  for (let at = 0; at < input.length; at++) {
    const next = input[at + 1];
    if (input[at] !== '$' || next === undefined) out += input[at];
    else if (next === '$') {
      out += '$';
      at++;
    } else if (next === '(') {
      const close = input.indexOf(')', at + 2);
      if (close < 0) {
        out += '$(';
        at++;
        continue;
      }
      const name = input.slice(at + 2, close);
      out += Object.hasOwn(variables, name) ? variables[name] : `$(${name})`;
      at = close;
    } else {
      out += `$${next}`;
      at++;
    }
  }
  return out;
}

const hostile = fc.oneof(
  fc.string({
    unit: fc.constantFrom('$', '(', ')', 'A', '{', '}', '"', "'", '\n', ':', ' ', '.Item', '{{.Index}}', '\\'),
  }),
  fc.string({ unit: 'grapheme' }),
);
/** Text of a template without references and placeholders of its own; a dollar may stand anywhere. */
const literal = fc.string({ unit: fc.constantFrom('$', 'x', ' ', ')', "'", '"', ':', '\n') });

test('the program gets each item exactly, whatever stands around it', () => {
  fc.assert(
    fc.property(literal, hostile, literal, hostile, (before, one, between, other) => {
      const source = `${before}{{.Item}}${between}{{ .Values.b }}`;
      const tree = { spec: { containers: [{ args: [text(source)] }] } };
      const template = new Template(tree);
      const [argument] = argsOf(template.render(item({ item: one, b: other })));
      const seen = kubelet(argument as string, { A: 'WRONG', '': 'WRONG' });
      expect(seen).toBe(`${kubelet(before, {})}${one}${kubelet(between, {})}${other}`);
    }),
    {
      numRuns: 3000,
      examples: [
        ['$', '$(A)', '', ''],
        ['$', '(A)', '', ''],
        ['', '$', '', '(A)'],
        ['', '', '$', '(A)'],
      ],
    },
  );
});

test('elsewhere an item stands as it is, and changes nothing but its text', () => {
  fc.assert(
    fc.property(hostile, (value) => {
      const tree = { metadata: { annotations: { a: text('<{{.Item}}>') }, labels: { b: 'c' } } };
      expect(new Template(tree).render(item({ item: value }))).toEqual({
        metadata: { annotations: { a: `<${value}>` }, labels: { b: 'c' } },
      });
    }),
  );
});

function argsOf(pod: Json): readonly Json[] {
  return (pod as unknown as { spec: { containers: { args: Json[] }[] } }).spec.containers[0]!.args;
}

const render = (tree: TemplateTree, values: TemplateItem['values'], index = 7): Json =>
  new Template(tree).render(item(values, index));

test.each([
  ['{{.Index}}', '7'],
  ['{{ .Index }}-{{.Item}}', '7-x'],
  ['a {{- .Item -}} b', 'axb'],
  ['{{index .Values "a-b"}}', 'y'],
  ['{{ index .Values `a-b` }}', 'y'],
  ['{{"{{"}}.Item}}', '{{.Item}}'],
  ['{{.Values.größe}}', '3'],
  ['}} {', '}} {'],
])('%s gives %s', (source, expected) => {
  expect(render(text(source), { item: 'x', 'a-b': 'y', größe: 3 })).toBe(expected);
});

test('a placeholder without quotes is the value itself; in fields that are text it is text', () => {
  const tree = {
    spec: {
      activeDeadlineSeconds: text('{{.Values.n}}', true),
      containers: [{ env: [{ value: text('{{.Values.n}}', true) }] }],
    },
  };
  expect(render(tree, { n: 5 })).toEqual({
    spec: { activeDeadlineSeconds: 5, containers: [{ env: [{ value: '5' }] }] },
  });
});

test('what is not understood is told with its source, all of it', () => {
  const { bad } = new Template([text('{{.item}} {{ if .Item }}'), text('{{.Item')]);
  expect(bad.map(({ source, problem }) => `${source} ${problem}`)).toEqual([
    '{{.item}} is not understood',
    '{{ if .Item }} is not understood',
    '{{.Item is never closed',
  ]);
});
