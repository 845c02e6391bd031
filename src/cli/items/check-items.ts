import type { Collector } from '../../diagnostics/collector.ts';
import type { Placeholder } from '../../runner/items/placeholder.ts';
import type { PlaceholderUse, TemplateTree } from '../../runner/items/template.ts';
import { placeholderValue, type TemplateItem } from '../../runner/items/template-item.ts';
import { didYouMean } from '../../units/suggest.ts';
import { MOST_PROBLEMS } from './make-pods.ts';
import type { PodTemplate } from './read-template.ts';

/** Whether each item has what the template asks for, and none would mean something to a shell. Reported once for each placeholder. */
export function checkItems(
  { template, tree }: PodTemplate,
  items: readonly TemplateItem[],
  diagnostics: Collector,
): void {
  let missing = 0;
  for (const use of template.uses) {
    for (const item of items) {
      if (missing >= MOST_PROBLEMS) return;
      if (placeholderValue(use.placeholder, item) !== undefined) continue;
      missing++;
      reportMissing(use, item, diagnostics);
    }
    if (isScript(use, tree)) checkScript(use, items, diagnostics);
  }
}

function reportMissing({ placeholder, text }: PlaceholderUse, item: TemplateItem, diagnostics: Collector): void {
  const field = placeholder.kind === 'value' ? placeholder.field : 'item';
  const fields = Object.keys(item.values);
  const has = `It has ${fields.map((each) => JSON.stringify(each)).join(', ')}.`;
  const hint =
    placeholder.kind === 'item'
      ? `Write {{.Values.${fields[0]}}}, or give each item a field "item".`
      : didYouMean(field, fields, has);
  const notes = item.location === undefined ? [] : [{ message: 'the item', location: item.location }];
  diagnostics.report(
    'PL494',
    { item: item.where, placeholder: shownPlaceholder(placeholder), field, hint },
    { location: text.location, notes },
  );
}

/** Characters that a shell takes as they are, anywhere in a word. */
const PLAIN = /^[A-Za-z0-9_./:=@%+,-]*$/;
const SHELL = /^(?:.*\/)?(?:ba|da|z|k|a)?sh$/;

function checkScript(
  { placeholder, text }: PlaceholderUse,
  items: readonly TemplateItem[],
  diagnostics: Collector,
): void {
  if (placeholder.kind === 'index') return;
  for (const item of items) {
    const value = String(placeholderValue(placeholder, item) ?? '');
    if (PLAIN.test(value)) continue;
    const found = [...value].find((each) => !PLAIN.test(each)) ?? '';
    const character = found === ' ' ? 'a blank' : JSON.stringify(found);
    diagnostics.report(
      'PL497',
      { placeholder: shownPlaceholder(placeholder), item: item.where, character },
      { location: text.location },
    );
    return;
  }
}

/** The argument after `sh -c`, in `command` or in `args`. */
function isScript({ path }: PlaceholderUse, tree: TemplateTree): boolean {
  const [, , , list, index] = path;
  if (path.length !== 5 || (list !== 'command' && list !== 'args')) return false;
  const container = path.slice(0, 3);
  const command = wordsAt(tree, [...container, 'command']);
  const words = list === 'command' ? command : [...command, ...wordsAt(tree, [...container, 'args'])];
  const before = words.slice(0, Number(index) + (list === 'command' ? 0 : command.length));
  const flag = before.findIndex((each) => /^-[a-z]*c$/.test(each));
  const isLast = flag >= 0 && before.slice(flag + 1).every((each) => each.startsWith('-'));
  return isLast && before.slice(0, flag).some((each) => SHELL.test(each));
}

/** The texts of a list; what has placeholders is no flag and no shell. */
function wordsAt(tree: TemplateTree, path: readonly (string | number)[]): readonly string[] {
  let value: unknown = tree;
  for (const key of path) value = (value as { readonly [key: string | number]: unknown } | null | undefined)?.[key];
  return Array.isArray(value) ? value.map((each: unknown) => (typeof each === 'string' ? each : '{{')) : [];
}

function shownPlaceholder(placeholder: Placeholder): string {
  switch (placeholder.kind) {
    case 'index':
      return '{{.Index}}';
    case 'item':
      return '{{.Item}}';
    case 'value':
      return `{{.Values.${placeholder.field}}}`;
  }
}
