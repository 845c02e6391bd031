import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { correct } from './corrections.mjs';
import { recoverSchema } from './recover.mjs';

/** Packages with one compiled validator for each type, in `_schemas`. */
export const PACKAGES = ['kubernetes-models', '@kubernetes-models/apimachinery', '@kubernetes-models/argo-workflows'];

/** Longest prefix first: module of the package → name of our definition. */
const PREFIXES = [
  ['ComGithubArgoprojArgoWorkflowsV4PkgApisWorkflowV1alpha1', 'Argo'],
  ['IoK8sApimachineryPkgApisMeta', 'Meta'],
  ['IoK8sApimachineryPkg', ''],
  ['IoK8sApi', ''],
];

/** Types that the validators give a meaning of their own. */
const SCALARS = {
  ApiResourceQuantity: {
    type: ['string', 'number'],
    pattern: '^[+-]?([0-9]+|[0-9]+[.][0-9]*|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$',
  },
  UtilIntstrIntOrString: { type: ['string', 'integer'] },
  ArgoAnyString: { type: ['string', 'number', 'boolean'] },
  ArgoAmount: { type: 'number' },
};

/** What the status of an object or the history of its fields is made of is the server's, not the author's. */
const OPEN = { type: 'object' };
/** A `status` that is text, as that of a pod condition, is the author's. */
function openSchema(field, value) {
  if (field === 'managedFields') return { type: 'array' };
  return field === 'status' && value.type !== 'string' ? OPEN : undefined;
}

/** What is kept of formats. The rest of them says nothing that a YAML file can get wrong. */
const FORMATS = {
  int32: { minimum: -2147483648, maximum: 2147483647 },
  byte: { pattern: '^[A-Za-z0-9+/\\r\\n]*={0,2}[\\r\\n]*$' },
  'date-time': { pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}' },
};

/** Every keyword of the schemas that come out. Lengths and counts are rules of podloom's own, which know their limits by version. */
const KEPT = ['type', 'enum', 'pattern', 'minimum', 'maximum'];

/** Folder of a package of this project. */
export function packageFolder(name) {
  return dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
}

/**
 * The definitions that `roots` reach: strict (unknown fields are errors, nothing is null), references `{ $ref: '#/definitions/<name>' }`.
 * @param {readonly string[]} roots
 * @returns {Map<string, any>} by name, sorted
 */
export function loadDefinitions(roots) {
  const raw = readPackages();
  const definitions = new Map();
  const reach = (name) => {
    if (definitions.has(name)) return;
    definitions.set(name, OPEN);
    const strict = name in SCALARS ? SCALARS[name] : strictSchema(raw.get(name) ?? missing(name), raw);
    definitions.set(name, strict);
    for (const next of referencesOf(strict)) reach(next);
  };
  for (const root of roots) reach(root);
  return new Map([...definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readPackages() {
  const raw = new Map();
  for (const name of PACKAGES) {
    const folder = join(packageFolder(name), '_schemas');
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith('.js') || file.endsWith('JSONSchemaProps.js')) continue; // the schema of schemas is no object of ours
      raw.set(
        shortName(file.slice(0, -3)),
        renameReferences(recoverSchema(readFileSync(join(folder, file), 'utf8'), file)),
      );
    }
  }
  correct(raw);
  return raw;
}

function shortName(name) {
  for (const [prefix, short] of PREFIXES) if (name.startsWith(prefix)) return short + name.slice(prefix.length);
  return name;
}

function renameReferences(schema) {
  if (Array.isArray(schema)) return schema.map(renameReferences);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, key === '$ref' ? shortName(value) : renameReferences(value)]),
  );
}

/** Go's embedded structs come as `allOf`: they are merged, so that one object has one list of fields. */
function strictSchema(schema, raw) {
  if (schema.$ref !== undefined) return { $ref: `#/definitions/${schema.$ref}` };
  const { allOf = [], ...own } = schema;
  const merged = allOf
    .map(({ $ref }) => ($ref in SCALARS ? SCALARS[$ref] : flat(raw.get($ref) ?? missing($ref), raw)))
    .reduce(merge, own);
  return strictParts(merged, raw);
}

function flat({ allOf = [], ...own }, raw) {
  return allOf.map(({ $ref }) => flat(raw.get($ref) ?? missing($ref), raw)).reduce(merge, own);
}

function merge(a, b) {
  return {
    ...a,
    ...b,
    ...both('properties', a, b, (x, y) => ({ ...x, ...y })),
    ...both('required', a, b, (x, y) => [...new Set([...x, ...y])]),
  };
}

function both(key, a, b, combine) {
  return a[key] !== undefined && b[key] !== undefined ? { [key]: combine(a[key], b[key]) } : {};
}

function strictParts(schema, raw) {
  if (schema.oneOf !== undefined)
    throw new Error(`a union that has no definition of its own: ${JSON.stringify(schema)}`);
  const strict = { ...(FORMATS[schema.format] ?? {}) };
  for (const keyword of KEPT) if (schema[keyword] !== undefined) strict[keyword] = schema[keyword];
  if (schema.properties !== undefined) {
    strict.properties = Object.fromEntries(
      Object.entries(schema.properties)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([field, value]) => [field, openSchema(field, value) ?? strictSchema(value, raw)]),
    );
    strict.additionalProperties = false;
    // Embedded objects (volumeClaimTemplates) need neither; of whole ones both validators ask for them on their own.
    const required = (schema.required ?? []).filter((field) => field !== 'apiVersion' && field !== 'kind');
    if (required.length > 0) strict.required = required.sort();
  }
  if (schema.items !== undefined) strict.items = strictSchema(schema.items, raw);
  if (typeof schema.additionalProperties === 'object')
    strict.additionalProperties = strictSchema(schema.additionalProperties, raw);
  return strict;
}

/** Names of the definitions that a schema refers to. */
export function referencesOf(schema) {
  const names = [];
  JSON.stringify(schema, (key, value) => {
    if (key === '$ref' && typeof value === 'string') names.push(value.replace('#/definitions/', ''));
    return value;
  });
  return names;
}

function missing(name) {
  throw new Error(`no definition ${name} in ${PACKAGES.join(', ')}`);
}
