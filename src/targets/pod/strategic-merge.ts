import type { Json, JsonObject } from '../../ir/scalar.ts';

/**
 * Lists that are merged by a key of their entries, as Kubernetes does (patchMergeKey in core/v1 types.go).
 * All other lists are replaced.
 */
const mergeKeys: { readonly [field: string]: string } = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  resourceClaims: 'name',
  schedulingGates: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
};

/** Entries that are one of several kinds: what the patch does not name goes, so that no entry is of two kinds (retainKeys). */
const oneOf: ReadonlySet<string> = new Set(['volumes', 'env']);

/** `patch` merged into `base`: objects by field, the lists above by key, everything else replaced; null removes a field. Pure. */
export function strategicMerge(base: JsonObject, patch: JsonObject): JsonObject {
  const merged: { [key: string]: Json } = { ...base };
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else setField(merged, field, mergeField(field, base[field], value));
  }
  return merged;
}

function mergeField(field: string, base: Json | undefined, patch: Json): Json {
  if (isObject(patch)) return strategicMerge(isObject(base) ? base : {}, patch);
  const key = mergeKeys[field];
  if (isList(patch) && key !== undefined) return mergeList(field, key, isList(base) ? base : [], patch);
  return patch;
}

function mergeList(field: string, key: string, base: readonly Json[], patch: readonly Json[]): Json[] {
  const merged = [...base];
  for (const entry of patch) {
    const at = isObject(entry) ? merged.findIndex((other) => isObject(other) && other[key] === entry[key]) : -1;
    const old = merged[at];
    if (isObject(entry) && isObject(old))
      merged[at] = strategicMerge(oneOf.has(field) ? retain(old, entry) : old, entry);
    else merged.push(isObject(entry) ? strategicMerge({}, entry) : entry);
  }
  return merged;
}

function retain(base: JsonObject, patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(base).filter(([field]) => Object.hasOwn(patch, field)));
}

/** An own field, also for the name `__proto__`. */
function setField(object: { [key: string]: Json }, field: string, value: Json): void {
  Object.defineProperty(object, field, { value, writable: true, enumerable: true, configurable: true });
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
