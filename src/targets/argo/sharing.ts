import type { Json, JsonObject } from '../../ir/scalar.ts';
import type { Leaf } from './scene.ts';

/**
 * Gives tasks of the same shape one template: what differs in the text of their commands and environment becomes input
 * parameters. Text with `{{` in it is Argo's and stays where it is. `leaves` by name of the task.
 */
export function shareTemplates(leaves: ReadonlyMap<string, Leaf>): ReadonlyMap<string, Leaf> {
  const shapes = new Map<string, { task: string; texts: readonly string[] }[]>();
  for (const [task, { template }] of leaves) {
    const { shape, texts } = takeTexts(template);
    const key = JSON.stringify({ ...shape, name: '' });
    const same = shapes.get(key);
    if (same === undefined) shapes.set(key, [{ task, texts }]);
    else same.push({ task, texts });
  }
  const shared = new Map(leaves);
  for (const same of shapes.values()) {
    if (same.length > 1) for (const [task, leaf] of shareOne(same, leaves)) shared.set(task, leaf);
  }
  return shared;
}

function shareOne(
  same: readonly { task: string; texts: readonly string[] }[],
  leaves: ReadonlyMap<string, Leaf>,
): [string, Leaf][] {
  const [first] = same as [{ task: string; texts: readonly string[] }];
  const differing = first.texts.flatMap((text, at) => (same.every(({ texts }) => texts[at] === text) ? [] : [at]));
  const names = new Map(differing.map((at, number) => [at, `text${number}`]));
  const leaf = leaves.get(first.task) as Leaf;
  const texts = first.texts.map((text, at) => (names.has(at) ? `{{=inputs.parameters.${names.get(at)}}}` : text));
  const inputs = (leaf.template['inputs'] ?? {}) as JsonObject;
  const parameters = [
    ...((inputs['parameters'] ?? []) as readonly Json[]),
    ...[...names.values()].map((name) => ({ name })),
  ];
  const template = { ...putTexts(leaf.template, texts), inputs: { ...inputs, parameters } };
  return same.map(({ task, texts: own }) => [
    task,
    {
      ...(leaves.get(task) as Leaf),
      template,
      literals: [
        ...(leaves.get(task) as Leaf).literals,
        ...differing.map((at) => ({ name: names.get(at) as string, value: own[at] as string })),
      ],
    },
  ]);
}

/** The template with gaps, and the texts that belong there. */
function takeTexts(template: JsonObject): { shape: JsonObject; texts: string[] } {
  const texts: string[] = [];
  const shape = changeTexts(template, (text) => {
    texts.push(text);
    return '';
  });
  return { shape, texts };
}

function putTexts(template: JsonObject, texts: readonly string[]): JsonObject {
  let at = 0;
  return changeTexts(template, () => texts[at++] as string);
}

/** The texts of the main container that may be arguments, always in the same order. */
function changeTexts(template: JsonObject, change: (text: string) => string): JsonObject {
  const container = template['container'];
  if (typeof container !== 'object' || container === null) return template;
  const one = (text: Json): Json => (typeof text === 'string' && !text.includes('{{') ? change(text) : text);
  const result: { [key: string]: Json } = { ...(container as JsonObject) };
  for (const key of ['command', 'args']) {
    const list = result[key];
    if (Array.isArray(list)) result[key] = list.map(one);
  }
  const { env } = result;
  if (Array.isArray(env)) {
    result['env'] = env.map((entry: JsonObject) =>
      entry['value'] === undefined ? entry : { ...entry, value: one(entry['value']) },
    );
  }
  return { ...template, container: result };
}
