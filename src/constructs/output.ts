import type { ItemShape } from '../ir/items.ts';
import type { S3Store } from '../ir/task.ts';
import type { Items, RefTo } from './item-types.ts';
import type { Ref } from './reference.ts';
import type { Mount } from './volume.ts';

/** A file that a task leaves on a volume which later tasks mount. */
export interface FileOutput {
  readonly kind: 'file';
  readonly mount: Mount;
  readonly path: string;
}

/** A file that a task leaves in an S3-like store (argo target). */
export interface S3Output {
  readonly kind: 's3';
  readonly path: string;
  readonly key: string;
  readonly store: S3Store;
}

/** A list that a task makes while the pipeline runs. */
export interface ListOutput<T> {
  readonly kind: 'list';
  readonly shape: ItemShape;
  readonly maxItems: number;
  readonly item?: T;
}

export type OutputSpec = {
  readonly [name: string]: 'string' | 'number' | 'boolean' | FileOutput | S3Output | ListOutput<unknown>;
};

/** What `task.outputs.<name>` is. */
export type OutputOf<S> = S extends 'string'
  ? Ref<string>
  : S extends 'number'
    ? Ref<number>
    : S extends 'boolean'
      ? Ref<boolean>
      : S extends ListOutput<infer T>
        ? Items<RefTo<T>>
        : Ref<string>;

/** Where to find an S3-like store and the Secret with its keys. */
export interface StoreProps {
  /** Host and port, for example `minio.storage:9000`. Default: `s3.amazonaws.com`. */
  readonly endpoint?: string | undefined;
  readonly bucket: string;
  /** Object key. Default: `<run>/<task>/<output>`. */
  readonly key?: string | undefined;
  readonly region?: string | undefined;
  /** Plain HTTP. Default false. */
  readonly insecure?: boolean | undefined;
  readonly accessKey?: { readonly secret: string; readonly key: string } | undefined;
  readonly secretKey?: { readonly secret: string; readonly key: string } | undefined;
}

/**
 * What a task puts out besides its exit code. Values of up to 4 KiB are declared by their type alone:
 * `outputs: { loss: 'number', best: 'string' }`; the program writes each to the file named by `$PODLOOM_OUTPUT_<NAME>`.
 */
export const Output = {
  /**
   * A file on a shared volume. In a later task the output stands for its path, and that task gets the mount.
   *
   * @example outputs: { model: Output.file(data, 'model.pt') }
   */
  file(mount: Mount, path: string): FileOutput {
    return { kind: 'file', mount, path };
  },

  /** A file in an S3-like store, from `path` in the container. In a later task the output stands for the path of its copy. */
  s3(path: string, store: StoreProps): S3Output {
    return {
      kind: 's3',
      path,
      key: store.key ?? '',
      store: {
        endpoint: store.endpoint ?? 's3.amazonaws.com',
        bucket: store.bucket,
        insecure: store.insecure ?? false,
        region: store.region,
        accessKeySecret: store.accessKey && { object: store.accessKey.secret, key: store.accessKey.key },
        secretKeySecret: store.secretKey && { object: store.secretKey.secret, key: store.secretKey.key },
      },
    };
  },

  /**
   * Items for a later `forEach`, written to `$PODLOOM_OUTPUT_<NAME>` as a JSON array or one a line.
   * `fields`: the fields of object items (default: items are scalars). `maxItems`: more fail the task; default 10,000.
   *
   * @example
   * const find = new Task(p, 'find', { command: ['find-shards'], outputs: { shards: Output.list() } });
   * new Task(p, 'decode', { forEach: find.outputs.shards, command: ({ item }) => ['decode', item] });
   */
  list<const F extends readonly string[] | undefined = undefined>(
    options: { readonly fields?: F; readonly maxItems?: number | undefined } = {},
  ): ListOutput<F extends readonly string[] ? { [K in F[number]]: string } : string> {
    const shape: ItemShape = options.fields ? { kind: 'object', fields: options.fields } : { kind: 'scalar' };
    return { kind: 'list', shape, maxItems: options.maxItems ?? 10_000 };
  },
} as const;
