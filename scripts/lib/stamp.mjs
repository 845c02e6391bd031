import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Hash of the content of what something is made from. @param {readonly string[]} parts file contents, versions */
export function contentHash(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/** @param {string} folder @param {string} stamp */
export function isUpToDate(folder, stamp) {
  const file = join(folder, 'stamp.txt');
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

/**
 * Makes a generated folder anew and puts it in its place when it is whole, so that no reader ever sees half of it.
 * @param {string} folder
 * @param {string} stamp
 * @param {(temporary: string) => void | Promise<void>} make
 */
export async function makeFolder(folder, stamp, make) {
  const temporary = `${folder}.${process.pid}.tmp`;
  mkdirSync(dirname(folder), { recursive: true });
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary);
  try {
    await make(temporary);
    writeFileSync(join(temporary, 'stamp.txt'), stamp);
    replaceFolder(temporary, folder, stamp);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Another process may make the same at the same time: then its result is as good as ours. */
function replaceFolder(temporary, folder, stamp) {
  try {
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (error) {
    if (!isUpToDate(folder, stamp)) throw error;
  }
}
