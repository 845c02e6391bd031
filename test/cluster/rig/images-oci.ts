import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** A file of an image. A path that ends with `/` is a folder. */
export interface ImageFile {
  readonly path: string;
  readonly from?: { readonly file: string } | { readonly text: string } | { readonly link: string };
  /** Default 0o755. */
  readonly mode?: number;
}

/** Files that images share. */
export type Layer = readonly ImageFile[];

export interface Image {
  /** Full references, such as `docker.io/library/busybox:1`. */
  readonly names: readonly string[];
  readonly layers: readonly Layer[];
  readonly command?: readonly string[];
  /** Program and arguments that the arguments of a container follow. Default: none. */
  readonly entrypoint?: readonly string[];
  /** Default: root. */
  readonly user?: string;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

/** Search path of programs in every image. */
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** Writes images as one archive (an OCI image layout in a tar) at `archive`; `work` is a folder of its own that goes away. */
export function writeArchive(images: readonly Image[], archive: string, work: string): void {
  const layout = join(work, 'layout');
  mkdirSync(join(layout, 'blobs', 'sha256'), { recursive: true });
  const layers = new Map<Layer, Blob>();
  const layerOf = (layer: Layer): Blob => {
    if (!layers.has(layer)) layers.set(layer, writeLayer(layer, layout, join(work, `layer-${layers.size}`)));
    return layers.get(layer)!;
  };
  const manifests = images.flatMap((image) => {
    const manifest = writeImage(image, image.layers.map(layerOf), layout);
    return image.names.map((name) => ({
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      ...manifest,
      annotations: { 'io.containerd.image.name': name },
    }));
  });
  writeFileSync(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  tar(layout, archive);
}

/** Writes the configuration and the manifest of an image; answers the manifest. */
function writeImage(image: Image, layers: readonly Blob[], layout: string): Blob {
  const config = writeBlob(layout, {
    architecture: ARCHITECTURES[process.arch],
    os: 'linux',
    config: { Env: [PATH], Entrypoint: image.entrypoint, Cmd: image.command, User: image.user, WorkingDir: '/' },
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  return writeBlob(layout, {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
    layers: layers.map((layer) => ({ mediaType: 'application/vnd.oci.image.layer.v1.tar', ...layer })),
  });
}

function writeBlob(layout: string, content: object): Blob {
  const bytes = Buffer.from(JSON.stringify(content));
  const hash = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(layout, 'blobs', 'sha256', hash), bytes);
  return { digest: `sha256:${hash}`, size: bytes.length };
}

/** Writes a layer, not compressed: it is read much more often than it is sent. */
function writeLayer(layer: Layer, layout: string, root: string): Blob {
  mkdirSync(root, { recursive: true });
  for (const file of layer) writeFile(file, join(root, file.path));
  const partial = `${root}.tar`;
  tar(root, partial);
  const hash = createHash('sha256').update(readFileSync(partial)).digest('hex');
  const { size } = statSync(partial);
  renameSync(partial, join(layout, 'blobs', 'sha256', hash));
  rmSync(root, { recursive: true });
  return { digest: `sha256:${hash}`, size };
}

function writeFile({ from, mode = 0o755 }: ImageFile, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (from !== undefined && 'link' in from) {
    symlinkSync(from.link, path);
    return;
  }
  if (from === undefined) mkdirSync(path, { recursive: true });
  else if ('file' in from) copyFileSync(from.file, path);
  else writeFileSync(path, from.text);
  chmodSync(path, mode);
}

/** The same bytes for the same files, whoever packs them and when. */
function tar(folder: string, file: string): void {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  execFileSync('tar', ['--create', `--file=${file}`, ...same, `--directory=${folder}`, '.']);
}
