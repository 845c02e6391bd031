import { type Document, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { SourceLocation } from '../../diagnostics/location.ts';

/** The place of a value (or a key) in a YAML file; what is not there is where its parent is. */
export type Locate = (path: readonly (string | number)[], kind?: 'key' | 'value') => SourceLocation;

export function locator(document: Document.Parsed, whereIs: (offset: number) => SourceLocation): Locate {
  return (path, kind = 'value') => {
    let offset = document.contents?.range?.[0] ?? 0;
    let node: unknown = document.contents;
    path.forEach((key, depth) => {
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
        : undefined;
      const value: unknown = isSeq(node) ? node.items[Number(key)] : pair?.value;
      const shown = kind === 'key' && depth === path.length - 1 && isNode(pair?.key) ? pair.key : value;
      if (isNode(shown) && shown.range != null) offset = shown.range[0];
      node = value;
    });
    return whereIs(offset);
  };
}
