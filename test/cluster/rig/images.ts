import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BUSYBOX } from '../../../src/constructs/lower/pipeline.ts';
import { buildArgoexec } from './argoexec.ts';
import { type Image, type ImageFile, writeArchive } from './images-oci.ts';
import { cacheFolder, go, goVersion, moduleFolder } from './programs.ts';

/** What the sandboxes of pods run. */
export const PAUSE_IMAGE = 'podloom.test/pause:1';
/** busybox with a shell, and `/bin/printer`. */
export const BUSYBOX_IMAGE = 'podloom.test/busybox:1';
/** Nothing but `/bin/printer` (see programs/printer/main.go): no shell, no folder /tmp. */
export const PRINTER_IMAGE = 'podloom.test/printer:1';
/** Argo's executor. */
export const ARGOEXEC_IMAGE = 'podloom.test/argoexec:3.7.4';

/** The static busybox of the Debian package. */
const BUSYBOX_PROGRAM = '/bin/busybox';

/** Path of an archive with every image of the rig, made unless the cache has it. */
export async function buildImages(log: (line: string) => void): Promise<string> {
  const argoexec = await buildArgoexec(log);
  const folder = join(cacheFolder(), 'images');
  const archive = join(folder, `images-${imagesKey(argoexec)}.tar`);
  if (existsSync(archive)) return archive;
  const work = join(folder, `work.${process.pid}`);
  try {
    mkdirSync(work, { recursive: true });
    const printer = join(work, 'printer');
    await go(['build', '-ldflags=-s -w', '-o', printer, '.'], moduleFolder('printer'));
    writeArchive(images(argoexec, printer), join(work, 'images.tar'), work);
    for (const old of readdirSync(folder)) if (old.endsWith('.tar')) rmSync(join(folder, old));
    renameSync(join(work, 'images.tar'), archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  log('images: made');
  return archive;
}

/** All that the images are made of: programs (argoexec's folder is named after its content) and the rig's own sources. */
function imagesKey(argoexec: string): string {
  const hash = createHash('sha256').update(JSON.stringify([goVersion(), BUSYBOX, argoexec.split('/').at(-2)]));
  const rig = [import.meta.filename, join(import.meta.dirname, 'images-oci.ts')];
  const printer = ['go.mod', 'main.go'].map((name) => join(moduleFolder('printer'), name));
  for (const file of [BUSYBOX_PROGRAM, ...rig, ...printer]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}

function images(argoexec: string, printer: string): Image[] {
  const shell = busyboxLayer();
  const program = (file: string): ImageFile[] => [{ path: `bin/${basename(file)}`, from: { file } }];
  const printerLayer = program(printer);
  return [
    { names: [PAUSE_IMAGE], layers: [shell], command: ['/bin/sleep', 'infinity'] },
    { names: [BUSYBOX_IMAGE, dockerHub(BUSYBOX)], layers: [shell, printerLayer], command: ['sh'] },
    { names: [PRINTER_IMAGE], layers: [printerLayer], command: ['/bin/printer'] },
    { names: [ARGOEXEC_IMAGE], layers: [shell, program(argoexec)], command: ['/bin/argoexec'] },
  ];
}

/** What `name` without a registry stands for. */
const dockerHub = (name: string): string => `docker.io/library/${name}`;

function busyboxLayer(): ImageFile[] {
  const applets = execFileSync(BUSYBOX_PROGRAM, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  return [
    { path: 'bin/busybox', from: { file: BUSYBOX_PROGRAM } },
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet) => ({ path: `bin/${applet}`, from: { link: 'busybox' } })),
    { path: 'tmp/', mode: 0o1777 },
    { path: 'root/', mode: 0o700 },
    {
      path: 'etc/passwd',
      mode: 0o644,
      from: { text: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' },
    },
    { path: 'etc/group', mode: 0o644, from: { text: 'root:x:0:\nnogroup:x:65534:\n' } },
  ];
}
