import type { ItemShape, ItemValue } from '../ir/items.ts';
import type { Scalar } from '../ir/scalar.ts';

/**
 * The items of a list that a task has written: a JSON array of scalars or of flat objects, or, for scalars, one a line.
 * Empty lines are no items. A field that an object lacks is empty; others than the declared are left out.
 */
export function parseList(text: string, shape: ItemShape): readonly ItemValue[] | { readonly problem: string } {
  if (!text.trimStart().startsWith('[')) {
    if (shape.kind === 'object' && text.trim() !== '') return { problem: 'is no JSON array of objects' };
    return text.split('\n').filter((line) => line !== '');
  }
  let values: unknown;
  try {
    values = JSON.parse(text);
  } catch {
    if (shape.kind === 'object') return { problem: 'is no JSON array of objects' };
    return text.split('\n').filter((line) => line !== '');
  }
  const items: ItemValue[] = [];
  for (const [index, entry] of (values as unknown[]).entries()) {
    const item = shape.kind === 'scalar' ? scalar(entry) : record(entry, shape.fields);
    if (item === undefined) return { problem: `has an item that is no ${wordFor(shape)}: number ${index}` };
    items.push(item);
  }
  return items;
}

function wordFor(shape: ItemShape): string {
  return shape.kind === 'scalar' ? 'string, number or boolean' : `object with the fields ${shape.fields.join(', ')}`;
}

function scalar(entry: unknown): Scalar | undefined {
  if (typeof entry === 'string') return entry.isWellFormed() && !entry.includes('\0') ? entry : undefined;
  return typeof entry === 'number' || typeof entry === 'boolean' ? entry : undefined;
}

function record(entry: unknown, fields: readonly string[]): ItemValue | undefined {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return undefined;
  const item: { [field: string]: Scalar } = {};
  for (const field of fields) {
    const value = scalar(Object.hasOwn(entry, field) ? (entry as { [key: string]: unknown })[field] : '');
    if (value === undefined) return undefined;
    item[field] = value;
  }
  return item;
}
