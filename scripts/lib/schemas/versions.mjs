import { referencesOf } from './definitions.mjs';

/**
 * The way from every definition to the fields of src/validate/since.ts: which fields lead to which definition. `'*'` stands for
 * the values of a map and `'[]'` for the elements of a definition that is a list. Only what leads anywhere is in it.
 * @param {Map<string, any>} definitions
 * @param {readonly { definition: string, field: string }[]} versionedFields
 * @returns {Record<string, Record<string, string>>}
 */
export function versionPaths(definitions, versionedFields) {
  for (const { definition, field } of versionedFields) {
    if (definitions.get(definition)?.properties?.[field] === undefined) {
      throw new Error(`src/validate/since.ts lists ${definition}.${field}, which is not in the schemas`);
    }
  }
  const leading = definitionsThatReach(new Set(versionedFields.map(({ definition }) => definition)), definitions);
  const paths = {};
  for (const [name, schema] of definitions) {
    const children = Object.entries(childrenOf(schema)).filter(([, child]) => leading.has(child));
    if (leading.has(name) && children.length > 0) paths[name] = Object.fromEntries(children);
  }
  return paths;
}

function definitionsThatReach(targets, definitions) {
  const leading = new Set(targets);
  for (let size = -1; size !== leading.size; ) {
    size = leading.size;
    for (const [name, schema] of definitions) {
      if (referencesOf(schema).some((child) => leading.has(child))) leading.add(name);
    }
  }
  return leading;
}

function childrenOf(schema) {
  const children = {};
  const add = (key, value) => {
    const [child] = referencesOf(value);
    if (child !== undefined) children[key] = child;
  };
  for (const [field, value] of Object.entries(schema.properties ?? {})) add(field, value);
  if (schema.items !== undefined) add('[]', schema.items);
  if (typeof schema.additionalProperties === 'object') add('*', schema.additionalProperties);
  return children;
}
