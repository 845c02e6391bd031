import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';
import { RunFolder } from '../runner/state/run-folder.ts';
import { collectReport } from './collect.ts';
import { type PageAssets, renderPage } from './html/page.ts';
import { readState } from './read-state.ts';

export interface WriteReportOptions {
  /** Folder of the run, absolute. */
  readonly folder: string;
  /** File to write, absolute. */
  readonly out: string;
  /** How people know a path: relative to the root of their project. */
  readonly shown: (path: string) => string;
  readonly assets: PageAssets;
  readonly diagnostics: Collector;
}

/** Writes the report of a run, or reports why not. Returns whether it is there. */
export async function writeReport(options: WriteReportOptions): Promise<boolean> {
  const { folder: path, out, shown, assets, diagnostics } = options;
  const folder = new RunFolder(path);
  const read = await readState(folder.state);
  if (read.kind === 'missing') diagnostics.report('PL440', { folder: shown(path) });
  if (read.kind === 'damaged') diagnostics.report('PL441', { file: shown(folder.state), problem: read.problem });
  if (read.kind !== 'state') return false;
  const { report, problem } = await collectReport(folder, read.state);
  const file = shown(folder.attempts);
  if (problem.code !== undefined) diagnostics.report('PL442', { file, code: problem.code });
  const { damagedLines: count, firstDamaged: line } = problem;
  if (count > 0) diagnostics.report('PL443', { file, count, line });
  const away = relative(dirname(out), path).split(sep).map(encodeURIComponent).join('/');
  const page = renderPage(report, away === '' ? '' : `${away}/`, assets);
  try {
    await writeFile(`${out}.part`, page);
    await rename(`${out}.part`, out);
    return true;
  } catch (error) {
    await rm(`${out}.part`, { force: true }).catch(() => {});
    diagnostics.report('PL444', { file: shown(out), code: (error as NodeJS.ErrnoException).code ?? 'unknown' });
    return false;
  }
}
