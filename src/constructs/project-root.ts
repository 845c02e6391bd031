import { existsSync } from 'node:fs';
import path from 'node:path';
import { currentHost } from './host.ts';

/**
 * Where relative paths of data files start. The CLI says it; under plain cdk8s and in tests it is the nearest
 * folder with a package.json, from the working directory upward, or else the working directory.
 */
export function projectRoot(): string {
  const host = currentHost();
  if (host !== undefined) return host.root;
  const start = process.cwd();
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) return start;
  }
}
