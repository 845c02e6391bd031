import { createHash } from 'node:crypto';
import type { KubernetesObject } from '../cluster/objects.ts';
import { unifiedDiff } from '../emit/unified-diff.ts';
import { renderYaml } from '../emit/yaml.ts';
import type { JsonObject } from '../ir/scalar.ts';

/** What the API server keeps for itself, and says nothing about what was wished for. */
const OWN_METADATA = ['managedFields', 'resourceVersion', 'uid', 'generation', 'creationTimestamp', 'selfLink'];

/** What people want to compare: without the server's own fields and status, with the values of Secrets masked. */
export function comparable(object: KubernetesObject | JsonObject): JsonObject {
  const { status: _, metadata, ...rest } = object as unknown as KubernetesObject;
  const own = Object.entries(metadata).filter(([name]) => !OWN_METADATA.includes(name));
  const { apiVersion, kind, ...fields } = rest;
  const plain = { apiVersion, kind, metadata: Object.fromEntries(own), ...fields };
  return (kind === 'Secret' ? masked(plain) : plain) as unknown as JsonObject;
}

/** Whether both say the same. The order of keys says nothing. */
export function isSame(a: JsonObject, b: JsonObject): boolean {
  return canonical(a) === canonical(b);
}

/** A unified diff of the YAML. undefined: it is not there. */
export function objectDiff(name: string, before: JsonObject | undefined, after: JsonObject | undefined): string {
  const text = (object: JsonObject | undefined): string | undefined =>
    object && renderYaml(sorted(object) as JsonObject);
  return unifiedDiff(name, text(before), text(after));
}

/** A hash with a salt of this process shows whether a value changes, and nothing of it. */
const SALT = crypto.randomUUID();

function masked(secret: { readonly [field: string]: unknown }): { readonly [field: string]: unknown } {
  const fields = ['data', 'stringData'].flatMap((field) => {
    const values = secret[field] as { readonly [key: string]: string } | undefined;
    if (values === undefined || values === null) return [];
    const hidden = Object.entries(values).map(([key, value]) => [key, `*** (${fingerprint(String(value))})`]);
    return [[field, Object.fromEntries(hidden)]];
  });
  const metadata = secret['metadata'] as { readonly annotations?: { readonly [key: string]: string } };
  // What `kubectl apply` keeps there has the values once more.
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = metadata.annotations ?? {};
  const shown = metadata.annotations === undefined ? metadata : { ...metadata, annotations };
  return { ...secret, metadata: shown, ...Object.fromEntries(fields) };
}

function fingerprint(value: string): string {
  return createHash('sha256').update(SALT).update(value).digest('hex').slice(0, 6);
}

function canonical(value: unknown): string {
  return JSON.stringify(sorted(value));
}

/** Keys sorted, at every level but the first, where Kubernetes has its own order. */
function sorted(value: unknown, level = 0): unknown {
  if (Array.isArray(value)) return value.map((element) => sorted(element, level + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const inOrder = entries.sort(([a], [b]) => rankOf(a, level) - rankOf(b, level) || (a < b ? -1 : 1));
  return Object.fromEntries(inOrder.map(([key, element]) => [key, sorted(element, level + 1)]));
}

function rankOf(key: string, level: number): number {
  const head = ['apiVersion', 'kind', 'metadata'];
  const place = level === 0 ? head.indexOf(key) : -1;
  return place < 0 ? head.length : place;
}
