import type { VolumeSource } from '../../ir/task.ts';
import { isForeignVolume, isObject, plain } from '../foreign.ts';
import type { ForeignMount } from '../volume.ts';
import { describe } from './describe.ts';
import type { TaskScope } from './scope.ts';

/** A volume of cdk8s-plus, or a PersistentVolumeClaim by its construct, with a mount path. */
export function lowerForeignVolume(mount: ForeignMount, scope: TaskScope): void {
  const { volume, path, subPath, readOnly } = mount;
  if (!isForeignVolume(volume)) {
    const claim = volume.name;
    scope.mount({
      name: claim,
      source: () => ({ kind: 'persistentVolumeClaim', claim, readOnly: false }),
      path,
      subPath,
      readOnly,
    });
    return;
  }
  const source = sourceOf(plain(volume._toKube()) as Record<string, unknown>);
  if (source === undefined) {
    scope.report('PL353', {
      prop: 'volumes',
      found: describe(volume),
      wanted:
        'a volume of one of the kinds persistentVolumeClaim, configMap, secret, emptyDir, hostPath (others: `podSpecPatch`)',
    });
    return;
  }
  scope.mount({ name: volume.name, source: () => source, path, subPath, readOnly });
}

function sourceOf(volume: Record<string, unknown>): VolumeSource | undefined {
  const field = (kind: string) => (isObject(volume[kind]) ? volume[kind] : undefined);
  const claim = field('persistentVolumeClaim');
  if (claim)
    return { kind: 'persistentVolumeClaim', claim: String(claim['claimName']), readOnly: claim['readOnly'] === true };
  const configMap = field('configMap');
  if (configMap) return projected('configMap', String(configMap['name']), configMap);
  const secret = field('secret');
  if (secret) return projected('secret', String(secret['secretName']), secret);
  const empty = field('emptyDir');
  if (empty) {
    const sizeLimit = empty['sizeLimit'];
    return {
      kind: 'emptyDir',
      medium: empty['medium'] === 'Memory' ? 'Memory' : undefined,
      sizeLimit: sizeLimit === undefined ? undefined : String(sizeLimit),
    };
  }
  const host = field('hostPath');
  return (
    host && {
      kind: 'hostPath',
      path: String(host['path']),
      type: host['type'] === undefined ? undefined : String(host['type']),
    }
  );
}

function projected(kind: 'configMap' | 'secret', object: string, source: Record<string, unknown>): VolumeSource {
  const items = source['items'] as { key: string; path: string; mode?: number }[] | undefined;
  return {
    kind,
    object,
    optional: source['optional'] === true,
    defaultMode: source['defaultMode'] as number | undefined,
    items: items && items.length > 0 ? items : undefined,
  };
}
