import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { bundleLib } from '../../../scripts/build-lib.mjs';
import { CONDUCTOR_IMAGE } from '../../../src/targets/jobs/conductor.ts';
import { CONTAINERD_SOCKET } from './containerd.ts';
import { type Image, type ImageFile, type Layer, writeArchive } from './images-oci.ts';
import { cacheFolder } from './programs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const NODE = join(ROOT, 'node_modules/node/bin/node');
/** As the Dockerfile has it. */
const PACKAGE = 'opt/podloom/node_modules/podloom';

/**
 * Gives the `real` cluster of that folder the image that the Dockerfile describes, made from the sources as they are now. Made without
 * Docker: Node with its libraries, what the package needs, and the package.
 */
export async function importConductorImage(clusterFolder: string): Promise<void> {
  const socket = join(clusterFolder, 'node', CONTAINERD_SOCKET);
  const archive = await buildConductorImage();
  await promisify(execFile)('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', 'import', archive]);
}

/** Path of the archive, made unless the cache has it. */
async function buildConductorImage(): Promise<string> {
  const folder = join(cacheFolder(), 'image-conductor');
  const archive = join(folder, `${imageKey()}.tar`);
  if (existsSync(archive)) return archive;
  const work = join(folder, `work.${process.pid}`);
  try {
    mkdirSync(work, { recursive: true });
    await bundleLib(join(work, 'lib'));
    writeArchive([conductorImage(join(work, 'lib'))], join(work, 'image.tar'), work);
    for (const old of readdirSync(folder))
      if (old.endsWith('.tar') && old !== basename(archive)) rmSync(join(folder, old));
    renameSync(join(work, 'image.tar'), archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return archive;
}

/** All that the image is made of. */
function imageKey(): string {
  const { size, mtimeMs } = statSync(NODE);
  const hash = createHash('sha256').update(JSON.stringify([size, mtimeMs]));
  const names = ['package.json', 'package-lock.json', 'Dockerfile', 'bin/podloom.cjs', 'scripts/build-lib.mjs'];
  const rig = [import.meta.filename, join(import.meta.dirname, 'images-oci.ts')].map((file) => relative(ROOT, file));
  const sources = globSync('src/**/*.ts', { cwd: ROOT }).sort();
  for (const name of [...names, ...rig, ...sources]) hash.update(`${name}\0`).update(readFileSync(join(ROOT, name)));
  return hash.digest('hex').slice(0, 12);
}

function conductorImage(lib: string): Image {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
  const [, entrypoint] = /^ENTRYPOINT (.*)$/m.exec(dockerfile)!;
  const [, user] = /^USER (.*)$/m.exec(dockerfile)!;
  return {
    names: [CONDUCTOR_IMAGE],
    layers: [nodeLayer(), dependencyLayer(), packageLayer(lib)],
    entrypoint: JSON.parse(entrypoint!) as string[],
    user: user!,
  };
}

/** Node where the base image of the Dockerfile has it, and the libraries that its loader asks for. */
function nodeLayer(): Layer {
  const listed = execFileSync('ldd', [NODE], { encoding: 'utf8' });
  const libraries = [...listed.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, file]) => file!);
  return [
    { path: 'nodejs/bin/node', from: { file: NODE } },
    ...libraries.map((file): ImageFile => ({ path: file.slice(1), from: { file } })),
    { path: 'tmp/', mode: 0o1777 },
  ];
}

interface Locked {
  readonly dependencies?: { readonly [name: string]: string };
}

/** The packages that `npm install --omit=dev --omit=peer` installs, as they lie in this repository. */
function dependencyLayer(): Layer {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: { readonly [path: string]: Locked };
  };
  const found = new Set<string>();
  const add = (from: string): void => {
    for (const name of Object.keys(lock.packages[from]?.dependencies ?? {})) {
      const path = locked(lock.packages, from, name);
      if (path === undefined || found.has(path)) continue;
      found.add(path);
      add(path);
    }
  };
  add('');
  return [...found].sort().flatMap((path) => filesIn(join(ROOT, path), join('opt/podloom', path)));
}

/** Where Node finds a package: beside the one that asks for it, or in a folder above. */
function locked(packages: object, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const path = folder === '' || folder === '.' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(packages, path)) return path;
    if (folder === '' || folder === '.') return undefined;
  }
}

function packageLayer(lib: string): Layer {
  const beside = ['package.json', 'bin/podloom.cjs'].map(
    (name): ImageFile => ({ path: join(PACKAGE, name), from: { file: join(ROOT, name) }, mode: 0o644 }),
  );
  return [...beside, ...filesIn(lib, join(PACKAGE, 'lib'))];
}

/** Without the packages in it, which come by themselves, and types. */
function filesIn(folder: string, to: string): ImageFile[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.d\.[cm]?ts$|\.map$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(folder, file).split('/').includes('node_modules'))
    .map((file) => ({ path: join(to, relative(folder, file)), from: { file }, mode: 0o644 }));
}
