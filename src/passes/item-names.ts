import type { Collector } from '../diagnostics/collector.ts';
import type { Origin } from '../diagnostics/location.ts';
import { itemAt, segmentSize, segmentText } from '../ir/item-values.ts';
import type { ForEach, Items, Segment } from '../ir/items.ts';
import { fnv1a } from '../units/fnv.ts';
import { itemName } from '../units/item-name.ts';
import { perObject } from '../units/per-object.ts';

/** Names that are shown for one list, each with its first two items. */
const MAX_NAMES = 10;
/** Computed lists of up to so many items are compared one by one when reasoning does not settle it. */
const MAX_COMPARED = 5_000_000;

type KnownItems = Exclude<Items, { kind: 'output' }>;

interface Duplicate {
  readonly name: string;
  /** The items as messages call them. */
  readonly first: string;
  readonly second: string;
}

/** Reports items whose names coincide, with their numbers. */
export function checkUnique({ items }: ForEach, source: string, origin: Origin, diagnostics: Collector): void {
  if (items.kind === 'output') return;
  for (const duplicate of duplicatesOf(items)) diagnostics.report('PL051', { source, ...duplicate }, { origin });
}

/** Found once, however many tasks have the items. */
const duplicatesOf = perObject((items: KnownItems): readonly Duplicate[] => {
  const count = items.kind === 'table' ? items.values.length : items.count;
  if (items.kind === 'computed' && (isUnique(items.segments) || count > MAX_COMPARED)) return [];
  const seen = new Set<string>();
  const duplicates = new Map<string, Duplicate>();
  for (const index of suspects(items, count)) {
    const name = itemName(itemAt(items, index));
    if (!seen.has(name)) seen.add(name);
    else if (!duplicates.has(name)) {
      const first = described(items, firstNamed(items, name));
      duplicates.set(name, { name, first, second: described(items, index) });
      if (duplicates.size === MAX_NAMES) break;
    }
  }
  return [...duplicates.values()];
});

/** The items whose names have the hash of another one's, in order: a set of a million names would take 100 MB. */
function suspects(items: KnownItems, count: number): readonly number[] {
  const hashes = new Uint32Array(count);
  for (let index = 0; index < count; index++) hashes[index] = fnv1a(itemName(itemAt(items, index)));
  const sorted = hashes.slice().sort();
  const shared = new Set<number>();
  for (let index = 1; index < count; index++) {
    if (sorted[index] === sorted[index - 1]) shared.add(sorted[index] as number);
  }
  const found: number[] = [];
  if (shared.size > 0)
    for (let index = 0; index < count; index++) if (shared.has(hashes[index] as number)) found.push(index);
  return found;
}

function firstNamed(items: KnownItems, name: string): number {
  for (let index = 0; ; index++) if (itemName(itemAt(items, index)) === name) return index;
}

function described(items: KnownItems, index: number): string {
  const text = JSON.stringify(itemAt(items, index));
  return `item ${index} (${text.length > 80 ? `${text.slice(0, 77)}...` : text})`;
}

/**
 * Whether all items differ, without making them: each segment is injective, and a text can be cut back into its segments
 * from the left and from the right until at most one is left.
 */
export function isUnique(segments: readonly Segment[]): boolean {
  const open = segments.filter((segment) => segmentSize(segment) > 1 || segment.kind === 'literal');
  if (!open.every(isInjective)) return false;
  let left = 0;
  while (left < open.length && (hasFixedLength(open[left] as Segment) || endsAt(open[left] as Segment, open[left + 1])))
    left++;
  let right = open.length - 1;
  while (right > left && hasFixedLength(open[right] as Segment)) right--;
  return left >= right;
}

function isInjective(segment: Segment): boolean {
  return segment.kind === 'choice' ? new Set(segment.options).size === segment.options.length : true;
}

function hasFixedLength(segment: Segment): boolean {
  if (segment.kind === 'literal') return true;
  const size = segmentSize(segment);
  const { length } = segmentText(segment, 0);
  if (segment.kind === 'choice') return segment.options.every((option) => option.length === length);
  // Lengths grow to both ends from 0, so equal lengths at both ends on one side of 0 are equal throughout.
  const last = segmentText(segment, size - 1);
  return (
    last.length === length &&
    (length === segment.width || last.startsWith('-') === segmentText(segment, 0).startsWith('-'))
  );
}

/** Whether the text after a segment of varying length shows where the segment ends. */
function endsAt(segment: Segment, next: Segment | undefined): boolean {
  if (next === undefined) return true;
  if (next.kind !== 'literal' || next.text === '') return false;
  const mark = next.text[0] as string;
  if (segment.kind === 'choice') return segment.options.every((option) => !option.includes(mark));
  return !/[-0-9]/.test(mark);
}
