import { itemVariables, segmentSize, shapeOf } from '../../ir/item-values.ts';
import type { ForEach, Items, Segment } from '../../ir/items.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { carriedName } from './carried-item.ts';
import { type ItemOptions, rootOf } from './options.ts';

/**
 * The functions that find an item. `podloom_load` takes the unit in $podloom_i and sets the variables of its item or,
 * for batches, leaves functions `podloom_list<k>` that call their arguments with the items (field k of each) after them.
 */
export function loadFunctions(forEach: ForEach, unitsPerKey: number, options: ItemOptions): string[] {
  const { items, batch } = forEach;
  if (items.kind === 'computed') return computedLoad(items, batch);
  if (items.kind === 'output' && options.itemSource === 'environment') return environmentLoad(items);
  return [
    'podloom_load() {',
    `  podloom_table=${shellQuote(`${rootOf(options)}/items/`)}$((podloom_i / ${unitsPerKey}))`,
    '  [ -f "$podloom_table" ] || podloom_missing',
    '  . "$podloom_table"',
    '}',
  ];
}

function environmentLoad(items: Items): string[] {
  return [
    '# The character after the value keeps newlines at its end, which the substitution would drop.',
    'podloom_load() {',
    ...itemVariables(shapeOf(items)).flatMap(({ name }) => [
      `  ${name}=$(printf '%b_' "$${carriedName(name)}")`,
      `  ${name}=\${${name}%_}`,
    ]),
    '}',
  ];
}

function computedLoad(items: Extract<Items, { kind: 'computed' }>, batch: number): string[] {
  const compute = computeFunction(items.segments);
  if (batch === 1) {
    return [
      ...compute,
      'podloom_load() {',
      `  [ "$podloom_i" -lt ${items.count} ] || podloom_missing`,
      '  podloom_n=$podloom_i',
      '  podloom_compute',
      '  ITEM=$podloom_item',
      '}',
    ];
  }
  return [
    ...compute,
    'podloom_load() {',
    `  [ "$podloom_i" -lt ${Math.ceil(items.count / batch)} ] || podloom_missing`,
    '}',
    'podloom_list0() {',
    `  podloom_n=$((podloom_i * ${batch}))`,
    `  podloom_end=$((podloom_n + ${batch}))`,
    `  [ "$podloom_end" -le ${items.count} ] || podloom_end=${items.count}`,
    '  while [ "$podloom_n" -lt "$podloom_end" ]; do',
    '    podloom_compute',
    '    set -- "$@" "$podloom_item"',
    '    podloom_n=$((podloom_n + 1))',
    '  done',
    '  "$@"',
    '}',
  ];
}

/** The item with number $podloom_n in $podloom_item: the same as `computeItem` of the IR. */
function computeFunction(segments: readonly Segment[]): string[] {
  const lines = ['podloom_compute() {', '  podloom_rest=$podloom_n', '  podloom_item='];
  const first = segments.findIndex((segment) => segmentSize(segment) > 1);
  for (let position = segments.length - 1; position >= 0; position--) {
    const segment = segments[position] as Segment;
    if (segment.kind !== 'literal') lines.push(...digitLines(segmentSize(segment), position > first));
    lines.push(...segmentLines(segment));
  }
  return [...lines, '}'];
}

function digitLines(size: number, more: boolean): string[] {
  if (!more) return ['  podloom_digit=$podloom_rest', '  podloom_rest=0'];
  return [`  podloom_digit=$((podloom_rest % ${size}))`, `  podloom_rest=$((podloom_rest / ${size}))`];
}

function segmentLines(segment: Segment): string[] {
  switch (segment.kind) {
    case 'literal':
      return [`  podloom_item=${shellQuote(segment.text)}$podloom_item`];
    case 'number': {
      const value = `$((${segment.start} + podloom_digit * ${segment.step}))`;
      const text = segment.width > 0 ? `$(printf '%0${segment.width}d' "${value}")` : value;
      return [`  podloom_item=${text}$podloom_item`];
    }
    case 'choice':
      return [
        '  case $podloom_digit in',
        ...segment.options.map((option, digit) => `  ${digit}) podloom_item=${shellQuote(option)}$podloom_item;;`),
        '  esac',
      ];
  }
}
