import type { Document } from 'yaml';
import type { SourceLocation } from '../../diagnostics/location.ts';
import { offsetOf } from '../../validate/yaml-place.ts';

/** The place of a value (or a key) in a YAML file; what is not there is where its parent is. */
export type Locate = (path: readonly (string | number)[], kind?: 'key' | 'value') => SourceLocation;

export function locator(document: Document.Parsed, whereIs: (offset: number) => SourceLocation): Locate {
  return (path, kind = 'value') => whereIs(offsetOf(document, path, kind));
}
