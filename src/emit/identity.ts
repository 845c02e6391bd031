import type { Json, JsonObject } from '../ir/scalar.ts';

/** What makes an object the same one for the API server: group and kind, namespace, name. undefined with generateName. */
export function identityOf(object: JsonObject): string | undefined {
  const { name, namespace } = metadataOf(object);
  if (typeof name !== 'string') return undefined;
  const group = String(object.apiVersion).replace(/(^|\/)[^/]*$/, '');
  return `${object.kind}${group === '' ? '' : `.${group}`} ${typeof namespace === 'string' ? `${namespace}/` : ''}${name}`;
}

function metadataOf(object: JsonObject): JsonObject {
  const { metadata } = object;
  return isObject(metadata) ? metadata : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects as people read them: what it is, what it is called, then its content in the order in which it was made. */
export function inReadingOrder(object: JsonObject): JsonObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  if (!isObject(metadata)) return defined({ apiVersion, kind, metadata, ...rest });
  const { name, generateName, namespace, labels, annotations, ...others } = metadata;
  return defined({
    apiVersion,
    kind,
    metadata: defined({ name, generateName, namespace, labels, annotations, ...others }),
    ...rest,
  });
}

function defined(object: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
