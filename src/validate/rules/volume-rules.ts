import type { Place } from './place.ts';
import { dnsLabel, dnsName, pathBelow } from './words.ts';

/** Rules of the volumes of a pod (ValidateVolumes in pkg/apis/core/validation/validation.go of Kubernetes 1.36). */
export function volumeRules(volumes: Place): void {
  volumes.unique('name');
  for (const volume of volumes.items) {
    dnsLabel(volume.at('name'));
    const kinds = volume.fields.map(([key]) => key).filter((key) => key !== 'name');
    volume.oneOf(kinds, { optional: true });
    hostPathRules(volume.at('hostPath').at('path'));
    volume
      .at('emptyDir')
      .at('sizeLimit')
      .fits((text) => !text.startsWith('-'), 'a size that is not negative');
    filesRules(volume.at('configMap'));
    filesRules(volume.at('secret'));
    if (volume.has('secret') && !volume.at('secret').has('secretName')) volume.at('secret').refuse('lacks secretName');
    volume
      .at('persistentVolumeClaim')
      .at('claimName')
      .fits((text) => text !== '', 'the name of a claim');
    volume
      .at('nfs')
      .at('path')
      .fits((text) => text.startsWith('/'), 'an absolute path');
    projectedRules(volume.at('projected'));
  }
}

function hostPathRules(path: Place): void {
  path.fits((text) => text !== '' && !text.split('/').includes('..'), 'a path without ".."');
}

function filesRules(files: Place): void {
  files.at('defaultMode').between(0, 0o777);
  itemRules(files);
}

function itemRules(files: Place): void {
  for (const item of files.at('items').items) {
    item.at('mode').between(0, 0o777);
    pathBelow(item.at('path'));
    item.at('path').fits((text) => text !== '' && !text.startsWith('..'), 'a path of a file');
  }
}

const PROJECTED = ['clusterTrustBundle', 'configMap', 'downwardAPI', 'podCertificate', 'secret', 'serviceAccountToken'];

function projectedRules(projected: Place): void {
  projected.at('defaultMode').between(0, 0o777);
  const seen = new Set<string>();
  for (const source of projected.at('sources').items) {
    source.oneOf(PROJECTED);
    for (const kind of ['configMap', 'secret']) {
      itemRules(source.at(kind));
      dnsName(source.at(kind).at('name'));
    }
    const token = source.at('serviceAccountToken');
    token.at('expirationSeconds').between(600, 2 ** 32);
    for (const path of [...pathsOf(source), token.at('path')]) {
      const { text } = path;
      if (text === undefined) continue;
      if (seen.has(text)) path.refuse(`is ${JSON.stringify(text)}, where another source has a file`);
      seen.add(text);
    }
  }
}

function pathsOf(source: Place): Place[] {
  const kinds = ['configMap', 'secret', 'downwardAPI'];
  return kinds.flatMap((kind) =>
    source
      .at(kind)
      .at('items')
      .items.map((item) => item.at('path')),
  );
}
