/**
 * Recovers JSON schemas from the compiled validators of the npm packages `kubernetes-models`, which carry the
 * OpenAPI of Kubernetes and Argo only in that form: one generated module for each type, always written in the
 * same dozen shapes. A shape that is not known here throws, so that nothing is ever lost without notice.
 *
 * @typedef {{ [keyword: string]: any }} Schema
 */

/** Keywords of which each compiles to one rule. */
const SINGLE_KEYWORDS = [
  'type',
  'enum',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'pattern',
];
/** Keywords whose value a compiled validator still shows. */
const KNOWN_KEYWORDS = new Set([...SINGLE_KEYWORDS, 'required', 'oneOf']);

/**
 * The schema of one module. References are `{ $ref: '<name of the module>' }`.
 * @param {string} source
 * @param {string} name for messages
 * @returns {Schema}
 */
export function recoverSchema(source, name) {
  const module = readModule(source, name);
  const root = /export const validate=(validate\d+);/.exec(source)?.[1];
  if (root === undefined) throw new Error(`${name}: no exported validator`);
  return schemaOf(root, module, name);
}

/** @param {string} source @param {string} name */
function readModule(source, name) {
  const references = new Map();
  for (const [, id, path] of source.matchAll(/import\{validate as (validate\d+)\}from"([^"]+)"/g)) {
    references.set(id, path.replace(/^.*\//, '').replace(/\.js$/, ''));
  }
  const enums = new Map();
  for (const [, id, list] of source.matchAll(/let (schema\d+_enum)=(\[[^\]]*\]);/g)) enums.set(id, JSON.parse(list));
  const functions = new Map();
  for (const text of source.split(/(?=function validate\d+\(data,)/)) {
    const id = /^function (validate\d+)\(/.exec(text)?.[1];
    if (id !== undefined) functions.set(id, text);
  }
  if (functions.size === 0) throw new Error(`${name}: no validator functions`);
  return { references, enums, functions };
}

/** @returns {Schema} */
function schemaOf(id, module, name) {
  const reference = module.references.get(id);
  if (reference !== undefined) return { $ref: reference };
  const body = module.functions.get(id);
  if (body === undefined) throw new Error(`${name}: ${id} is not defined`);
  const keywords = new Set([...body.matchAll(/keyword:"(\w+)"/g)].map((match) => match[1]));
  for (const keyword of keywords)
    if (!KNOWN_KEYWORDS.has(keyword)) throw new Error(`${name}: keyword ${keyword} is not known`);
  const of = (child) => schemaOf(child, module, name);
  const plain = [...body.matchAll(/(validate\d+)\(data,\{instancePath,/g)].map((match) => match[1]);
  if (keywords.has('oneOf')) return { oneOf: plain.map(of) };
  const own = { ...leaf(body, module, name), ...structure(body, of) };
  assertComplete(body, own, plain, name);
  const parts = plain.map(of);
  if (Object.keys(own).length === 0 && parts.length === 1) return parts[0];
  return parts.length === 0 ? own : { ...own, allOf: parts };
}

/** The keywords with values of their own. */
function leaf(body, module, name) {
  const schema = {};
  const types = [...body.matchAll(/params:\{type:"(\w+)"\}/g)].map((match) => match[1]);
  if (types.length > 1) throw new Error(`${name}: several types: ${types}`);
  if (types.length === 1) schema.type = types[0];
  const list = /allowedValues:(schema\d+_enum)/.exec(body)?.[1];
  if (list !== undefined) schema.enum = module.enums.get(list);
  const format = /params:\{format:"([\w-]+)"\}/.exec(body)?.[1];
  if (format !== undefined) schema.format = format;
  for (const [, keyword, limit] of body.matchAll(
    /keyword:"(m(?:in|ax)\w+)",params:\{(?:comparison:"[<>]=",)?limit:(\d+)/g,
  ))
    schema[keyword] = Number(limit);
  const pattern = /keyword:"pattern",params:\{pattern:("(?:[^"\\]|\\.)*")/.exec(body)?.[1];
  if (pattern !== undefined) schema.pattern = JSON.parse(pattern);
  return schema;
}

/** Properties, required ones, elements of lists and values of maps. */
function structure(body, of) {
  const schema = {};
  const properties = {};
  for (const [, key, child] of body.matchAll(
    /void 0!==data(?:\.(?=\w)|\[(?="))([\w$]+|"[^"]+")\]?&&\(?(validate\d+)\(/g,
  )) {
    properties[key.startsWith('"') ? JSON.parse(key) : key] = of(child);
  }
  if (Object.keys(properties).length > 0) schema.properties = properties;
  const required = [...body.matchAll(/missingProperty:"([^"]+)"/g)].map((match) => match[1]);
  if (required.length > 0) schema.required = required;
  const element = /(validate\d+)\(data\[i\d+\],/.exec(body)?.[1];
  if (element !== undefined) schema.items = of(element);
  const value = /(validate\d+)\(data\[key\d+\],/.exec(body)?.[1];
  if (value !== undefined) schema.additionalProperties = of(value);
  return schema;
}

/** Every call of another validator and every error of this one must have become a part of the schema. */
function assertComplete(body, schema, plain, name) {
  const calls = [...body.matchAll(/validate\d+\(data/g)].length - 1;
  const read =
    plain.length +
    Object.keys(schema.properties ?? {}).length +
    Number('items' in schema) +
    Number('additionalProperties' in schema);
  if (calls !== read) throw new Error(`${name}: ${calls} validators are called, ${read} were understood`);
  const errors = [...body.matchAll(/keyword:"/g)].length;
  const kept = SINGLE_KEYWORDS.filter((keyword) => keyword in schema).length + (schema.required?.length ?? 0);
  if (errors !== kept) throw new Error(`${name}: ${errors} rules are compiled, ${kept} were understood`);
}
