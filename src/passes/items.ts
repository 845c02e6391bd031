import type { Collector } from '../diagnostics/collector.ts';
import { countItems, itemText, itemVariables, shapeOf } from '../ir/item-values.ts';
import type { ForEach, Items } from '../ir/items.ts';
import type { Task } from '../ir/task.ts';
import type { Reference, Text } from '../ir/text.ts';
import { isShellName } from '../units/env-name.ts';
import { perObject } from '../units/per-object.ts';
import { didYouMean } from '../units/suggest.ts';
import { checkUnique } from './item-names.ts';
import type { Check } from './pass.ts';

/** MAX_ARG_STRLEN of Linux: one argument, or a variable with its name, with the NUL at its end. */
const MAX_ARGUMENT = 131_072;

/** Problems of item sources: PL040…PL049, a bad batch, and values that are no items. */
const SOURCE_CODE = /^PL(?:04\d|056|353)$/;

/** Lists of items: empty, duplicates, sizes; and where texts use items. */
export const checkItems: Check = (pipeline, _profile, diagnostics) => {
  // A task whose items could not be made has no `forEach` here, and that was reported.
  const lacksItems = diagnostics.sorted().some(({ code }) => SOURCE_CODE.test(code));
  for (const task of pipeline.tasks) {
    if (task.forEach !== undefined || !lacksItems) checkUses(task, diagnostics);
    if (task.forEach === undefined) continue;
    checkNumbers(task.forEach, task, diagnostics);
    checkEnvironment(task.forEach, task, diagnostics);
    if (countItems(task.forEach.items) === 0) {
      diagnostics.report('PL050', { source: sourceOf(task.forEach) }, { origin: task.origin });
      continue;
    }
    checkSizes(task.forEach, task, diagnostics);
    checkUnique(task.forEach, sourceOf(task.forEach), task.origin, diagnostics);
  }
};

function sourceOf({ items }: ForEach): string {
  return items.kind === 'output' ? `${items.task}.${items.output}` : items.source;
}

function checkNumbers(forEach: ForEach, task: Task, diagnostics: Collector): void {
  for (const prop of ['batch', 'itemsPerPod'] as const) {
    const value = forEach[prop];
    if (!Number.isInteger(value) || value < 1) {
      diagnostics.report('PL056', { prop, value: String(value) }, { origin: task.origin });
    }
  }
}

function checkEnvironment(forEach: ForEach, { container, origin }: Task, diagnostics: Collector): void {
  const taken = new Set(forEach.batch > 1 ? [] : itemVariables(shapeOf(forEach.items)).map(({ name }) => name));
  for (const { name } of container.environment.variables) {
    const reason = taken.has(name)
      ? 'is the item itself'
      : isShellName(name)
        ? undefined
        : 'has a name that a shell does not pass on, and tasks with `forEach` start through a shell';
    if (reason !== undefined) diagnostics.report('PL058', { variable: name, reason }, { origin });
  }
}

interface TooLong {
  /** The item, or its field, as messages call it. */
  readonly item: string;
  readonly kibibytes: number;
}

function checkSizes({ items }: ForEach, task: Task, diagnostics: Collector): void {
  if (items.kind !== 'table') return;
  for (const found of tooLong(items)) {
    diagnostics.report('PL055', { source: items.source, ...found }, { origin: task.origin });
  }
}

/** The first item that is too long for each variable. Found once, however many tasks have the items. */
const tooLong = perObject((items: Extract<Items, { kind: 'table' }>): readonly TooLong[] =>
  itemVariables(items.shape).flatMap(({ name, field }) => {
    const limit = MAX_ARGUMENT - name.length - 2;
    const isTooLong = (text: string): boolean => text.length * 3 > limit && Buffer.byteLength(text) > limit;
    const index = items.values.findIndex((item) => isTooLong(itemText(item, field)));
    if (index < 0) return [];
    const item = field === undefined ? `item ${index}` : `field ${field} of item ${index}`;
    return [{ item, kibibytes: Math.ceil(Buffer.byteLength(itemText(items.values[index] ?? '', field)) / 1024) }];
  }),
);

/** Texts of the program and the environment, each with what messages call it. */
function checkUses(task: Task, diagnostics: Collector): void {
  const { program, environment } = task.container;
  const named = program.kind === 'script' ? { args: program.args } : { command: program.command, args: program.args };
  for (const [prop, argv] of Object.entries(named)) {
    for (const argument of argv ?? []) {
      if (argument.kind === 'text') checkText(argument.text, `\`${prop}\``, task, diagnostics);
      else checkUse({ kind: 'batch', field: argument.field, separator: '' }, `\`${prop}\``, task, diagnostics);
    }
  }
  for (const variable of environment.variables) {
    if (variable.kind === 'text') checkText(variable.text, `\`env.${variable.name}\``, task, diagnostics);
  }
}

function checkText(text: Text, use: string, task: Task, diagnostics: Collector): void {
  for (const part of text) if (typeof part !== 'string') checkUse(part, use, task, diagnostics);
}

function checkUse(reference: Reference, use: string, { forEach, origin }: Task, diagnostics: Collector): void {
  if (reference.kind !== 'item' && reference.kind !== 'batch' && reference.kind !== 'index') return;
  if (forEach === undefined) {
    diagnostics.report('PL053', { use }, { origin });
    return;
  }
  if (reference.kind === 'index') return;
  const { batch } = forEach;
  if (reference.kind === 'item' && batch > 1) diagnostics.report('PL054', { use, batch }, { origin });
  const shape = shapeOf(forEach.items);
  const fields = shape.kind === 'object' ? shape.fields : [];
  const known = shape.kind === 'scalar' ? reference.field === undefined : fields.includes(reference.field ?? '');
  if (known) return;
  const hint =
    shape.kind === 'scalar'
      ? 'Use the item itself.'
      : didYouMean(reference.field ?? '', fields, 'Use one of these fields.');
  const params = {
    field: reference.field === undefined ? 'without a name' : JSON.stringify(reference.field),
    fields: shape.kind === 'scalar' ? 'none: they are plain values' : fields.join(', '),
    hint,
  };
  diagnostics.report('PL052', params, { origin });
}
