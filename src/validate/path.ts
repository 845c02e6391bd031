import type { Json, JsonObject } from '../ir/scalar.ts';

/** Keys and indexes from the root of an object. */
export type Path = readonly (string | number)[];

/** `spec.template.spec.containers[0].image`; keys that are no plain words in brackets: `labels["a/b"]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

/** The path of a JSON pointer into this object: numbers where the value is a list. */
export function pathOfPointer(pointer: string, root: Json): Path {
  const path: (string | number)[] = [];
  let value: Json | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(value) ? Number(key) : key);
    value = valueAt(value, [path.at(-1) as string | number]);
  }
  return path;
}

export function valueAt(root: Json | undefined, path: Path): Json | undefined {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as { readonly [key: string | number]: Json | undefined })[key];
  }
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `Job "train"`; what has no name yet is called by its prefix: `Pod "train-…"`. */
export function describeObject(object: JsonObject): string {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const kind = typeof object.kind === 'string' ? object.kind : 'object';
  if (typeof metadata.name === 'string') return `${kind} ${JSON.stringify(metadata.name)}`;
  if (typeof metadata.generateName === 'string') return `${kind} ${JSON.stringify(`${metadata.generateName}…`)}`;
  return `${kind} without a name`;
}

const SHOWN = 60;

/** A value as it stands in a message: JSON, cut to 60 characters; lists and objects by their kind only. */
export function describeValue(value: Json | undefined): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  const text = JSON.stringify(value);
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}
