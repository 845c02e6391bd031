import { globSync, statSync } from 'node:fs';
import path from 'node:path';
import { captureOrigin } from '../../diagnostics/capture.ts';
import { projectRoot } from '../project-root.ts';
import { type KnownItems, tableOf } from './known-items.ts';
import { itemNumber } from './normalize.ts';
import { type Callee, Problems } from './problem.ts';

/** Files that match, by paths from the project root with `/`, sorted by code units. */
export function itemsFromFiles(pattern: string, below: Callee): KnownItems<string> {
  const source = `Items.files(${JSON.stringify(pattern)})`;
  const root = projectRoot();
  const problems = new Problems(captureOrigin(below, source));
  const found = globSync(pattern, { cwd: root })
    .filter((file) => isFile(path.resolve(root, file)))
    .map((file) => (path.sep === '/' ? file : file.replaceAll(path.sep, '/')));
  return tableOf([...new Set(found)].sort(), source, itemNumber, problems);
}

/** Also through symbolic links; a link to nothing is no file. */
function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
