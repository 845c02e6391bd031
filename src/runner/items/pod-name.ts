import { isDnsLabel, slugLabel } from '../../units/dns-name.ts';
import { hashText } from '../../units/hash.ts';
import { itemName } from '../../units/item-name.ts';
import type { TemplateItem } from './template-item.ts';

/** A name that is also the pod's host name has at most so many characters. */
const MAX_LENGTH = 63;
const HASH_LENGTH = 8;
/** What is left of it for the item. */
const MAX_PREFIX = 40;

/**
 * The name of the pod of an item, where the template does not say it: the name of the item as a DNS label, after the name that
 * all have. It depends on the item alone, and differs for items that differ.
 */
export function podName(prefix: string, { key }: TemplateItem): string {
  const name = itemName(key);
  const head = slugLabel(prefix, MAX_PREFIX);
  const room = MAX_LENGTH - head.length - 1;
  if (isDnsLabel(name) && name.length <= room) return `${head}-${name}`;
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, room - HASH_LENGTH - 1)
    .replace(/^-+|-+$/g, '');
  return [head, ...(slug === '' ? [] : [slug]), hashText(name, HASH_LENGTH)].join('-');
}
