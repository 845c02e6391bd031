import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { SourceLocation } from '../diagnostics/location.ts';

/** Where a module names another one: the first string literal that is the specifier. */
export function locateSpecifier(importer: string, specifier: string): SourceLocation {
  let text = '';
  try {
    text = readFileSync(importer, 'utf8');
  } catch {
    // The file was there a moment ago; its first line has to do.
  }
  const lines = text.split(/\r\n|\n|\r/);
  for (const quote of ["'", '"', '`']) {
    const wanted = quote + specifier + quote;
    const index = lines.findIndex((line) => line.includes(wanted) && /\b(?:from|import|require)\b/.test(line));
    if (index >= 0) return { file: importer, line: index + 1, column: (lines[index] as string).indexOf(wanted) + 1 };
  }
  return { file: importer, line: 1, column: 1 };
}

/** Why an import led nowhere, and what to do about it. */
export function explainImport(specifier: string, importer: string, error: unknown): { reason: string; fix: string } {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  if (isFile(specifier)) {
    const found = nearestFile(specifier, importer);
    const fix =
      found === undefined
        ? 'check the path: it is relative to the file with the import'
        : `write ${JSON.stringify(found)}: imports name the file that is there, with its extension`;
    return { reason: code === 'ERR_UNSUPPORTED_DIR_IMPORT' ? 'it is a folder' : 'there is no such file', fix };
  }
  if (specifier.startsWith('node:')) {
    return { reason: 'Node has no such module', fix: 'check the spelling and the version of Node' };
  }
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' || code === 'ERR_PACKAGE_IMPORT_NOT_DEFINED') {
    return { reason: 'the package does not export it', fix: 'look into `exports` or `imports` of its package.json' };
  }
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  return { reason: 'the package is not installed', fix: `run \`npm install ${name}\` in the project` };
}

function isFile(specifier: string): boolean {
  return /^(\.{0,2}\/|file:|\.\.?$)/.test(specifier);
}

/** `./shared` and `./shared.js` most likely mean `./shared.ts`. */
function nearestFile(specifier: string, importer: string): string | undefined {
  const stem = specifier.replace(/\.[cm]?js$/, '');
  const candidates = ['.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'].map((end) => stem + end);
  return candidates.find((candidate) => candidate !== specifier && existsSync(resolve(dirname(importer), candidate)));
}
