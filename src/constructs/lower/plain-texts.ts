import { splitText } from '../reference.ts';

/** Names of props, where the IR has others. */
const props: { readonly [field: string]: string } = { podAnnotations: 'annotations', podLabels: 'labels' };

/**
 * Plain data in which no text has a reference: as its marker it would end in the manifests. `report` gets the name of each field
 * that has one; the word `reference` stands there then, so that nothing else is said about it. Frozen data is known to be plain.
 */
export function plainTexts<T>(data: T, report: (field: string) => void): T {
  return plain(data, '', report) as T;
}

function plain(value: unknown, field: string, report: (field: string) => void): unknown {
  if (typeof value === 'string') {
    const pieces = splitText(value);
    if (pieces.every((piece) => typeof piece === 'string')) return value;
    report(props[field] ?? field);
    return pieces.map((piece) => (typeof piece === 'string' ? piece : 'reference')).join('');
  }
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    const list = value.map((each) => plain(each, field, report));
    return list.every((each, at) => each === value[at]) ? value : list;
  }
  let copy: Record<string, unknown> | undefined;
  for (const [key, before] of Object.entries(value)) {
    const after = plain(before, key, report);
    if (after === before) continue;
    copy ??= { ...value };
    copy[key] = after;
  }
  return copy ?? value;
}
