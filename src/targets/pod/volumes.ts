import type { Json, JsonObject } from '../../ir/scalar.ts';
import type { Task, VolumeMount, VolumeSource } from '../../ir/task.ts';
import { compact } from './compact.ts';
import type { PodContext } from './context.ts';
import { hasOutputFolder, OUTPUT_FOLDER } from './outputs.ts';

/** Names of the volumes that podloom adds to pods that need them. */
const own = { items: 'podloom-items', bin: 'podloom-bin', outputs: 'podloom-outputs', shm: 'podloom-shm' } as const;
export const ownVolumeNames: ReadonlySet<string> = new Set(Object.values(own));

const SHM_PATH = '/dev/shm';
export const TABLE_FOLDER = '/podloom/items';
export const BUSYBOX_FOLDER = '/podloom/bin';

/** A volume and where the main container mounts it. */
interface Attached {
  readonly volume: JsonObject & { readonly name: string };
  readonly mount: JsonObject;
}

/** Volumes of the pod, each name once, and the mounts of the main container: the user's first. */
export function attachments(task: Task, context: PodContext): { volumes: JsonObject[]; mounts: JsonObject[] } {
  const attached = [...task.container.volumes.map(userVolume), ...ownVolumes(task, context)];
  const byName = new Map(attached.map(({ volume }) => [volume.name, volume]));
  return { volumes: [...byName.values()], mounts: attached.map(({ mount }) => mount) };
}

/** The emptyDir in which the init container leaves busybox. */
export const busyboxMount: JsonObject = { name: own.bin, mountPath: BUSYBOX_FOLDER };

function ownVolumes(task: Task, context: PodContext): Attached[] {
  const all: (Attached | undefined)[] = [
    tableVolume(context.tables),
    task.container.shell === 'injected' && context.tables.length > 0 ? busyboxVolume() : undefined,
    hasOutputFolder(task, context) ? emptyDir(own.outputs, OUTPUT_FOLDER, {}) : undefined,
    shmVolume(task),
  ];
  return all.filter((attached) => attached !== undefined);
}

function emptyDir(name: string, mountPath: string, options: JsonObject): Attached {
  return { volume: { name, emptyDir: options }, mount: { name, mountPath } };
}

function busyboxVolume(): Attached {
  return { volume: { name: own.bin, emptyDir: {} }, mount: { ...busyboxMount, readOnly: true } };
}

/** Mode 0555: any user of the container may read, and run the script of a task with its own interpreter. */
function tableVolume(tables: readonly string[]): Attached | undefined {
  if (tables.length === 0) return undefined;
  const sources = tables.map((name) => ({ configMap: { name } }));
  const name = own.items;
  return {
    volume: { name, projected: { defaultMode: 0o555, sources } },
    mount: { name, mountPath: TABLE_FOLDER, readOnly: true },
  };
}

/**
 * Containers get 64 MiB of /dev/shm, too little for the workers of PyTorch and for NCCL. Memory counts towards the memory
 * limit of the container; without a size the kubelet sizes it by that limit (SizeMemoryBackedVolumes, on since 1.22).
 */
function shmVolume({ shm, gpu, container }: Task): Attached | undefined {
  const several = gpu !== undefined && gpu.count > 1;
  const taken = container.volumes.some(({ mountPath }) => mountPath.replace(/\/+$/, '') === SHM_PATH);
  if (taken || (shm === undefined && !several)) return undefined;
  return emptyDir(own.shm, SHM_PATH, compact({ medium: 'Memory', sizeLimit: shm }));
}

function userVolume({ volume: name, source, mountPath, subPath, readOnly }: VolumeMount): Attached {
  return {
    volume: { name, ...volumeSource(source) },
    mount: compact({ name, mountPath, subPath, readOnly: readOnly || undefined }),
  };
}

function volumeSource(source: VolumeSource): JsonObject {
  switch (source.kind) {
    case 'persistentVolumeClaim':
      return { persistentVolumeClaim: compact({ claimName: source.claim, readOnly: source.readOnly || undefined }) };
    case 'configMap':
      return { configMap: { name: source.object, ...keysOf(source) } };
    case 'secret':
      return { secret: { secretName: source.object, ...keysOf(source) } };
    case 'emptyDir':
      return { emptyDir: compact({ medium: source.medium, sizeLimit: source.sizeLimit }) };
    case 'hostPath':
      return { hostPath: compact({ path: source.path, type: source.type }) };
  }
}

function keysOf({ items, defaultMode, optional }: Extract<VolumeSource, { kind: 'configMap' | 'secret' }>): JsonObject {
  const keys: Json[] | undefined = items?.map(({ key, path, mode }) => compact({ key, path, mode }));
  return compact({ items: keys, defaultMode, optional: optional || undefined });
}
