import { hashText } from './hash.ts';

/** RFC 1123 label: what most names of Kubernetes objects and all label values of ours are. At most 63 characters. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** RFC 1035 label: a DNS label that starts with a letter. Names of Services are this. */
export function isRfc1035Label(text: string): boolean {
  return isDnsLabel(text) && /^[a-z]/.test(text);
}

/** RFC 1123 subdomain: labels joined by dots, at most 253 characters. Names of Secrets, claims, priority classes. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

/** Letters that decomposition (NFKD) does not reduce to ASCII, in the spelling that is usual for each. */
const transliterations: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
};
const HASH_LENGTH = 8;

/**
 * A DNS label for any text: lower-case, accents dropped, everything else that is not a letter or digit a `-`.
 * When it loses more than case, accents and punctuation (other scripts, or more than `max` characters), eight digits
 * of a hash of the text follow, so that such texts stay apart; for the rest a check reports names that coincide.
 */
export function slugLabel(text: string, max = 63): string {
  const ascii = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæœøđðþłħı]/g, (letter) => transliterations[letter] as string);
  const slug = trimDashes(ascii.replace(/[^a-z0-9]+/g, '-'));
  const lossy = /[^\0-\x7f]/.test(ascii) || slug === '';
  if (!lossy && slug.length <= max) return slug;
  const head = trimDashes(slug.slice(0, Math.max(0, max - HASH_LENGTH - 1)));
  const hash = hashText(text, HASH_LENGTH);
  return (head === '' ? hash : `${head}-${hash}`).slice(0, max);
}

/** The text cut to `max` characters as a label: unchanged when it fits, else with a hash of the whole at its end. */
export function fitLabel(label: string, max: number): string {
  return label.length <= max ? label : slugLabel(label, max);
}

function trimDashes(text: string): string {
  return text.replace(/^-+|-+$/g, '');
}
