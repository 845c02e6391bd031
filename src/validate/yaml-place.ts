import { type Document, isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Path } from './path.ts';

/** Where the key or the value at a path starts; what is not there (or comes from an alias) is where its parent is. */
export function offsetOf(document: Document.Parsed, path: Path, kind: 'key' | 'value'): number {
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
  return offset;
}
