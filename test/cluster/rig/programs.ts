import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Go modules that pin the programs, each with its own `go.mod`: their dependencies disagree. */
const MODULES = fileURLToPath(new URL('../programs/', import.meta.url));

interface Program {
  readonly module: string;
  readonly package: string;
  /** Seconds of a cold build on 2 cores, for people who wait. */
  readonly seconds: number;
  readonly ldflags?: string;
  /** Of our own: relative to the module's folder. */
  readonly source?: string;
}

/** Without it clients choke on the version `v0.0.0-master+$Format:%H$`. */
const KUBERNETES = '-X k8s.io/component-base/version.gitVersion=v1.36.3';
const kubernetes = (name: string, seconds: number): Program => ({
  module: 'kubernetes',
  package: `k8s.io/kubernetes/cmd/${name}`,
  seconds,
  ldflags: KUBERNETES,
});

const PROGRAMS = {
  etcd: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3', seconds: 60 },
  'kube-apiserver': kubernetes('kube-apiserver', 300),
  'kube-controller-manager': kubernetes('kube-controller-manager', 90),
  'kube-scheduler': kubernetes('kube-scheduler', 10),
  kubelet: kubernetes('kubelet', 50),
  // A module of its own: whoever changes its versions rebuilds no API server.
  kubectl: { ...kubernetes('kubectl', 40), module: 'kubectl' },
  kwok: { module: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', seconds: 90 },
  'workflow-controller': { module: 'argo', package: './controller', seconds: 180, source: 'controller/main.go' },
  'argo-lint': { module: 'argo', package: './lint', seconds: 120, source: 'lint/main.go' },
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;

/** Programs outlive clones of the repository: `PODLOOM_CACHE`, else `podloom` in the user's cache folder. */
export function cacheFolder(): string {
  const { PODLOOM_CACHE, XDG_CACHE_HOME } = process.env;
  return PODLOOM_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'podloom');
}

/** What Go programs of the rig are built with. No C: they run in namespaces and images that have no libraries. */
export const GO_ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
  GOFLAGS: '-mod=readonly -buildvcs=false -trimpath',
};

/** Folder of a module's `go.mod`. */
export const moduleFolder = (module: string): string => join(MODULES, module);

/**
 * Path of a program, built from its pinned module unless the cache has it. The key of the cache is all that the program is made
 * from: `go.mod`, `go.sum`, our own source, flags and the version of Go.
 */
export async function buildProgram(name: ProgramName, log: (line: string) => void): Promise<string> {
  const program: Program = PROGRAMS[name];
  const key = programKey(program);
  const folder = join(cacheFolder(), 'programs', `${name}-${key}`);
  const file = join(folder, name);
  if (existsSync(file)) return file;
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
  log(`${name}: compiling, once; about ${program.seconds} s on 2 cores`);
  const heartbeat = setInterval(() => log(`${name}: still compiling, ${seconds()} s`), 30_000);
  const partial = `${folder}.${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
    const ldflags = `-s -w ${program.ldflags ?? ''}`.trim();
    await go(
      ['build', `-ldflags=${ldflags}`, '-o', join(partial, name), program.package],
      moduleFolder(program.module),
    );
    publish(partial, folder, name);
  } finally {
    clearInterval(heartbeat);
    rmSync(partial, { recursive: true, force: true });
  }
  log(`${name}: compiled in ${seconds()} s`);
  return file;
}

/** Puts a finished folder in its place, and removes those of other versions that a newer one has replaced. */
export function publish(partial: string, folder: string, name: string): void {
  if (!existsSync(folder)) renameSync(partial, folder);
  const parent = join(folder, '..');
  const old = new RegExp(`^${name}-[0-9a-f]{12}$`);
  for (const entry of readdirSync(parent)) {
    if (old.test(entry) && join(parent, entry) !== folder)
      rmSync(join(parent, entry), { recursive: true, force: true });
  }
}

function programKey(program: Program): string {
  const hash = createHash('sha256').update(JSON.stringify([program, GO_ENVIRONMENT, goVersion()]));
  const { source } = program;
  for (const file of ['go.mod', 'go.sum', ...(source === undefined ? [] : [source])])
    hash.update(readFileSync(join(moduleFolder(program.module), file)));
  return hash.digest('hex').slice(0, 12);
}

let knownGoVersion: string | undefined;

/** `go version go1.26.8 linux/amd64`; empty when there is no Go. */
export function goVersion(): string {
  knownGoVersion ??= spawnSync('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { encoding: 'utf8' }).stdout ?? '';
  return knownGoVersion;
}

/** Runs the go command; rejects with what it printed. */
export function go(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('go', args, { cwd, env: { ...process.env, ...GO_ENVIRONMENT, ...env } });
    let output = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => (output += data));
    child.stderr.on('data', (data: Buffer) => (errors += data));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`go ${args.join(' ')}\n${errors}`))));
  });
}
