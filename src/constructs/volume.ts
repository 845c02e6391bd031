import type { VolumeSource } from '../ir/task.ts';
import { type NamedObject, type SizeLike, sizeQuantity, type VolumeLike } from './foreign.ts';
import { createReference, type Ref } from './reference.ts';

/** A place for files that pods can mount. Make one with its static functions, then `mount` it. */
export class Volume {
  readonly #name: string;
  readonly #source: () => VolumeSource;

  private constructor(name: string, source: () => VolumeSource) {
    this.#name = name;
    this.#source = source;
  }

  /**
   * A PersistentVolumeClaim that exists. For a fan-out over several nodes its access mode must be ReadWriteMany.
   * Locally it is a folder of the run.
   *
   * @example const data = Volume.claim('train-data').mount('/data');
   */
  static claim(claim: string | NamedObject, options: { readOnly?: boolean | undefined } = {}): Volume {
    const name = nameOf(claim);
    return new Volume(name, () => ({
      kind: 'persistentVolumeClaim',
      claim: name,
      readOnly: options.readOnly ?? false,
    }));
  }

  /** The keys of a ConfigMap as files. `optional`: it need not exist (default false). `items`: key → path (default: all). */
  static configMap(object: string | NamedObject, options: ProjectedOptions = {}): Volume {
    return projected('configMap', nameOf(object), options);
  }

  /** The keys of a Secret as files. */
  static secret(object: string | NamedObject, options: ProjectedOptions = {}): Volume {
    return projected('secret', nameOf(object), options);
  }

  /** An empty folder that lives as long as the pod. `medium: 'Memory'` counts to the memory limit. `sizeLimit`: a quantity. */
  static emptyDir(
    name: string,
    options: { medium?: 'Memory' | undefined; sizeLimit?: string | SizeLike | undefined } = {},
  ): Volume {
    return new Volume(name, () => ({
      kind: 'emptyDir',
      medium: options.medium,
      sizeLimit:
        options.sizeLimit === undefined
          ? undefined
          : typeof options.sizeLimit === 'string'
            ? options.sizeLimit
            : sizeQuantity(options.sizeLimit),
    }));
  }

  /** A folder or file of the node. `type` as in Kubernetes (`Directory`, `File`, `DirectoryOrCreate`, …; default: unchecked). */
  static hostPath(path: string, options: { type?: string | undefined } = {}): Volume {
    return new Volume(`host${path}`, () => ({ kind: 'hostPath', path, type: options.type }));
  }

  /** @internal */
  static project(name: string, source: () => VolumeSource): Volume {
    return new Volume(name, source);
  }

  /** Puts the volume at a path of the container. `subPath`: only this folder of the volume. `readOnly`: default false. */
  mount(path: string, options: MountOptions = {}): Mount {
    return createMount({ name: this.#name, source: this.#source, path, ...options });
  }
}

export interface ProjectedOptions {
  readonly optional?: boolean | undefined;
  readonly defaultMode?: number | undefined;
  readonly items?: { readonly [key: string]: string } | undefined;
}

export interface MountOptions {
  readonly subPath?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

/**
 * A volume at a path. In a text it stands for that path, and using it there mounts it:
 * `` command: ['train', `--out=${data}/model.pt`] ``. Under the local engine it is a folder of this machine.
 */
export interface Mount extends Ref<string> {
  readonly mountPath: string;
}

export interface MountData {
  readonly name: string;
  readonly source: () => VolumeSource;
  readonly path: string;
  readonly subPath?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

const mounts = new WeakMap<object, MountData>();

function createMount(data: MountData): Mount {
  const owner: object = {};
  const mount = createReference<string>({ kind: 'mount', volume: data.name }, owner) as Mount;
  mounts.set(owner, data);
  mounts.set(mount, data);
  return Object.assign(mount, { mountPath: data.path });
}

/** The data of a Mount, or of the owner in the record of a reference to one. */
export function mountData(value: object): MountData | undefined {
  return mounts.get(value);
}

/** A volume of cdk8s-plus with a mount path. */
export interface ForeignMount extends MountOptions {
  readonly volume: VolumeLike | NamedObject;
  readonly path: string;
}

function projected(kind: 'configMap' | 'secret', object: string, options: ProjectedOptions): Volume {
  const items = options.items && Object.entries(options.items).map(([key, path]) => ({ key, path }));
  return Volume.project(object, () => ({
    kind,
    object,
    optional: options.optional ?? false,
    defaultMode: options.defaultMode,
    items,
  }));
}

export function nameOf(object: string | NamedObject): string {
  return typeof object === 'string' ? object : object.name;
}
