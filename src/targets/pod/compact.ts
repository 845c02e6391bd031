import type { Json, JsonObject } from '../../ir/scalar.ts';

/** The object without its undefined fields, and without its empty lists and objects. */
export function compact(fields: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value)),
  ) as JsonObject;
}

function isEmpty(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
