import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';

const runnable = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs']);

/** Reports what is no file that Node can run, before it is imported. `name` is the path as messages show it. */
export async function isPipelineFile(file: string, name: string, collector: Collector): Promise<boolean> {
  const reason = await whyUnreadable(file);
  if (reason === undefined) return true;
  if (reason === 'missing') collector.report('PL001', { file: name }, { subject: name });
  else collector.report('PL002', { file: name, reason }, { subject: name });
  return false;
}

async function whyUnreadable(file: string): Promise<string | undefined> {
  try {
    const kind = await stat(file);
    if (kind.isDirectory()) return 'it is a folder';
    if (!kind.isFile()) return 'it is no regular file';
    const bytes = await readFile(file);
    if (!runnable.has(extname(file))) return `Node does not run ${extname(file) || 'files without an extension'}`;
    return isUtf8(bytes) ? undefined : 'it is not UTF-8';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
    return (error as Error).message;
  }
}
