/**
 * Makes `build/kubeconform/kubeconform.wasm.gz` from the Go module that tools/kubeconform pins. Does nothing when it is
 * up to date, and says so and goes on where there is no Go: `podloom validate` then looks for kubeconform on the PATH.
 *
 *   node scripts/build-kubeconform.mjs
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { contentHash, isUpToDate, makeFolder } from './lib/stamp.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MODULE = join(ROOT, 'tools/kubeconform');
const FOLDER = join(ROOT, 'build/kubeconform');
const PROGRAM = 'github.com/yannh/kubeconform/cmd/kubeconform';

/**
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<'built' | 'up to date' | 'no Go' | 'failed'>}
 */
export async function buildKubeconform({ log = () => {} } = {}) {
  const sources = [join(MODULE, 'go.mod'), join(MODULE, 'go.sum'), fileURLToPath(import.meta.url)];
  const stamp = contentHash(sources.map((file) => readFileSync(file, 'utf8')));
  if (isUpToDate(FOLDER, stamp)) return 'up to date';
  if (spawnSync('go', ['version']).status !== 0) {
    log(
      'kubeconform: not built, because there is no Go on the PATH (go.dev); "podloom validate" takes one from the PATH',
    );
    return 'no Go';
  }
  const started = performance.now();
  try {
    await makeFolder(FOLDER, stamp, compile);
  } catch (error) {
    log(`kubeconform: not built: ${error instanceof Error ? error.message : error}`);
    return 'failed';
  }
  log(`kubeconform: built as WebAssembly, ${((performance.now() - started) / 1000).toFixed(1)} s`);
  return 'built';
}

/** @param {string} folder */
function compile(folder) {
  const file = join(folder, 'kubeconform.wasm');
  const result = spawnSync('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', file, PROGRAM], {
    cwd: MODULE,
    env: {
      ...process.env,
      GOOS: 'wasip1',
      GOARCH: 'wasm',
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-mod=readonly -buildvcs=false',
    },
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(result.error?.message ?? result.stderr.trim());
  writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  rmSync(file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKubeconform({ log: console.log });
