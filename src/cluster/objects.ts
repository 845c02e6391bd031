/** Field manager of all that podloom writes: one constant name, so that a later version owns what an earlier one wrote. */
export const FIELD_MANAGER = 'podloom';

export interface ObjectMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
    readonly controller?: boolean;
  }[];
}

/** An object as the API server gives it. Lists fill in `apiVersion` and `kind`, which the server leaves out in items. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

/** A kind of object. */
export interface ObjectKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One object. `namespace`: default that of the client; no meaning for cluster-scoped kinds. */
export interface ObjectRef extends ObjectKind {
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** Several objects of one kind. */
export interface ObjectQuery extends ObjectKind {
  /** Default: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Only `metadata` of each object comes, which is far less to send and to parse. Default: false. */
  readonly metadataOnly?: boolean;
}

export interface ObjectList<T extends KubernetesObject = KubernetesObject> {
  readonly items: readonly T[];
  /** What a watch goes on from. Opaque. */
  readonly resourceVersion: string;
}

export interface WatchEvent<T extends KubernetesObject = KubernetesObject> {
  /** `BOOKMARK`: nothing happened; the object has only `metadata.resourceVersion`. `follow` keeps those to itself. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: T;
  /**
   * True for a `DELETED` that nobody saw happen: the object was there before the connection was lost and is not there
   * now. `object` has then only its last known metadata.
   */
  readonly synthetic?: boolean;
}

export interface Abortable {
  /** When aborted: iterations end quietly, other calls reject with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of all writes. */
export interface WriteOptions extends Abortable {
  /** The API server does all but store it. */
  readonly dryRun?: boolean;
  /** What happens to fields that the kind does not have. Default: `Strict`. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  /** Default: `podloom`. */
  readonly fieldManager?: string;
}
export interface ApplyOptions extends WriteOptions {
  /** Takes over fields that other managers own, instead of a conflict (409). Default: false. */
  readonly force?: boolean;
  /** `status`, `scale`, … */
  readonly subresource?: string;
}
export interface PatchOptions extends WriteOptions {
  readonly type: 'merge' | 'json' | 'strategic';
  readonly subresource?: string;
}
export interface DeleteOptions extends Abortable {
  /** Default: `Background`. Without one the API server would orphan the pods of a Job. */
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** Only if the object still is this one. */
  readonly uid?: string;
  /** Default: that of the object. */
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}
