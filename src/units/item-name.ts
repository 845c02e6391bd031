import { hashText } from './hash.ts';

type Scalar = string | number | boolean;

/** What a name can be: the value of a Kubernetes label, and so also a file name. */
const SAFE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
/** Names that Windows keeps for devices, also with an ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const MAX_LENGTH = 63;
/** 48 bits: among a million items with the same slug, two share a hash once in 500 lists. */
const HASH_LENGTH = 12;

/**
 * The name of an item, for its log, its labels and the state of a run. It depends on the item alone. A text that is a label
 * value is its own name; other texts are reduced to one and get a hash. Objects read like `lr-0.1_seed-3`.
 */
export function itemName(item: Scalar | { readonly [field: string]: Scalar }): string {
  if (typeof item !== 'object') return textName(String(item));
  const fields = Object.entries(item);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return textName(String(only[1]));
  const text = fields.map(([field, value]) => `${field}-${value}`).join('_');
  // `_` parts the fields, so a value with one in it, or an empty one, could read like another item.
  const plain = fields.every(([, value]) => /^[^_]+$/.test(String(value)));
  return plain && isSafe(text)
    ? text
    : hashedName(text, JSON.stringify(fields.map(([field, value]) => [field, String(value)])));
}

/** The name of a batch: that of its first item, and how many there are. */
export function batchName(first: string, count: number): string {
  const name = `${first}-x${count}`;
  return isSafe(name) ? name : hashedName(first, first, `-x${count}`);
}

function textName(text: string): string {
  return isSafe(text) ? text : hashedName(text, text);
}

function isSafe(text: string): boolean {
  return SAFE.test(text) && !RESERVED.test(text);
}

function hashedName(text: string, exact: string, suffix = ''): string {
  const hash = `-${hashText(exact, HASH_LENGTH)}${suffix}`;
  const slug = text
    .slice(0, 4 * MAX_LENGTH)
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, MAX_LENGTH - hash.length)
    .replace(/[^A-Za-z0-9]+$/, '');
  return `${slug === '' ? 'item' : slug}${hash}`;
}
