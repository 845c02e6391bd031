import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node22 = join(root, `.podloom/node-22/node_modules/node-${process.platform}-${process.arch}/bin/node`);
const parent = mkdtempSync(join(tmpdir(), 'podloom-determinism-'));
let first: ReadonlyMap<string, string>;

beforeAll(() => {
  first = synth('first', process.execPath, {});
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

describe('the same sources give the same bytes', () => {
  test('as are committed', () => {
    expect(first.size).toBeGreaterThan(10);
    expect(first).toEqual(read(join(root, 'dist')));
  });

  test('in another folder, time zone and locale', () => {
    const env = { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8', HOME: parent, USER: 'other' };
    expect(synth('a folder with spaces', process.execPath, env)).toEqual(first);
  });

  test('with the settings of cdk8s in the environment', () => {
    expect(
      synth('cdk8s', process.execPath, { CDK8S_DISABLE_SORT: '1', CDK8S_OUTDIR: '/nowhere', CDK8S_LEGACY_HASH: '1' }),
    ).toEqual(first);
  });

  test.skipIf(!existsSync(node22) && process.env.CI !== 'true')('on Node 22 as on Node 24', () => {
    const version = (node: string) => execFileSync(node, ['--version'], { encoding: 'utf8' });
    expect(version(node22)).toMatch(/^v22\./);
    expect(version(process.execPath)).toMatch(/^v24\./);
    expect(synth('node-22', node22, {})).toEqual(first);
  });
});

/** Copies the project's pipelines into a folder of that name, synthesizes there, and reads what was written. */
function synth(name: string, node: string, env: Record<string, string>): ReadonlyMap<string, string> {
  const folder = join(parent, name);
  mkdirSync(folder);
  for (const path of ['pipelines', 'package.json', 'src', 'bin', 'build/schemas'])
    cpSync(join(root, path), join(folder, path), { recursive: true });
  // Node does not strip types below node_modules, and the sources are resolved by their own name, as in the repository.
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
  execFileSync(node, ['--conditions=podloom-source', join(folder, 'bin/podloom.cjs'), 'synth'], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return read(join(folder, 'dist'));
}

function read(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [file.slice(folder.length), readFileSync(file, 'utf8')]),
  );
}
