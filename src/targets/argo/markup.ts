import type { Json, JsonObject } from '../../ir/scalar.ts';

/**
 * Argo replaces `{{…}}` in the JSON of a template at least three times (arguments, inputs, pod), so that text of users
 * must never have `{{` in it. In what the kubelet expands, a reference to a variable that holds a brace takes its place:
 * it stays whole however often Argo looks. Elsewhere the expression that gives `{{` has to do.
 */
export const BRACE_VARIABLE = 'PODLOOM_BRACE';
const BRACES: Escape = { from: '{{', to: `{$(${BRACE_VARIABLE})`, variable: { name: BRACE_VARIABLE, value: '{' } };

/**
 * Argo hands the manifest of a Job to its executor in an environment variable, where the kubelet takes `$$` for `$`, or, from
 * 128 KiB on, in a file, where nothing does. A reference to a variable that only the Job's pods have means the same both ways.
 */
const DOLLAR_VARIABLE = 'PODLOOM_DOLLAR';
const DOLLARS: Escape = { from: '$$', to: `$(${DOLLAR_VARIABLE})`, variable: { name: DOLLAR_VARIABLE, value: '$' } };

/** Text that must not stand in what the kubelet expands, and what it writes there instead, with the help of a variable. */
interface Escape {
  readonly from: string;
  readonly to: string;
  readonly variable: JsonObject & { readonly name: string };
}

/** NUL is in no text of a user: what stands between two of them is an Argo expression that gives a string. */
const MARK = '\0';

/** Text of a pod in whose place Argo puts the value of an expression. */
export function marked(expression: string): string {
  return MARK + expression + MARK;
}

/** The tag of an expression; those that are just a name are written as Argo's users know them. */
export function tag(expression: string): string {
  return /^[a-z]+(\.[a-z]+)*$/.test(expression) ? `{{${expression}}}` : `{{=${expression}}}`;
}

/** Text that Argo leaves alone on the first pass. */
export function escapeTags(text: string): string {
  return text.replaceAll('{{', '{{="{{"}}');
}

/** The JSON of a pod for an Argo template: markers become tags, and everything else means itself. */
export function toTemplate(pod: JsonObject): JsonObject {
  return mapStrings(braceContainers(pod), (text) => parts(text, tag)) as JsonObject;
}

/** What JSON may hold in a string, and YAML may not, or takes for the end of a line. */
const NOT_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * The JSON text of an object for `resource.manifest` or `podSpecPatch`, which Argo reads as YAML after the tags are replaced.
 * The text behind an expression is quoted as Go does it: `toJson` of Argo would leave some control characters as they are.
 */
export function toManifest(object: JsonObject, indent?: number): string {
  const expressions: string[] = [];
  const numbered = mapStrings(object, (text) => {
    const expression = text.startsWith(MARK) && text.indexOf(MARK, 1) === text.length - 1 ? text.slice(1, -1) : '';
    if (expression === '' || tag(expression).startsWith('{{workflow.')) return parts(text, tag);
    return MARK + (expressions.push(expression) - 1) + MARK;
  });
  return JSON.stringify(numbered, undefined, indent)
    .replace(NOT_IN_YAML, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/"\\u0000(\d+)\\u0000"/g, (_, number: string) => `{{=sprig.quote(${expressions[Number(number)]})}}`);
}

function parts(text: string, render: (expression: string) => string): string {
  if (!text.includes(MARK)) return escapeTags(text);
  return text
    .split(MARK)
    .map((part, index) => (index % 2 === 0 ? escapeTags(part) : render(part)))
    .join('');
}

/** Takes `{{` out of what the kubelet expands in the containers of a pod spec, or of the pod template of a Job. */
export function braceContainers(object: JsonObject): JsonObject {
  return escapeContainers(object, BRACES);
}

/** Takes `$$` out of what the kubelet expands in the pods of a Job that Argo makes from a manifest, expressions included. */
export function dollarContainers(object: JsonObject): JsonObject {
  return escapeContainers(object, DOLLARS);
}

function escapeContainers(object: JsonObject, how: Escape): JsonObject {
  const result: { [key: string]: Json } = { ...object };
  for (const key of ['containers', 'initContainers']) {
    const list = object[key];
    if (Array.isArray(list)) result[key] = list.map((container: JsonObject) => escapeContainer(container, how));
  }
  for (const key of ['spec', 'template']) {
    const inner = object[key];
    if (isObject(inner)) result[key] = escapeContainers(inner, how);
  }
  return result;
}

function escapeContainer(container: JsonObject, { from, to, variable }: Escape): JsonObject {
  let found = false;
  const escaped = (text: Json): Json => {
    if (typeof text !== 'string' || !text.includes(from)) return text;
    found = true;
    return text.replaceAll(from, () => to);
  };
  const list = (texts: Json | undefined) => (Array.isArray(texts) ? texts.map(escaped) : texts);
  const env = ((container['env'] ?? []) as readonly JsonObject[]).map((entry) =>
    entry['value'] === undefined ? entry : { ...entry, value: escaped(entry['value']) },
  );
  const marks = env.some(({ value }) => typeof value === 'string' && value.includes(variable.name));
  const result: { [key: string]: Json } = { ...container };
  for (const key of ['command', 'args']) {
    const texts = list(container[key]);
    if (texts !== undefined) result[key] = texts;
  }
  if (env.length > 0 || found) result['env'] = found || marks ? [variable, ...env] : env;
  return result;
}

/** A copy with other strings; what stays the same is not copied. */
function mapStrings(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) {
    const list = value.map((element) => mapStrings(element, change));
    return list.every((element, position) => element === value[position]) ? value : list;
  }
  if (!isObject(value)) return value;
  let copy: { [key: string]: Json } | undefined;
  for (const key of Object.keys(value)) {
    const before = value[key] as Json;
    const after = mapStrings(before, change);
    if (after === before) continue;
    copy ??= { ...value };
    copy[key] = after;
  }
  return copy ?? value;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
