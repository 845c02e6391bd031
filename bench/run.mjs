// `npm run bench`: whole processes, on this machine, in this run, as ratios. Needs `npm run build`; Hera only where Python has it.
//
// What is compared is what users have: the compiled package with all its checks on a pipeline in TypeScript; a JavaScript file
// on bare cdk8s, and a Python file on Hera, which write the same ten stages by hand as one WorkflowTemplate and check nothing.
// Each process starts without its output. They take turns, so that a busy machine slows all of them, and a ratio is the median
// of the ratios of the rounds. The first round fills the caches of the disk and of compiled code and does not count.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const fixtures = join(root, 'bench/fixtures');
const ROUNDS = 9;
const ROUNDS_OF_LARGE = 3;

if (!existsSync(join(root, 'lib/index.js'))) {
  console.error('lib/ is not built: run `npm run build` first');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'podloom-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
prepare();

const node = process.execPath;
const podloom = join(root, 'bin/podloom.cjs');
const synth = (pipeline, target = 'argo') => [
  node,
  [podloom, 'synth', `pipelines/${pipeline}.ts`, '--target', target],
  'dist',
];
const python = heraPython();

const small = await measure(
  {
    'node -e 0': [node, ['-e', '0']],
    'podloom --help': [node, [podloom, '--help']],
    'synth of one task': synth('one-task'),
    '10 × 5,000 items: bare cdk8s': [node, [join(folder, 'bare-cdk8s.mjs'), 'bare'], 'bare'],
    '10 × 5,000 items: podloom': synth('ten-stages'),
    ...(python && { '10 × 5,000 items: Hera': [python, [join(fixtures, 'ten_stages_hera.py'), 'hera'], 'hera'] }),
    '5,000-task DAG with a fan-in': synth('fan-in'),
  },
  ROUNDS,
);
print(small);
for (const count of [250_000, 500_000, 1_000_000]) {
  writeItems(count);
  const name = `file of ${count.toLocaleString('en')} lines, all targets`;
  print(await measure({ [name]: synth('million-lines', 'all') }, ROUNDS_OF_LARGE));
}
print(await measure({ 'range of 1,000,000, all targets': synth('million-range', 'all') }, ROUNDS_OF_LARGE));

console.log(`\npodloom / bare cdk8s: ${ratio('bare cdk8s').toFixed(2)} (goal: at most 1.0)`);
console.log(
  python
    ? `podloom / Hera: ${ratio('Hera').toFixed(2)} (goal: at most 0.25)`
    : 'podloom / Hera: not measured, Python has no package hera',
);

function prepare() {
  cpSync(join(fixtures, 'pipelines'), join(folder, 'pipelines'), { recursive: true });
  cpSync(join(fixtures, 'bare-cdk8s.mjs'), join(folder, 'bare-cdk8s.mjs'));
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
  const command = process.env.PODLOOM_BENCH_PYTHON ?? 'python3';
  return spawnSync(command, ['-c', 'import hera.workflows'], { stdio: 'ignore' }).status === 0 ? command : undefined;
}

/** Runs the commands in turn, `rounds` times and once before. A command: program, arguments, output folder. */
async function measure(commands, rounds) {
  const results = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, command] of Object.entries(commands)) {
      const result = await once(...command);
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/** Median wall time of whole processes, and the largest resident memory. */
function print(results) {
  for (const [name, runs] of Object.entries(results)) {
    const seconds = median(runs.map((run) => run.seconds)).toFixed(2);
    const mebibytes = Math.max(...runs.map((run) => run.mebibytes)).toFixed(0);
    console.log(`${name.padEnd(38)} ${seconds.padStart(7)} s ${mebibytes.padStart(6)} MiB`);
  }
}

function ratio(other) {
  const theirs = small[`10 × 5,000 items: ${other}`];
  return median(small['10 × 5,000 items: podloom'].map((run, round) => run.seconds / theirs[round].seconds));
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

function once(command, args, output) {
  if (output !== undefined) rmSync(join(folder, output), { recursive: true, force: true });
  // Hera's and cdk8s's users have the folder; making it is no part of the measure.
  if (output !== undefined && output !== 'dist') mkdirSync(join(folder, output));
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
