/**
 * Clusters by hand, for development:
 *
 *   npm run cluster -- up [api|sim|real] [--name NAME] [--nodes N]
 *   npm run cluster -- down [NAME]      npm run cluster -- status
 *   npm run cluster -- prepare [api|sim|real]      compiles what it needs, once; ends with 3 when this machine lacks something
 *   eval "$(npm run --silent cluster -- env [NAME])"
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CLUSTER_SIZES, type ClusterSize, prepareCluster, startCluster } from './cluster.ts';
import { missingFor } from './requirements.ts';
import { waitFor } from './wait.ts';

/** Clusters that were brought up by hand: `<name>.json` and `<name>.log` each. */
const STATE = join(tmpdir(), `podloom-clusters-${process.getuid?.() ?? 0}`);

/** Exit code when this machine lacks what a cluster needs. */
const CANNOT = 3;

interface State {
  readonly size: ClusterSize;
  readonly pid: number;
  readonly folder: string;
  readonly kubeconfig: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: 'string' }, nodes: { type: 'string' } },
});
const [command, argument] = positionals;
const fileOf = (name: string, extension: string): string => join(STATE, `${name}.${extension}`);

switch (command) {
  case 'up':
    await up((argument ?? 'sim') as ClusterSize);
    break;
  case 'prepare':
    await prepare(argument as ClusterSize);
    break;
  case 'keep':
    await keep(argument as ClusterSize, values.name!);
    break;
  case 'down':
    await down(argument ?? values.name ?? only());
    break;
  case 'status':
    for (const name of names()) console.log(`${name}: ${describe(name)}`);
    break;
  case 'env':
    console.log(`export KUBECONFIG=${read(argument ?? values.name ?? only()).kubeconfig}`);
    break;
  default:
    fail(
      'usage: npm run cluster -- up [api|sim|real] [--name NAME] [--nodes N] | down [NAME] | status | env [NAME] | prepare [SIZE]',
    );
}

async function up(size: ClusterSize): Promise<void> {
  if (!CLUSTER_SIZES.includes(size)) fail(`no size "${size}": ${CLUSTER_SIZES.join(', ')}`);
  const name = values.name ?? size;
  if (!/^[\w-]+$/.test(name)) fail(`"${name}" is no name: letters, digits, - and _`);
  if (existsSync(fileOf(name, 'json'))) fail(`${name} is there already: ${describe(name)}`);
  refuseWithout(size);
  mkdirSync(STATE, { recursive: true, mode: 0o700 });
  const log = fileOf(name, 'log');
  writeFileSync(log, '');
  const output = openSync(log, 'a');
  const nodes = values.nodes === undefined ? [] : ['--nodes', values.nodes];
  const args = [...process.execArgv, fileURLToPath(import.meta.url), 'keep', size, '--name', name, ...nodes];
  const keeper = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, output] });
  let ended = false;
  keeper.on('exit', () => {
    ended = true;
  });
  let shown = 0;
  await waitFor(
    `the cluster to come up (${log})`,
    () => {
      const text = readFileSync(log, 'utf8');
      process.stderr.write(text.slice(shown));
      shown = text.length;
      return ended || existsSync(fileOf(name, 'json'));
    },
    { deadlineMillis: 30 * 60_000 },
  );
  if (ended) fail('it did not come up');
  keeper.unref();
  console.log(`export KUBECONFIG=${read(name).kubeconfig}`);
}

async function prepare(size: ClusterSize): Promise<void> {
  refuseWithout(size);
  await prepareCluster(size, (line) => console.error(line));
}

function refuseWithout(size: ClusterSize): void {
  const missing = missingFor(size);
  if (missing.length === 0) return;
  console.error(`a ${size} cluster needs: ${missing.join('; ')}`);
  process.exit(CANNOT);
}

/** The process that a cluster lives in. */
async function keep(size: ClusterSize, name: string): Promise<void> {
  const nodes = values.nodes === undefined ? undefined : Number(values.nodes);
  const log = (line: string): void => console.error(line);
  const cluster = await startCluster({ size, nodes, log });
  const { folder, kubeconfig } = cluster;
  const state: State = { size, pid: process.pid, folder, kubeconfig };
  writeFileSync(fileOf(name, 'json'), JSON.stringify(state));
  const wait = setInterval(() => {}, 1 << 30);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.once(signal, async () => {
      clearInterval(wait);
      await cluster.stop();
      rmSync(fileOf(name, 'json'));
    });
  }
}

async function down(name: string): Promise<void> {
  const { pid, folder } = read(name);
  if (isKeeper(pid, name)) {
    process.kill(pid, 'SIGTERM');
    await waitFor(`${name} to end`, () => !isKeeper(pid, name), { deadlineMillis: 120_000 });
  }
  rmSync(fileOf(name, 'json'), { force: true }); // a keeper that was killed left these
  rmSync(folder, { recursive: true, force: true });
}

/** Whether that process is still the one that keeps this cluster, and not another that got its number. */
function isKeeper(pid: number, name: string): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return words.includes('keep') && words.includes(name);
  } catch {
    return false;
  }
}

function names(): string[] {
  if (!existsSync(STATE)) return [];
  return readdirSync(STATE)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

function only(): string {
  const all = names();
  if (all.length !== 1) fail(all.length === 0 ? 'no cluster is up' : `which one? ${all.join(', ')}`);
  return all[0]!;
}

function read(name: string): State {
  if (!existsSync(fileOf(name, 'json'))) fail(`no cluster "${name}" is up`);
  return JSON.parse(readFileSync(fileOf(name, 'json'), 'utf8')) as State;
}

function describe(name: string): string {
  const { size, pid, kubeconfig } = read(name);
  return `${size}, ${isKeeper(pid, name) ? `process ${pid}` : 'dead'}, KUBECONFIG=${kubeconfig}`;
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
