// `npm test`: builds what the tests need, then types, lint, generated files and the test suite; closes with one line of counts.
// `npm test -- test/cluster/sim` runs what matches, `npm test -- --project=sim` one project: unit, api, sim or real.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { buildKubeconform } from './build-kubeconform.mjs';
import { buildReport } from './build-report.mjs';
import { buildSchemas } from './build-schemas.mjs';
import { podloom, run } from './lib/run.mjs';
import { installNode22 } from './node-22.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const times = [];
/** `[what, why]` of each failure. They are said once more at the end, for who only sees the last lines of a long CI log. */
const failures = [];

const PROJECTS = ['unit', 'api', 'sim', 'real'];
const PROJECT = process.argv.find((word) => word.startsWith('--project='))?.slice('--project='.length);
const FILTERS = process.argv.slice(2).filter((word) => !word.startsWith('--project='));
/** Of why something failed, at the end. */
const WHY_CHARACTERS = 6000;
/** What the cluster command ends with when this machine lacks something. */
const CANNOT = 3;

async function timed(what, work) {
  const start = performance.now();
  const result = await work();
  times.push([what, (performance.now() - start) / 1000]);
  return result;
}

function fail(what, why) {
  counts.failed++;
  failures.push([what, why]);
}

async function check(what, start) {
  const code = await timed(what, start);
  if (code === 0) counts.passed++;
  else fail(what, `exit code ${code}; what it printed is above`);
  console.error(`${code === 0 ? 'ok' : 'FAILED'}: ${what}`);
}

/** One project of vitest.config.ts. */
async function vitest(project) {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-test-'));
  const file = join(folder, 'results.json');
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    `--project=${project}`,
    // One file after the other on the one real node: containers of two would wait for each other on 2 cores.
    ...(project === 'real' ? ['--maxWorkers=1'] : []),
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const code = await run('vitest', [...args, ...FILTERS], { mayFail: true });
  try {
    count(project, JSON.parse(readFileSync(file, 'utf8')), code);
  } catch (problem) {
    fail(`the tests of ${project}`, `no readable results: ${problem.message}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(project, results, code) {
  counts.passed += results.numPassedTests;
  counts.skipped += results.numPendingTests + (results.numTodoTests ?? 0);
  const before = counts.failed;
  for (const suite of results.testResults) {
    const file = relative(process.cwd(), suite.name);
    const failed = suite.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) fail(`${file} > ${test.fullName}`, test.failureMessages.join('\n'));
    if (suite.status === 'failed' && failed.length === 0) fail(file, suite.message);
  }
  // Such as an error outside of all tests.
  if (code !== 0 && counts.failed === before) fail(`the tests of ${project}`, `exit code ${code}`);
}

/** Tests on a real cluster, where this machine can have one. In CI (`CI=true`) it must. */
async function cluster(size) {
  const cli = ['test/cluster/rig/cli.ts', 'prepare', size];
  const code = await timed(`programs of the ${size} cluster`, () => run('cluster', cli, { mayFail: true }));
  if (code === 0) {
    await timed(`tests on the ${size} cluster`, () => vitest(size));
  } else if (code === CANNOT && process.env.CI === undefined) {
    counts.skipped++;
    console.error(`skipped: tests on the ${size} cluster (the line above says what would enable them)`);
  } else {
    fail(`the tests of ${size}`, 'no cluster to test on');
  }
}

await timed('validators', buildSchemas);
await timed('kubeconform', buildKubeconform);
await timed('page of the report', buildReport);
await timed('Node 22', installNode22);
await check('types', () => run('tsc', ['node_modules/typescript/bin/tsc', '--noEmit'], { mayFail: true }));
await check('types of the page of the report', () =>
  run('tsc', ['node_modules/typescript/bin/tsc', '--noEmit', '--project', 'src/report/client'], { mayFail: true }),
);
await check('lint and format', () =>
  run('biome', ['node_modules/@biomejs/biome/bin/biome', 'check'], { mayFail: true }),
);
await check('DIAGNOSTICS.md is what the catalogue says', () =>
  run('diagnostics-md', ['--conditions=podloom-source', 'scripts/diagnostics-md.mjs', '--check'], { mayFail: true }),
);
await check('dist/ is what the pipelines say', () => podloom(['synth', '--check'], { mayFail: true }));
await check('dist/ is valid', () => podloom(['validate'], { mayFail: true }));
const wanted = PROJECTS.filter((project) => PROJECT === undefined || project === PROJECT);
for (const project of wanted) {
  if (project === 'unit') await timed('tests without a cluster', () => vitest(project));
  else if (FILTERS.length === 0 || FILTERS.some((filter) => filter.includes('cluster'))) await cluster(project);
}

console.error('\nWhere the time went:');
for (const [what, seconds] of times) console.error(`  ${seconds.toFixed(1).padStart(7)} s  ${what}`);
if (failures.length > 0) console.error('\nWhat failed:');
for (const [what, why] of failures) console.error(`  ${what}\n${why.slice(0, WHY_CHARACTERS).replace(/^/gm, '    ')}`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
