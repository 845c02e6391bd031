import { segmentText } from '../../ir/item-values.ts';
import type { Segment } from '../../ir/items.ts';

/** A pattern is a sequence of these: plain text, or a group of alternatives or numbers. */
type Node =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'number';
      readonly start: number;
      readonly step: number;
      readonly count: number;
      readonly width: number;
    }
  | { readonly kind: 'choice'; readonly options: readonly (readonly Node[])[] };

/** What the pod's 32-bit arithmetic can hold at least. */
export const LARGEST_NUMBER = 2_147_483_647;
/** Options of one group that the script lists; more make a table. */
const MAX_OPTIONS = 1_000;

/**
 * The segments of a pattern, with the meaning of bash: `{a,b}`, `{0..9}`, `{00..99}`, `{a..e}`, `{0..10..2}`, nested, several
 * groups. A backslash before `{`, `}`, `,` or itself makes it plain. Unlike bash, empty results are kept. A string: what is wrong.
 */
export function parseBraces(pattern: string): readonly Segment[] | string {
  try {
    return parseSequence(pattern).flatMap(segmentsOf);
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
}

class PatternError extends Error {}

/** Whether the pod can compute the items; a long list of alternatives is better a table. */
export function fitsScript(segments: readonly Segment[]): boolean {
  return segments.every((segment) => segment.kind !== 'choice' || segment.options.length <= MAX_OPTIONS);
}

function parseSequence(pattern: string): readonly Node[] {
  const nodes: Node[] = [];
  let text = '';
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === '\\' && isSpecial(pattern[at + 1])) {
      text += pattern[++at];
      continue;
    }
    const group = character === '{' ? parseGroup(pattern, at) : undefined;
    if (group === undefined) {
      text += character;
      continue;
    }
    if (text !== '') nodes.push({ kind: 'text', text });
    text = '';
    nodes.push(group.node);
    at = group.end;
  }
  if (text !== '') nodes.push({ kind: 'text', text });
  return nodes;
}

function isSpecial(character: string | undefined): boolean {
  return character !== undefined && '{},\\'.includes(character);
}

/** The group that opens here; undefined when the brace is plain text. */
function parseGroup(pattern: string, open: number): { readonly node: Node; readonly end: number } | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '{') depth++;
    else if (character === ',' && depth === 1) commas.push(at);
    else if (character === '}' && --depth === 0) {
      const node = groupOf(pattern, open, commas, at);
      return node && { node, end: at };
    }
  }
  return undefined;
}

function groupOf(pattern: string, open: number, commas: readonly number[], close: number): Node | undefined {
  if (commas.length === 0) return rangeOf(pattern.slice(open + 1, close));
  const ends = [...commas, close];
  const options = ends.map((end, number) => parseSequence(pattern.slice((ends[number - 1] ?? open) + 1, end)));
  return { kind: 'choice', options };
}

function rangeOf(body: string): Node | undefined {
  const numbers = /^([+-]?\d+)\.\.([+-]?\d+)(?:\.\.([+-]?\d+))?$/.exec(body);
  if (numbers !== null) {
    const [, first, last, step] = numbers as unknown as [string, string, string, string | undefined];
    return numberRange(first, last, step);
  }
  const letters = /^([A-Za-z])\.\.([A-Za-z])(?:\.\.([+-]?\d+))?$/.exec(body);
  if (letters === null) return undefined;
  const [, first, last, step] = letters as unknown as [string, string, string, string | undefined];
  if (/[a-z]/.test(first) !== /[a-z]/.test(last)) {
    throw new PatternError(`{${body}} goes from one case to the other`);
  }
  const { count, step: signed } = steps(first.charCodeAt(0), last.charCodeAt(0), step);
  const options = Array.from({ length: count }, (_, k) => String.fromCharCode(first.charCodeAt(0) + k * signed));
  return { kind: 'choice', options: options.map((text) => [{ kind: 'text', text }]) };
}

function numberRange(first: string, last: string, step: string | undefined): Node {
  const [start, end] = [Number(first), Number(last)];
  for (const value of [start, end, Number(step ?? 1)]) {
    if (Math.abs(value) > LARGEST_NUMBER) throw new PatternError(`${value} is beyond ${LARGEST_NUMBER}`);
  }
  const padded = [first, last].some((text) => /^[+-]?0\d/.test(text) || text === '-0');
  const width = padded ? Math.max(first.length, last.length) : 0;
  if (width > 255) throw new PatternError(`numbers of ${width} digits are too long`);
  return { kind: 'number', start: start + 0, width, ...steps(start, end, step) };
}

/** As bash: the sign of the step follows from the ends, and 0 is 1. */
function steps(
  start: number,
  end: number,
  step: string | undefined,
): { readonly count: number; readonly step: number } {
  const size = Math.abs(Number(step ?? 1)) || 1;
  return { count: Math.floor(Math.abs(end - start) / size) + 1, step: end < start ? -size : size };
}

function segmentsOf(node: Node): readonly Segment[] {
  switch (node.kind) {
    case 'text':
      return [{ kind: 'literal', text: node.text }];
    case 'number':
      return [node];
    case 'choice':
      return [{ kind: 'choice', options: node.options.flatMap(expand) }];
  }
}

/** All texts of a sequence, the last group turning fastest. */
function expand(nodes: readonly Node[]): string[] {
  let texts = [''];
  for (const node of nodes) {
    const options = optionsOf(node);
    if (texts.length * options.length > 1_000_000)
      throw new PatternError('a nested group has more than 1,000,000 alternatives');
    texts = texts.flatMap((text) => options.map((option) => text + option));
  }
  return texts;
}

function optionsOf(node: Node): readonly string[] {
  switch (node.kind) {
    case 'text':
      return [node.text];
    case 'choice':
      return node.options.flatMap(expand);
    case 'number':
      if (node.count > 1_000_000) throw new PatternError('a nested group has more than 1,000,000 alternatives');
      return Array.from({ length: node.count }, (_, digit) => segmentText(node, digit));
  }
}
