import { readdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { Collector } from '../../diagnostics/collector.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace, shown, type Workspace } from '../workspace.ts';

export interface ReportOptions extends DiagnosticOptions {
  readonly logdir?: string | undefined;
  readonly out?: string | undefined;
}

/** `podloom report [run]`: writes the report of a run and prints where it is. */
export async function report(ports: Ports, word: string | undefined, options: ReportOptions): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const { root } = workspace;
  const [{ readAssets }, { writeReport }] = await Promise.all([
    import('../../report/assets.ts'),
    import('../../report/write-report.ts'),
  ]);
  const assets = await readAssets();
  if (assets === undefined)
    throw new UsageError(
      'this checkout of podloom has not built the page of the report',
      'Run `npm run build` in the folder of podloom.',
    );
  const folder = await findRun(ports, workspace, word, options.logdir, diagnostics);
  let out: string | undefined;
  if (folder !== undefined) {
    const file = options.out === undefined ? join(folder, 'report.html') : resolve(ports.cwd, options.out);
    const written = await writeReport({ folder, out: file, shown: (path) => shown(root, path), assets, diagnostics });
    if (written) out = file;
  }
  await reportDiagnostics(ports, diagnostics, root, options, true);
  if (out === undefined) return ExitCode.badInput;
  const near = relative(ports.cwd, out);
  ports.stdout.write(`${near.startsWith('..') ? out : near}\n`);
  return ExitCode.ok;
}

/** The folder of a run: by its name, by a path (with a slash, or `.`), or the one that was started last. */
async function findRun(
  ports: Ports,
  workspace: Workspace,
  word: string | undefined,
  logdir: string | undefined,
  diagnostics: Collector,
): Promise<string | undefined> {
  const { root, config } = workspace;
  const runs = logdir === undefined ? resolve(root, config.logdir ?? 'runs') : resolve(ports.cwd, logdir);
  if (word !== undefined) return /[/\\]|^\.+$/.test(word) ? resolve(ports.cwd, word) : join(runs, word);
  const { readState } = await import('../../report/read-state.ts');
  let latest: { readonly folder: string; readonly started: number } | undefined;
  for (const name of (await readdir(runs).catch(() => [])).sort()) {
    const folder = join(runs, name);
    const read = await readState(join(folder, 'run.json'));
    if (read.kind !== 'state') continue;
    const { started } = read.state;
    if (latest === undefined || started > latest.started) latest = { folder, started };
  }
  if (latest === undefined) diagnostics.report('PL445', { folder: shown(root, runs) });
  else ports.stderr.write(`Run ${basename(latest.folder)}, the last one.\n`);
  return latest?.folder;
}
