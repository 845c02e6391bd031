import { createHash } from 'node:crypto';
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
    const established = async (): Promise<boolean> => {
      const found = await client.get({ ...kind, name: metadata.name });
      const conditions = (found as Established | undefined)?.status?.conditions ?? [];
      return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
    };
    await waitFor(`${metadata.name} to be established`, established, { deadlineMillis: 300_000 });
  }
}

interface Established {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function argoCrds(): Promise<KubernetesObject[]> {
  return JSON.parse(readFileSync(await argoCrdsFile(), 'utf8')) as KubernetesObject[];
}

/**
 * A file with the definitions, made once from those in Go's module cache: 7.5 MB of YAML take seconds to parse, and with their
 * descriptions some are larger than a request to the API server may be. Its name tells what is in it.
 */
export async function argoCrdsFile(): Promise<string> {
  const pinned = createHash('sha256').update(readFileSync(join(moduleFolder('argo'), 'go.mod')));
  const file = join(cacheFolder(), `argo-crds-${FORMAT}-${pinned.digest('hex').slice(0, 12)}.json`);
  if (existsSync(file)) return file;
  const downloaded = JSON.parse(await go(['mod', 'download', '-json', MODULE], moduleFolder('argo'))) as {
    Dir: string;
  };
  const { parse } = await import('yaml');
  const source = join(downloaded.Dir, 'manifests', 'base', 'crds', 'full');
  const definitions = readdirSync(source)
    .filter((name) => name.startsWith('argoproj.io_'))
    .sort()
    .map((name) => withoutDescriptions(parse(readFileSync(join(source, name), 'utf8')) as KubernetesObject));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(definitions));
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

/** Descriptions decide nothing. A property that is called `description` has a schema, not a text, so it stays. */
export function withoutDescriptions<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withoutDescriptions) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => key !== 'description' || typeof value !== 'string');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutDescriptions(value)])) as T;
}
