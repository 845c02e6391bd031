import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cacheFolder, GO_ENVIRONMENT, go, goVersion, moduleFolder, publish } from './programs.ts';

const ARGO = 'github.com/argoproj/argo-workflows/v3';
/** Where the file belongs that Argo's module lacks. */
const MISSING_FILE = 'workflow/executor/osspecific/signal_linux.go';
/** What is big in Argo's module and not needed to compile it. */
const LEFT_OUT = /^(docs|examples|hack|manifests|sdks|test|ui)$/;

/**
 * Path of argoexec, Argo's executor, compiled unless the cache has it. The published module lacks one file for Linux, and Go lets
 * nobody lay a file over its module cache, so it is compiled from a copy of the module with our own file in that place.
 */
export async function buildArgoexec(log: (line: string) => void): Promise<string> {
  const source = moduleFolder('argo');
  const ours = join(source, 'argoexec', 'signal_linux.go');
  const hash = createHash('sha256').update(JSON.stringify([GO_ENVIRONMENT, goVersion()]));
  for (const file of [join(source, 'go.mod'), join(source, 'go.sum'), ours]) hash.update(readFileSync(file));
  const folder = join(cacheFolder(), 'programs', `argoexec-${hash.digest('hex').slice(0, 12)}`);
  const file = join(folder, 'argoexec');
  if (existsSync(file)) return file;
  const started = performance.now();
  log('argoexec: compiling, once; about 60 s on 2 cores');
  const work = `${folder}.${process.pid}`;
  try {
    mkdirSync(work, { recursive: true });
    for (const name of ['go.mod', 'go.sum']) copyFileSync(join(source, name), join(work, name));
    await copyModule(work);
    const missing = join(work, 'argo', MISSING_FILE);
    if (existsSync(missing)) throw new Error(`Argo's module has ${MISSING_FILE} now: take argoexec from it`);
    copyFileSync(ours, missing);
    await go(['mod', 'edit', `-replace=${ARGO}=./argo`], work);
    await go(['build', '-ldflags=-s -w', '-o', join(work, 'out', 'argoexec'), `${ARGO}/cmd/argoexec`], work);
    publish(join(work, 'out'), folder, 'argoexec');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  log(`argoexec: compiled in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return file;
}

/** Copies Argo's module from Go's cache into `argo/`. */
async function copyModule(work: string): Promise<void> {
  await go(['mod', 'download', ARGO], work);
  const module = (await go(['list', '-m', '-f', '{{.Dir}}', ARGO], work)).trim();
  const wanted = (path: string): boolean => !LEFT_OUT.test(relative(module, path));
  cpSync(module, join(work, 'argo'), { recursive: true, filter: wanted });
}
