import { existsSync, readFileSync } from 'node:fs';
import { jsonSchemasFolder, schemasFolder } from './locate.ts';

/** An error of ajv's, as its standalone code reports it without messages. */
export interface SchemaError {
  /** JSON pointer. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: { readonly [name: string]: unknown };
}

export interface Validator {
  (object: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

export interface Kind {
  /** Module of validators that has it. */
  readonly module: string;
  /** Name of its definition, for example `BatchV1Job`. */
  readonly definition: string;
}

/** What leads from a definition to versioned fields: field → definition. `*`: values of a map; `[]`: elements of a list. */
export type VersionPaths = { readonly [definition: string]: { readonly [field: string]: string } | undefined };

interface Index {
  /** By `<apiVersion> <kind>`. */
  readonly kinds: { readonly [kind: string]: Kind | undefined };
  readonly versionPaths: VersionPaths;
}

/** A JSON schema as the generator writes it: only what messages need of it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: { readonly [field: string]: JsonSchema };
  readonly additionalProperties?: JsonSchema | false;
  readonly items?: JsonSchema;
}

let index: Promise<Index> | undefined;
const validators = new Map<string, Promise<{ readonly [definition: string]: Validator }>>();

const indexFile = new URL('index.mjs', schemasFolder);

/** False in a checkout where scripts/build-schemas.mjs has not run; the package carries them. */
export function schemasAreBuilt(): boolean {
  return existsSync(indexFile);
}

export function loadIndex(): Promise<Index> {
  index ??= import(indexFile.href) as Promise<Index>;
  return index;
}

/** The validator of a kind; its module is loaded once, when the first object of its group comes. */
export async function loadValidator({ module, definition }: Kind): Promise<Validator> {
  let loading = validators.get(module);
  if (loading === undefined) {
    loading = import(new URL(`${module}.mjs`, schemasFolder).href) as Promise<{
      readonly [definition: string]: Validator;
    }>;
    validators.set(module, loading);
  }
  return (await loading)[definition] as Validator;
}

/** The fields that the object at this path may have. Reads the JSON schema of the kind, so only for messages. */
export function knownFields(apiVersion: string, kind: string, path: readonly (string | number)[]): readonly string[] {
  const root = JSON.parse(
    readFileSync(new URL(schemaFileName(apiVersion, kind), jsonSchemasFolder), 'utf8'),
  ) as JsonSchema & {
    readonly definitions: { readonly [name: string]: JsonSchema };
  };
  const resolve = (schema: JsonSchema | undefined): JsonSchema | undefined =>
    schema?.$ref === undefined ? schema : resolve(root.definitions[schema.$ref.replace('#/definitions/', '')]);
  let schema = resolve(root);
  for (const key of path) {
    const next = typeof key === 'number' ? schema?.items : (schema?.properties?.[key] ?? schema?.additionalProperties);
    schema = next === false ? undefined : resolve(next);
  }
  return Object.keys(schema?.properties ?? {});
}

/** kubeconform's own naming: `job-batch-v1.json`, `configmap-v1.json`. */
function schemaFileName(apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `${apiVersion.slice(0, slash).split('.')[0]}-`;
  return `${kind.toLowerCase()}-${group}${apiVersion.slice(slash + 1)}.json`;
}
