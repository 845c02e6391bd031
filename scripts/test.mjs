// `npm test`: builds what the tests need, then types, lint, generated files and the test suite; closes with one line of counts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKubeconform } from './build-kubeconform.mjs';
import { buildSchemas } from './build-schemas.mjs';
import { podloom, run } from './lib/run.mjs';
import { installNode22 } from './node-22.mjs';

const counts = { passed: 0, failed: 0, skipped: 0 };
const times = [];

async function timed(what, work) {
  const start = performance.now();
  const result = await work();
  times.push([what, (performance.now() - start) / 1000]);
  return result;
}

async function check(what, start) {
  const code = await timed(what, start);
  counts[code === 0 ? 'passed' : 'failed']++;
  console.error(`${code === 0 ? 'ok' : 'FAILED'}: ${what}`);
}

async function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'podloom-test-'));
  const file = join(folder, 'results.json');
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const code = await run('vitest', [...args, ...process.argv.slice(2)], { mayFail: true });
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    counts.passed += results.numPassedTests;
    counts.failed += results.numFailedTests;
    counts.skipped += results.numPendingTests + (results.numTodoTests ?? 0);
    const broken = results.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    ).length;
    counts.failed += broken;
    if (code !== 0 && results.numFailedTests + broken === 0) counts.failed++;
  } catch {
    counts.failed++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await timed('validators', buildSchemas);
await timed('kubeconform', buildKubeconform);
await timed('Node 22', installNode22);
await check('types', () => run('tsc', ['node_modules/typescript/bin/tsc', '--noEmit'], { mayFail: true }));
await check('lint and format', () =>
  run('biome', ['node_modules/@biomejs/biome/bin/biome', 'check'], { mayFail: true }),
);
await check('DIAGNOSTICS.md is what the catalogue says', () =>
  run('diagnostics-md', ['--conditions=podloom-source', 'scripts/diagnostics-md.mjs', '--check'], { mayFail: true }),
);
await check('dist/ is what the pipelines say', () => podloom(['synth', '--check'], { mayFail: true }));
await check('dist/ is valid', () => podloom(['validate'], { mayFail: true }));
await timed('test suite', vitest);

console.error('\nWhere the time went:');
for (const [what, seconds] of times) console.error(`  ${seconds.toFixed(1).padStart(7)} s  ${what}`);
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exitCode = counts.failed === 0 ? 0 : 1;
