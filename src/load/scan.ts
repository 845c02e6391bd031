import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { type Family, globalReads, moduleReads } from './reads.ts';
import type { SourceRead } from './source-reads.ts';

/** To be raised when the same source gives another result, so that what is cached is not used. */
const VERSION = 1;
const rules = JSON.stringify([VERSION, globalReads, moduleReads]);

/**
 * Looks for reads of clock, randomness and so on in the sources of these modules. TypeScript is loaded only when a
 * module is not in the cache, which goes by content. A cache that cannot be read or written is done without.
 */
export async function scanModules(files: readonly string[], cacheFolder: string): Promise<readonly Finding[]> {
  const reads = new Map<string, readonly SourceRead[]>();
  const fresh = new Map<string, { readonly text: string; readonly entry: string }>();
  for (const file of files) {
    const text = /\.[cm]?[jt]s$/.test(file) ? await readFile(file, 'utf8').catch(() => undefined) : undefined;
    if (text === undefined) continue;
    const hash = createHash('sha256').update(rules).update('\0').update(text).digest('hex');
    const entry = join(cacheFolder, `scan-${hash.slice(0, 32)}.json`);
    const known = await readEntry(entry);
    if (known === undefined) fresh.set(file, { text, entry });
    else reads.set(file, known);
  }
  if (fresh.size > 0) await scanFresh(fresh, reads, cacheFolder);
  return files.flatMap((file) =>
    (reads.get(file) ?? []).map(({ family, call, line, column }) => ({
      family,
      call,
      location: { file, line, column },
      callers: [],
    })),
  );
}

async function scanFresh(
  fresh: ReadonlyMap<string, { readonly text: string; readonly entry: string }>,
  reads: Map<string, readonly SourceRead[]>,
  cacheFolder: string,
): Promise<void> {
  const { ts } = await import('ts-morph');
  const { isolatedProgram } = await import('./program.ts');
  const { findSourceReads } = await import('./source-reads.ts');
  const program = isolatedProgram(ts, new Map([...fresh].map(([file, { text }]) => [file, text])));
  const checker = program.getTypeChecker();
  await mkdir(cacheFolder, { recursive: true }).catch(() => undefined);
  for (const [file, { entry }] of fresh) {
    const source = program.getSourceFile(file);
    const found = source === undefined ? [] : findSourceReads(source, checker);
    reads.set(file, found);
    await writeEntry(entry, found);
  }
}

async function readEntry(entry: string): Promise<readonly SourceRead[] | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(entry, 'utf8'));
    return Array.isArray(value) && value.every(isSourceRead) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Written aside and renamed, so that another process never reads half of it. */
async function writeEntry(entry: string, reads: readonly SourceRead[]): Promise<void> {
  const aside = `${entry}.${process.pid}`;
  try {
    await writeFile(aside, JSON.stringify(reads));
    await rename(aside, entry);
  } catch {
    // The next scan does it again.
  }
}

const families = new Set<unknown>([
  'clock',
  'randomness',
  'environment',
  'network',
  'subprocess',
  'machine',
] satisfies Family[]);

function isSourceRead(value: unknown): value is SourceRead {
  if (typeof value !== 'object' || value === null) return false;
  const { family, call, line, column } = value as Partial<SourceRead>;
  return families.has(family) && typeof call === 'string' && typeof line === 'number' && typeof column === 'number';
}
