import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';
import type { RunState } from '../runner/state/run-record.ts';
import type { Ports } from './ports.ts';
import { shown, type Workspace } from './workspace.ts';

/** A run as its folder tells it. */
export interface FoundRun {
  /** Absolute. */
  readonly folder: string;
  readonly state: RunState;
}

/** Where runs are kept: `--logdir`, else what the configuration says, else `runs`. Absolute. */
export function runsFolderOf(ports: Ports, { root, config }: Workspace, logdir: string | undefined): string {
  return logdir === undefined ? resolve(root, config.logdir ?? 'runs') : resolve(ports.cwd, logdir);
}

/** A run by its name, by a path (with a slash, or `.`), or the one that was started last. What cannot be found is reported. */
export async function findRun(
  ports: Ports,
  workspace: Workspace,
  word: string | undefined,
  logdir: string | undefined,
  diagnostics: Collector,
): Promise<FoundRun | undefined> {
  const runs = runsFolderOf(ports, workspace, logdir);
  if (word === undefined) return latestRun(ports, workspace, runs, diagnostics);
  const folder = /[/\\]|^\.+$/.test(word) ? resolve(ports.cwd, word) : join(runs, word);
  const { readState } = await import('../report/read-state.ts');
  const read = await readState(join(folder, 'run.json'));
  if (read.kind === 'state') return { folder, state: read.state };
  const folderText = shown(workspace.root, folder);
  if (read.kind === 'missing') diagnostics.report('PL440', { folder: folderText });
  else diagnostics.report('PL441', { file: `${folderText}/run.json`, problem: read.problem });
  return undefined;
}

/** All runs of a folder whose state can be read, the one that was started last first. */
export async function allRuns(runs: string): Promise<FoundRun[]> {
  const { readState } = await import('../report/read-state.ts');
  const found: FoundRun[] = [];
  for (const name of (await readdir(runs).catch(() => [])).sort()) {
    const folder = join(runs, name);
    const read = await readState(join(folder, 'run.json'));
    if (read.kind === 'state') found.push({ folder, state: read.state });
  }
  return found.sort((a, b) => b.state.started - a.state.started);
}

async function latestRun(
  ports: Ports,
  { root }: Workspace,
  runs: string,
  diagnostics: Collector,
): Promise<FoundRun | undefined> {
  const [latest] = await allRuns(runs);
  if (latest === undefined) diagnostics.report('PL445', { folder: shown(root, runs) });
  else ports.stderr.write(`Run ${basename(latest.folder)}, the last one.\n`);
  return latest;
}
