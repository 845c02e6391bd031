// `npm run bench`: whole processes, on this machine, in this run, as ratios. Needs `npm run build`; Hera only where Python has it.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = join(root, 'bench/fixtures');
const RUNS = 5;

if (!existsSync(join(root, 'lib/index.js'))) {
  console.error('lib/ is not built: run `npm run build` first');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'podloom-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
prepare();

const synth = (pipeline) => [
  process.execPath,
  [join(root, 'bin/podloom.cjs'), 'synth', `pipelines/${pipeline}.ts`, '--target', 'argo'],
];
const bare = await measure(process.execPath, [join(folder, 'bare-cdk8s.mjs'), join(folder, 'bare')]);
const ours = await measure(...synth('ten-stages'));
const rows = [
  ['node -e 0', await measure(process.execPath, ['-e', '0'])],
  ['10 × 5,000 items: bare cdk8s', bare],
  ['10 × 5,000 items: podloom', ours],
];
const hera = heraPython();
const heraResult = hera && (await measure(hera, [join(fixtures, 'ten_stages_hera.py'), join(folder, 'bare')]));
if (heraResult) rows.push(['10 × 5,000 items: Hera', heraResult]);
rows.push(['5,000-task DAG with a fan-in', await measure(...synth('fan-in'))]);
for (const count of [250_000, 500_000, 1_000_000]) {
  writeItems(count);
  rows.push([`file of ${count.toLocaleString('en')} lines`, await measure(...synth('million-lines'), 1)]);
}
rows.push(['range of 1,000,000', await measure(...synth('million-range'), 1)]);

for (const [what, { seconds, mebibytes }] of rows) {
  console.log(`${what.padEnd(34)} ${seconds.toFixed(2).padStart(7)} s ${mebibytes.toFixed(0).padStart(6)} MiB`);
}
console.log(`\npodloom / bare cdk8s: ${(ours.seconds / bare.seconds).toFixed(2)} (goal: at most 1.0)`);
console.log(
  heraResult
    ? `podloom / Hera: ${(ours.seconds / heraResult.seconds).toFixed(2)} (goal: at most 0.25)`
    : 'Hera: not measured, Python has no package hera',
);

function prepare() {
  cpSync(join(fixtures, 'pipelines'), join(folder, 'pipelines'), { recursive: true });
  cpSync(join(fixtures, 'bare-cdk8s.mjs'), join(folder, 'bare-cdk8s.mjs'));
  mkdirSync(join(folder, 'bare'));
  // The package as users have it: compiled, beside its peers.
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/podloom'), 'dir');
  for (const peer of ['cdk8s', 'constructs'])
    symlinkSync(join(root, 'node_modules', peer), join(folder, 'node_modules', peer), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "name": "bench", "type": "module", "private": true }\n');
}

function writeItems(count) {
  writeFileSync(join(folder, 'items.txt'), Array.from({ length: count }, (_, index) => `s-${index}.tar\n`).join(''));
}

function heraPython() {
  const python = process.env.PODLOOM_BENCH_PYTHON ?? 'python3';
  return spawnSync(python, ['-c', 'import hera.workflows'], { stdio: 'ignore' }).status === 0 ? python : undefined;
}

/** Median wall time of whole processes, and the largest resident memory. */
async function measure(command, args, runs = RUNS) {
  await once(command, args); // fills caches of compiled code and of the disk, as on every run but a machine's first
  const results = [];
  for (let count = 0; count < runs; count++) results.push(await once(command, args));
  const seconds = results.map((result) => result.seconds).sort((a, b) => a - b)[Math.floor(runs / 2)];
  return { seconds, mebibytes: Math.max(...results.map((result) => result.mebibytes)) };
}

function once(command, args) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let kibibytes = 0;
    let errors = '';
    child.stderr.on('data', (data) => (errors += data));
    const timer = setInterval(() => {
      kibibytes = Math.max(kibibytes, peakMemory(child.pid));
    }, 10);
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      if (code === 0) resolve({ seconds, mebibytes: kibibytes / 1024 });
      else reject(new Error(`${command} ${args.join(' ')}: exit code ${code}\n${errors}`));
    });
  });
}

/** High-water mark of resident memory in KiB; 0 where the system does not say. */
function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
