import { App } from 'cdk8s';
import { Items, Pipeline, Task, type TaskProps } from '../../../src/index.ts';
import type { StringMap } from '../../../src/ir/scalar.ts';
import { shellQuote } from '../../../src/units/shell-quote.ts';
import { BUSYBOX_IMAGE, PRINTER_IMAGE } from '../rig/images.ts';
import { type HostileObject, manyItems, manyObjects, shortItems, some } from './items-hostile.ts';

/** What the process of one unit has to get. Of the environment, what is named here. */
export interface Expected {
  readonly argv: readonly string[];
  readonly env: { readonly [name: string]: string };
}

/** A task that prints what it gets, and what that has to be, by number of the unit. */
export interface CheckedTask {
  readonly name: string;
  readonly expected: readonly Expected[];
}

export interface CheckedPipeline {
  readonly pipeline: Pipeline;
  readonly tasks: readonly CheckedTask[];
  /** Parameters of the run. */
  readonly given?: StringMap;
}

type AnyProps = Pick<TaskProps, 'itemsPerPod' | 'image' | 'shell' | 'argoStrategy'>;

export const PRINTER = '/bin/printer';
/** Image without a shell: podloom brings its own. */
export const BARE = { image: PRINTER_IMAGE, shell: 'injected' } as const;

/** Text that stands in commands and environments beside the items. */
export const LITERALS = [
  '$(PATH) $$(X) $$$',
  '{{workflow.name}} {{=1+1}} {{x}}',
  'it\'s "`id`"\n',
  '',
  '--',
  '-n',
  'é$é\\',
];

/** Pods that run at once: the node has few cores. */
export const MAX_RUNNING = 10;

export function emptyPipeline(name: string, namespace: string): Pipeline {
  return new Pipeline(new App(), name, { namespace, image: BUSYBOX_IMAGE, maxRunning: MAX_RUNNING });
}

/** Each item as an argument, inside text, and in the environment. */
export function plainItems(p: Pipeline, name: string, values: readonly string[], props: AnyProps = {}): CheckedTask {
  new Task(p, name, {
    ...props,
    forEach: Items.of(values),
    command: ({ item, index }) => [PRINTER, index, item, `--in=${item}'$(id){{x}}`, ...LITERALS],
    env: ({ item, index }) => ({
      MY_ITEM: `a "${item}" $(b) {{c}}`,
      MY_INDEX: `n${index}`,
      MY_TEXT: LITERALS.join('|'),
    }),
  });
  const expected = values.map((item, number) => ({
    argv: [PRINTER, String(number), item, `--in=${item}'$(id){{x}}`, ...LITERALS],
    env: { ITEM: item, MY_ITEM: `a "${item}" $(b) {{c}}`, MY_INDEX: `n${number}`, MY_TEXT: LITERALS.join('|') },
  }));
  return { name, expected };
}

/** The fields of items that are objects. */
export function objectItems(
  p: Pipeline,
  name: string,
  values: readonly HostileObject[],
  props: AnyProps = {},
): CheckedTask {
  new Task(p, name, {
    ...props,
    forEach: Items.of(values as readonly (HostileObject & { [field: string]: string | number | boolean })[]),
    command: ({ item, index }) => {
      const odd = item['{{x}} größe $(id)'];
      return [PRINTER, index, item.path, item["it's"], odd, `${item['lr-max']}/${item.LR_MAX}`, ...LITERALS];
    },
    env: ({ item }) => ({ MY_IT: item["it's"], MY_ODD: `$(X)${item['{{x}} größe $(id)']}` }),
  });
  const expected = values.map((item, number) => {
    const odd = item['{{x}} größe $(id)'];
    const numbers = `${item['lr-max']}/${item.LR_MAX}`;
    return {
      argv: [PRINTER, String(number), item.path, item["it's"], odd, numbers, ...LITERALS],
      env: {
        ITEM_PATH: item.path,
        ITEM_IT_S: item["it's"],
        ITEM___X___GR_SSE___ID_: odd,
        ITEM_LR_MAX: String(item['lr-max']),
        ITEM_LR_MAX_2: String(item.LR_MAX),
        MY_IT: item["it's"],
        MY_ODD: `$(X)${odd}`,
      },
    };
  });
  return { name, expected };
}

const SIZE = 13;

/** Batches as arguments and joined. */
export function batchedItems(p: Pipeline, name: string, values: readonly string[], props: AnyProps = {}): CheckedTask {
  const separator = ", '$(x){{y}}'\n";
  new Task(p, name, {
    ...props,
    forEach: Items.of(values).batch(SIZE),
    command: ({ item, index }) => [PRINTER, index, '--', item, '--', `<${item.join(separator)}>`],
    env: ({ item }) => ({ MY_LIST: item.join('') }),
  });
  const expected = groups(values).map((group, number) => ({
    argv: [PRINTER, String(number), '--', ...group, '--', `<${group.join(separator)}>`],
    env: { MY_LIST: group.join('') },
  }));
  return { name, expected };
}

/** Fields of the objects of a batch. */
export function batchedObjects(
  p: Pipeline,
  name: string,
  values: readonly HostileObject[],
  props: AnyProps = {},
): CheckedTask {
  new Task(p, name, {
    ...props,
    forEach: Items.of(values as readonly (HostileObject & { [field: string]: string | number | boolean })[]).batch(
      SIZE,
    ),
    command: ({ item, index }) => [PRINTER, item["it's"], index, item['lr-max'], item.LR_MAX.join('$')],
  });
  const expected = groups(values).map((group, number) => ({
    argv: [
      PRINTER,
      ...group.map((item) => item["it's"]),
      String(number),
      ...group.map((item) => String(item['lr-max'])),
      group.map((item) => item.LR_MAX).join('$'),
    ],
    env: {},
  }));
  return { name, expected };
}

function groups<T>(values: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(values.length / SIZE) }, (_, number) =>
    values.slice(number * SIZE, (number + 1) * SIZE),
  );
}

/** A script with hostile text in it, and items as its arguments. */
export function scriptItems(p: Pipeline, name: string, values: readonly string[], props: AnyProps = {}): CheckedTask {
  const words = [...LITERALS, ...some(shortItems, 10)];
  new Task(p, name, {
    ...props,
    forEach: Items.of(values),
    script: `# {{workflow.name}} $(X) \`id\` é\nexec ${PRINTER} "$@" "$ITEM" ${words.map(shellQuote).join(' ')}\n`,
    args: ({ item, index }) => [index, item, ...LITERALS],
    env: ({ item }) => ({ MY_ITEM: `{{x}}${item}` }),
  });
  const expected = values.map((item, number) => ({
    argv: [PRINTER, String(number), item, ...LITERALS, item, ...words],
    env: { ITEM: item, MY_ITEM: `{{x}}${item}` },
  }));
  return { name, expected };
}

/** Numbers and patterns, which the pods compute. */
export function computedItems(p: Pipeline, props: AnyProps = {}): CheckedTask[] {
  const command = ({ item, index }: { item: unknown; index: unknown }) => [PRINTER, index, item] as string[];
  new Task(p, 'range', { ...props, forEach: Items.range(-7, 100, 3), command });
  new Task(p, 'braces', {
    ...props,
    forEach: Items.braces('it\'s {{x}} {08..19}-{a,$(b),`c`,"d e",}\n'),
    command,
  });
  new Task(p, 'pages', {
    ...props,
    forEach: Items.braces('p{098..102}').batch(2),
    command: ({ item, index }) => [PRINTER, index, item, item.join(',')],
  });
  const range = Array.from({ length: 36 }, (_, number) => String(-7 + 3 * number));
  const braces = Array.from({ length: 12 }, (_, number) => String(number + 8).padStart(2, '0')).flatMap((number) =>
    ['a', '$(b)', '`c`', '"d e"', ''].map((option) => `it's {{x}} ${number}-${option}\n`),
  );
  const single = (item: string, number: number) => ({ argv: [PRINTER, String(number), item], env: { ITEM: item } });
  const pages = [['p098', 'p099'], ['p100', 'p101'], ['p102']].map((group, number) => ({
    argv: [PRINTER, String(number), ...group, group.join(',')],
    env: {},
  }));
  return [
    { name: 'range', expected: range.map(single) },
    { name: 'braces', expected: braces.map(single) },
    { name: 'pages', expected: pages },
  ];
}

/** No items: the kubelet itself expands the command and the environment. */
export function literals(p: Pipeline, name: string, values: readonly string[], props: AnyProps = {}): CheckedTask {
  const env = Object.fromEntries(values.map((text, number) => [`MY_${number}`, text]));
  new Task(p, name, { ...props, command: [PRINTER, ...values], env });
  return { name, expected: [{ argv: [PRINTER, ...values], env }] };
}

/** The same in a script's arguments. */
export function literalScript(p: Pipeline, name: string, values: readonly string[]): CheckedTask {
  new Task(p, name, { script: `exec ${PRINTER} "$@"`, args: values });
  return { name, expected: [{ argv: [PRINTER, ...values], env: {} }] };
}

/** All that is told apart by how items travel, in few pods each. */
export function everyWay(p: Pipeline, props: AnyProps = {}): CheckedTask[] {
  const packed = { ...props, itemsPerPod: 126 };
  return [
    plainItems(p, 'packed', manyItems, packed),
    plainItems(p, 'bare', manyItems, { ...packed, ...BARE }),
    plainItems(p, 'bare-single', some(manyItems, 126, 7), { ...props, ...BARE }),
    objectItems(p, 'objects', manyObjects, packed),
    objectItems(p, 'bare-objects', some(manyObjects, 10), { ...packed, ...BARE }),
    batchedItems(p, 'batches', shortItems, { ...props, itemsPerPod: 10 }),
    batchedItems(p, 'bare-batches', shortItems, { ...packed, ...BARE }),
    batchedObjects(p, 'object-batches', manyObjects, packed),
    scriptItems(p, 'scripts', shortItems, packed),
    ...computedItems(p, { ...props, itemsPerPod: 36 }),
  ];
}
