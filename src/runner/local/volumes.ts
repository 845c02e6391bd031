import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { VolumeMount, VolumeSource } from '../../ir/task.ts';
import { stored } from '../state/item-log.ts';

/**
 * The folders of this machine that stand for volumes. Claims and host paths are shared by all tasks of the run and stay
 * with it (`_volumes/claims/<claim>`, `_volumes/host/<path>`); an emptyDir
 * lives as long as the attempt, below `scratch`. ConfigMaps and Secrets that may be missing are empty folders there.
 */
export class LocalVolumes {
  readonly #root: string;

  /** `root`: the run's folder for volumes, absolute. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Where a mount is. Never outside of its volume. */
  path(mount: VolumeMount, scratch: string): string {
    return join(this.#base(mount, mount.source, scratch), inside(mount.subPath ?? ''));
  }

  /** Makes the folders of all mounts. */
  async make(mounts: readonly VolumeMount[], scratch: string): Promise<void> {
    for (const mount of mounts) {
      const path = this.path(mount, scratch);
      await stored(path, mkdir(path, { recursive: true }));
    }
  }

  #base(mount: VolumeMount, source: VolumeSource, scratch: string): string {
    switch (source.kind) {
      case 'persistentVolumeClaim':
        return join(this.#root, 'claims', inside(source.claim));
      case 'hostPath':
        return join(this.#root, 'host', inside(source.path));
      case 'emptyDir':
        return join(scratch, inside(mount.volume));
      case 'configMap':
      case 'secret':
        return join(scratch, inside(mount.volume));
    }
  }
}

/** A path that, joined to a folder, stays inside of it, whatever `..` it has. */
export function inside(path: string): string {
  return posix.join('/', path).slice(1);
}

/** Volumes of which each attempt has its own. */
export function isPrivate({ source }: VolumeMount): boolean {
  return source.kind === 'emptyDir' || source.kind === 'configMap' || source.kind === 'secret';
}
