import type { SourceLocation } from '../../diagnostics/location.ts';
import type { ItemShape, Items, ItemValue } from '../../ir/items.ts';
import type { Scalar } from '../../ir/scalar.ts';
import type { Problems } from './problem.ts';

/** Where a value comes from, for messages. Called only when something is wrong. */
export type Where = (index: number) => { readonly text: string; readonly location?: SourceLocation | undefined };

export const itemNumber: Where = (index) => ({ text: `item ${index}` });

/** NUL, and the marks of references. */
const FORBIDDEN = /[\0\uE000\uE001]/;

/**
 * The values of users as items, each checked: scalars, or flat objects that all get the same fields in the
 * order of their first appearance; a field that one lacks is the empty string there. undefined: something was wrong.
 */
export function normalizeItems(
  values: readonly unknown[],
  source: string,
  where: Where,
  problems: Problems,
): Items | undefined {
  const before = problems.list.length;
  const fields = new Set<string>();
  let scalar = -1;
  let object = -1;
  for (let index = 0; index < values.length && !problems.full; index++) {
    const value = values[index];
    if (isPlainObject(value)) {
      if (object < 0) object = index;
      checkObject(value, index, where, problems);
      for (const field of Object.keys(value)) if (value[field] !== undefined) fields.add(field);
    } else {
      if (scalar < 0) scalar = index;
      const wrong = scalarProblem(value);
      if (wrong !== undefined) report(wrong, where(index).text, index, where, problems);
    }
  }
  if (scalar >= 0 && object >= 0) {
    problems.add(
      'PL048',
      { scalar: where(scalar).text, object: where(object).text },
      where(Math.max(scalar, object)).location,
    );
  }
  if (problems.list.length > before) return undefined;
  if (object < 0)
    return table(
      { kind: 'scalar' },
      Object.isFrozen(values) ? (values as ItemValue[]) : (values.slice() as ItemValue[]),
      source,
    );
  const names = [...fields];
  const items = (values as { [field: string]: Scalar | undefined }[]).map((value) =>
    Object.freeze(
      Object.fromEntries(names.map((name) => [name, (Object.hasOwn(value, name) ? value[name] : undefined) ?? ''])),
    ),
  );
  return table({ kind: 'object', fields: Object.freeze(names) }, items, source);
}

function table(shape: ItemShape, values: readonly ItemValue[], source: string): Items {
  return Object.freeze({ kind: 'table', shape: Object.freeze(shape), values: Object.freeze(values), source });
}

function checkObject(
  value: { readonly [field: string]: unknown },
  index: number,
  where: Where,
  problems: Problems,
): void {
  let count = 0;
  for (const [field, content] of Object.entries(value)) {
    if (content === undefined) continue;
    count++;
    const wrong = scalarProblem(content) ?? textProblem(field);
    if (wrong !== undefined) report(wrong, `field ${field} of ${where(index).text}`, index, where, problems);
  }
  if (count === 0) report({ found: 'an object without fields' }, where(index).text, index, where, problems);
}

type Wrong = { readonly found: string } | { readonly character: string };

function report(wrong: Wrong, what: string, index: number, where: Where, problems: Problems): void {
  const { location } = where(index);
  if ('found' in wrong) problems.add('PL047', { where: what, found: wrong.found }, location);
  else problems.add('PL042', { what, character: wrong.character }, location);
}

function scalarProblem(value: unknown): Wrong | undefined {
  switch (typeof value) {
    case 'string':
      return textProblem(value);
    case 'number':
      return Number.isFinite(value) ? undefined : { found: `the number ${value}` };
    case 'boolean':
      return undefined;
    case 'object':
      return { found: value === null ? 'null' : Array.isArray(value) ? 'a list' : objectName(value) };
    default:
      return { found: typeof value === 'undefined' ? 'undefined' : `a ${typeof value}` };
  }
}

function objectName(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === 'string' && name !== '' && name !== 'Object' ? `a ${name}` : 'an object';
}

/** What no argument and no environment variable can hold. */
export function textProblem(text: string): { readonly character: string } | undefined {
  const match = FORBIDDEN.exec(text);
  if (match !== null) return { character: match[0] === '\0' ? 'a NUL' : 'a reference' };
  return text.isWellFormed() ? undefined : { character: 'half of a surrogate pair' };
}

/** An object literal, or a parsed one: not a Date, a Map or a reference. */
export function isPlainObject(value: unknown): value is { readonly [field: string]: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
