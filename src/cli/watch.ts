import { spawn } from 'node:child_process';
import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Collector } from '../diagnostics/collector.ts';
import { findConfig } from './config.ts';
import { ExitCode } from './exit-code.ts';
import type { Ports } from './ports.ts';
import { isPipelineFileName, openWorkspace, pipelineFolders } from './workspace.ts';

/** Changes that come within so many milliseconds are one. */
const QUIET = 100;

/**
 * `podloom synth --watch`: the same command line without `--watch` in a fresh process for each change, because modules are
 * cached in a process. Ends at Ctrl-C.
 */
export async function watch(ports: Ports): Promise<number> {
  const { root, config } = await openWorkspace(ports.cwd, new Collector());
  const folders = new Set(pipelineFolders({ root, config }));
  const inputs = new Set<string>();
  const watchers = new Map<string, FSWatcher>();
  let stopped = false;
  let wake = (): void => {};
  let timer: NodeJS.Timeout | undefined;

  const concerns = (path: string): boolean =>
    inputs.has(path) || (folders.has(dirname(path)) && isPipelineFileName(basename(path))) || path === findConfig(root);
  const look = (folder: string): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watchFolder(folder, (_event, name) => {
        if (name !== null && !concerns(resolve(folder, name))) return;
        clearTimeout(timer);
        timer = setTimeout(() => wake(), QUIET);
      });
      watchers.set(
        folder,
        watcher.on('error', () => watchers.delete(folder)),
      );
    } catch {
      // A folder that is not there (any more) cannot be watched; the next synth reports what it misses.
    }
  };

  const release = ports.onInterrupt(() => {
    stopped = true;
    wake();
  });
  while (!stopped) {
    const changed = new Promise<void>((done) => {
      wake = done;
    });
    await synthOnce((files) => {
      for (const file of files) inputs.add(file);
    });
    for (const folder of [root, ...folders, ...[...inputs].map(dirname)]) look(folder);
    if (!stopped) ports.stderr.write('Watching for changes; Ctrl-C ends it.\n');
    await changed;
  }
  release();
  for (const watcher of watchers.values()) watcher.close();
  return ExitCode.interrupted;
}

function synthOnce(onInputs: (files: readonly string[]) => void): Promise<void> {
  const argv = [
    ...process.execArgv,
    process.argv[1] as string,
    ...process.argv.slice(2).filter((word) => word !== '--watch'),
  ];
  const child = spawn(process.execPath, argv, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.on('message', (message: { readonly inputs: readonly string[] }) => onInputs(message.inputs));
  return new Promise((done) => void child.on('close', () => done()).on('error', () => done()));
}
