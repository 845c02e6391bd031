/**
 * Values of cdk8s and of any version of cdk8s-plus, by shape: users may have another copy or version of these
 * packages than podloom, so `instanceof` says nothing.
 */

/** cdk8s-plus `Cpu`: `Cpu.millis(500)` has `amount: '500m'`. */
export interface CpuLike {
  readonly amount: string;
}

/** cdk8s `Size`. */
export interface SizeLike {
  toKibibytes(options?: object): number;
}

/** cdk8s `Duration`. */
export interface DurationLike {
  toMilliseconds(options?: object): number;
}

/** cdk8s-plus `Secret`, `ConfigMap`, `ServiceAccount`, `PersistentVolumeClaim`, and what their `from…Name` functions return. */
export interface NamedObject {
  readonly name: string;
}

/** cdk8s-plus `EnvValue`. */
export interface EnvValueLike {
  readonly value?: unknown;
  readonly valueFrom?: unknown;
}

/** cdk8s-plus `Volume`. */
export interface VolumeLike {
  readonly name: string;
  _toKube(): unknown;
}

export function isCpu(value: unknown): value is CpuLike {
  return isObject(value) && typeof value['amount'] === 'string' && !('unit' in value);
}

export function isSize(value: unknown): value is SizeLike {
  return isObject(value) && typeof value['toKibibytes'] === 'function';
}

export function isDuration(value: unknown): value is DurationLike {
  return isObject(value) && typeof value['toMilliseconds'] === 'function';
}

export function isNamedObject(value: unknown): value is NamedObject {
  return isObject(value) && typeof value['name'] === 'string' && value['name'] !== '';
}

export function isEnvValue(value: unknown): value is EnvValueLike {
  return isObject(value) && ('value' in value || 'valueFrom' in value);
}

/** Resources of cdk8s-plus, a PersistentVolumeClaim among them, have `_toKube` too, but also a kind. */
export function isForeignVolume(value: unknown): value is VolumeLike {
  return (
    isObject(value) &&
    typeof value['_toKube'] === 'function' &&
    typeof value['name'] === 'string' &&
    typeof value['kind'] !== 'string'
  );
}

/** A Kubernetes quantity: `8Gi` for `Size.gibibytes(8)`, in the largest unit that is exact. */
export function sizeQuantity(size: SizeLike): string {
  const kibibytes = size.toKibibytes({ rounding: 2 });
  if (kibibytes % (1024 * 1024) === 0) return `${kibibytes / (1024 * 1024)}Gi`;
  return kibibytes % 1024 === 0 ? `${kibibytes / 1024}Mi` : `${kibibytes}Ki`;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A plain copy of what `_toKube()` or `valueFrom` gives: `Quantity` objects become their text, undefined goes. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && keys[0] === 'value' && value.constructor !== Object) return value['value'];
  return Object.fromEntries(keys.filter((key) => value[key] !== undefined).map((key) => [key, plain(value[key])]));
}
