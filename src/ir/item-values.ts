import { envNameOf } from '../units/env-name.ts';
import { batchName, itemName } from '../units/item-name.ts';
import type { ForEach, ItemShape, Items, ItemValue, Segment } from './items.ts';
import type { Scalar, StringMap } from './scalar.ts';

/** How many items there are; undefined for a list that is made at run time. */
export function countItems(items: Items): number | undefined {
  switch (items.kind) {
    case 'table':
      return items.values.length;
    case 'computed':
      return items.count;
    case 'output':
      return undefined;
  }
}

/** The item with this number, from 0. Throws RangeError outside of the list: that is a bug of the caller. */
export function itemAt(items: Exclude<Items, { kind: 'output' }>, index: number): ItemValue {
  if (items.kind === 'table') {
    const value = items.values[index];
    if (value === undefined) throw new RangeError(`item ${index} of ${items.values.length}`);
    return value;
  }
  return computeItem(items.segments, index);
}

/** What a pod computes in shell, computed here: segments are the digits of a mixed-radix number, the last turns fastest. */
export function computeItem(segments: readonly Segment[], index: number): string {
  let rest = index;
  let text = '';
  for (let position = segments.length - 1; position >= 0; position--) {
    const segment = segments[position] as Segment;
    const size = segmentSize(segment);
    text = segmentText(segment, rest % size) + text;
    rest = Math.floor(rest / size);
  }
  return text;
}

export function segmentSize(segment: Segment): number {
  switch (segment.kind) {
    case 'literal':
      return 1;
    case 'number':
      return segment.count;
    case 'choice':
      return segment.options.length;
  }
}

export function segmentText(segment: Segment, digit: number): string {
  switch (segment.kind) {
    case 'literal':
      return segment.text;
    case 'choice':
      return segment.options[digit] as string;
    case 'number': {
      const value = segment.start + digit * segment.step;
      const digits = String(Math.abs(value));
      return value < 0 ? `-${digits.padStart(segment.width - 1, '0')}` : digits.padStart(segment.width, '0');
    }
  }
}

/** How many commands run: items, or batches of them. */
export function countUnits(forEach: ForEach): number | undefined {
  const count = countItems(forEach.items);
  return count === undefined ? undefined : Math.ceil(count / atLeastOne(forEach.batch));
}

/** How many pods run: units divided by itemsPerPod, rounded up. */
export function countPods(forEach: ForEach): number | undefined {
  const units = countUnits(forEach);
  return units === undefined ? undefined : Math.ceil(units / atLeastOne(forEach.itemsPerPod));
}

/** A size of groups to count with. What is no whole number from 1 is reported by a check, and counts as 1 until then. */
export function atLeastOne(size: number): number {
  return Number.isInteger(size) && size >= 1 ? size : 1;
}

/** The items of one unit: one, or those of a batch. Throws RangeError outside of the list, as `itemAt`. */
export function unitItems(forEach: ForEach, unit: number): readonly ItemValue[] {
  const { items } = forEach;
  const batch = atLeastOne(forEach.batch);
  if (items.kind === 'output') throw new RangeError('the items of a list made at run time are not known');
  const first = unit * batch;
  if (batch === 1) return [itemAt(items, first)];
  if (items.kind === 'table') return items.values.slice(first, first + batch);
  const count = Math.min(batch, items.count - first);
  return Array.from({ length: count }, (_, position) => computeItem(items.segments, first + position));
}

/** A scalar as programs get it. */
export function scalarText(value: Scalar): string {
  return String(value);
}

/** The text of an item, or of one of its fields. A field that it lacks is the empty text. */
export function itemText(item: ItemValue, field: string | undefined): string {
  if (typeof item !== 'object') return scalarText(item);
  const value = field === undefined ? undefined : item[field];
  return value === undefined ? '' : scalarText(value);
}

export function shapeOf(items: Items): ItemShape {
  return items.kind === 'computed' ? { kind: 'scalar' } : items.shape;
}

/** An environment variable that the program of each item has. */
export interface ItemVariable {
  readonly name: string;
  readonly field: string | undefined;
}

/**
 * `ITEM` for scalars, `ITEM_<FIELD>` for each field of objects. Of fields that map to the same name
 * (`lr`, `LR`) the later ones get `_2`, `_3`, … at the end.
 */
export function itemVariables(shape: ItemShape): readonly ItemVariable[] {
  if (shape.kind === 'scalar') return [{ name: 'ITEM', field: undefined }];
  const taken = new Set<string>();
  return shape.fields.map((field) => {
    const base = `ITEM_${envNameOf(field)}`;
    let name = base;
    for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
    taken.add(name);
    return { name, field };
  });
}

/** What an item adds to the environment of its program. Batches add nothing. */
export function itemEnvironment(forEach: ForEach, item: ItemValue): StringMap {
  if (forEach.batch > 1) return {};
  return Object.fromEntries(
    itemVariables(shapeOf(forEach.items)).map(({ name, field }) => [name, itemText(item, field)]),
  );
}

/** The name of a unit, for its log and labels: unique in the task, since items are. */
export function unitName(forEach: ForEach, unit: number): string {
  const items = unitItems(forEach, unit);
  const first = itemName(items[0] ?? '');
  return forEach.batch > 1 ? batchName(first, items.length) : first;
}
