import type { ForEach, Items, ItemValue, Segment } from './items.ts';

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
  return count === undefined ? undefined : Math.ceil(count / forEach.batch);
}

/** How many pods run: units divided by itemsPerPod, rounded up. */
export function countPods(forEach: ForEach): number | undefined {
  const units = countUnits(forEach);
  return units === undefined ? undefined : Math.ceil(units / forEach.itemsPerPod);
}
