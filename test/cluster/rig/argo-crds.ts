import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { cacheFolder, go, moduleFolder } from './programs.ts';
import { waitFor } from './wait.ts';

/** The Go module that the programs are built from carries the definitions as well. */
const MODULE = 'github.com/argoproj/argo-workflows/v3';
/** Part of the name in the cache; raised when what is made of the files changes. */
const FORMAT = 1;

/**
 * Installs Argo's full CustomResourceDefinitions. Resolves when their kinds can be created. Server-side apply, because they do
 * not fit the annotation of any other kind of apply.
 */
export async function applyArgoCrds(client: KubernetesClient): Promise<void> {
  const definitions = await argoCrds();
  await Promise.all(definitions.map((definition) => client.apply(definition, { force: true, fieldManager: 'rig' })));
  const kind = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };
  for (const { metadata } of definitions) {
    await waitFor(`${metadata.name} to be established`, async () => {
      const found = await client.get({ ...kind, name: metadata.name });
      const conditions = (found as Established | undefined)?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    });
  }
}

interface Established {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * The definitions, read from Go's module cache once: 7.5 MB of YAML take seconds to parse, and with their descriptions some are
 * larger than a request to the API server may be.
 */
async function argoCrds(): Promise<KubernetesObject[]> {
  const [folder, version] = (await go(['list', '-m', '-f', '{{.Dir}}\n{{.Version}}', MODULE], moduleFolder('argo')))
    .trim()
    .split('\n') as [string, string];
  const file = join(cacheFolder(), `argo-crds-${version}-${FORMAT}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as KubernetesObject[];
  const { parse } = await import('yaml');
  const source = join(folder, 'manifests', 'base', 'crds', 'full');
  const definitions = readdirSync(source)
    .filter((name) => name.startsWith('argoproj.io_'))
    .sort()
    .map((name) => withoutDescriptions(parse(readFileSync(join(source, name), 'utf8')) as KubernetesObject));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(definitions));
  renameSync(`${file}.${process.pid}`, file);
  return definitions;
}

/** Descriptions decide nothing. A property that is called `description` has a schema, not a text, so it stays. */
export function withoutDescriptions<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => key !== 'description' || typeof value !== 'string');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutDescriptions(value)])) as T;
}
