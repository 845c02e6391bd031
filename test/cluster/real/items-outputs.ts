import { Output, type Pipeline, Task } from '../../../src/index.ts';
import { some, tinyItems } from './items-hostile.ts';
import { type RunValue, usersOf } from './items-parameters.ts';
import { BARE, type CheckedPipeline, emptyPipeline, PRINTER } from './items-pipelines.ts';

/** Outputs that are alone in their task: on jobs each is the termination message itself, at most 4,096 bytes. */
const ALONE = ['🚀'.repeat(1024), "{{x}} $(y) 'z'\n\n", '\ufeff$$(PATH)\r'];

/** Outputs of tasks, in commands and environments of later ones. */
export function outputPipeline(name: string, namespace: string): CheckedPipeline {
  const p = emptyPipeline(name, namespace);
  const values = [0, 1, 2].flatMap((first) => gathered(p, `gathered-${first}`, some(tinyItems, 3, first)));
  for (const [number, text] of ALONE.entries()) {
    // The newline at the end of the file is not part of the value.
    const newline = text.endsWith('\n') ? '\\n' : '';
    const task = new Task(p, `alone-${number}`, {
      script: `printf '%s${newline}' "$1" >"$PODLOOM_OUTPUT_TEXT"`,
      args: [text],
      outputs: { text: 'string' },
    });
    values.push({ ref: task.outputs.text, text });
  }
  return { pipeline: p, tasks: usersOf(p, 'use', values) };
}

/** A task with many outputs. On jobs they are gathered into one termination message. */
function gathered(p: Pipeline, name: string, texts: readonly string[]): RunValue[] {
  const names = texts.map((_, output) => `o-${output}`);
  const lines = names.map((_, output) => `printf '%s\\n' "$1" >"$PODLOOM_OUTPUT_O_${output}"; shift\n`);
  const { outputs } = new Task(p, name, {
    script: lines.join(''),
    args: texts,
    outputs: Object.fromEntries(names.map((output) => [output, 'string'] as const)),
  });
  return texts.map((text, number) => ({ ref: outputs[names[number] as string] as RunValue['ref'], text }));
}

const odd = ['{{workflow.name}}', '$(PODLOOM_INDEX)', '\\0173\\c', '[', "'"];
const listed = [...new Set([...some(tinyItems, 25), ...odd])];
const lines = some(tinyItems, 20, 2).filter((text) => text !== '' && !text.includes('\n'));
const records = some(tinyItems, 50, 4).map((text, number) => ({
  "it's": text,
  'n-{{x}}': [1e-7, -1.5, true, 1e21][number % 4] as number | boolean,
}));

/** Lists made at run time: JSON, lines and objects, one pod for each item. */
export function listPipeline(name: string, namespace: string): CheckedPipeline {
  const p = emptyPipeline(name, namespace);
  const script = `printf '%s\\n' "$@" >"$PODLOOM_OUTPUT_ITEMS"`;
  const outputs = { items: Output.list() };
  const json = new Task(p, 'json', { script, args: [JSON.stringify(listed)], outputs });
  const text = new Task(p, 'lines', { script, args: lines, outputs });
  const objects = new Task(p, 'objects', {
    script,
    args: [JSON.stringify(records)],
    outputs: { items: Output.list({ fields: ["it's", 'n-{{x}}', 'none'] }) },
  });
  for (const [from, props] of [
    [json, {}],
    [text, BARE],
  ] as const) {
    new Task(p, `use-${from.node.id}`, {
      ...props,
      forEach: from.outputs.items,
      command: ({ item, index }) => [PRINTER, index, item, `<${item}{{x}}$(X)>`],
      env: ({ item }) => ({ MY_ITEM: `{{x}}${item}` }),
    });
  }
  new Task(p, 'use-objects', {
    forEach: objects.outputs.items,
    command: ({ item, index }) => [PRINTER, index, item["it's"], item['n-{{x}}'], item.none],
  });
  const expected = (item: string, number: number) => ({
    argv: [PRINTER, String(number), item, `<${item}{{x}}$(X)>`],
    env: { ITEM: item, MY_ITEM: `{{x}}${item}` },
  });
  const tasks = [
    { name: 'use-json', expected: listed.map(expected) },
    { name: 'use-lines', expected: lines.map(expected) },
    {
      name: 'use-objects',
      expected: records.map((item, number) => ({
        argv: [PRINTER, String(number), item["it's"], String(item['n-{{x}}']), ''],
        env: { ITEM_IT_S: item["it's"], ITEM_N___X__: String(item['n-{{x}}']), ITEM_NONE: '' },
      })),
    },
  ];
  return { pipeline: p, tasks };
}
