// The oldest Node line that podloom supports, for the tests that compare versions. Kept in .podloom/, from the npm registry.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/run.mjs';

const VERSION = '22.23.3';
const folder = join(root, '.podloom/node-22');
const packageName = `node-${process.platform}-${process.arch}`;

/** Path of its `node`, there or not. */
export const node22 = join(folder, 'node_modules', packageName, 'bin/node');

/** Installs it once. Returns whether it is there. */
export function installNode22() {
  if (existsSync(node22)) return true;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--silent', `${packageName}@${VERSION}`], {
    cwd: folder,
    stdio: 'inherit',
  });
  return existsSync(node22);
}
