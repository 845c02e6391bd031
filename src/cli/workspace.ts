import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';
import { type Config, findConfig, readConfig } from './config.ts';

/** A project on disk: where it is and what its configuration says, with defaults filled in. Paths are absolute. */
export interface Workspace {
  readonly root: string;
  readonly config: Config;
  /** The configuration file, when there is one. */
  readonly configFile: string | undefined;
}

/** Finds the project of the working directory. Problems of its configuration are reported. */
export async function openWorkspace(cwd: string, diagnostics: Collector): Promise<Workspace> {
  const root = findRoot(cwd);
  const configFile = findConfig(root);
  const config = configFile === undefined ? {} : await readConfig(configFile, diagnostics);
  return { root, config, configFile };
}

/** The nearest folder upwards that has a configuration, a folder of pipelines or a package.json; else the working directory. */
function findRoot(cwd: string): string {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (
      findConfig(folder) !== undefined ||
      isFolder(join(folder, 'pipelines')) ||
      existsSync(join(folder, 'package.json'))
    )
      return folder;
    if (folder === dirname(folder)) return resolve(cwd);
  }
}

const PIPELINE_FILE = /(?<!\.d|\.test|\.spec)\.(?:ts|mts|js|mjs)$/;

/** All pipeline files: those directly in the folders (default `pipelines/`) or named in the configuration. Sorted in each folder. */
export function pipelineFiles({ root, config }: Workspace): string[] {
  return [config.pipelines ?? 'pipelines'].flat().flatMap((entry) => {
    const path = resolve(root, entry);
    return isFolder(path) ? filesIn(path) : config.pipelines === undefined ? [] : [path];
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => PIPELINE_FILE.test(entry.name))
    .map((entry) => join(folder, entry.name))
    .sort();
}

export function isPipelineFileName(name: string): boolean {
  return PIPELINE_FILE.test(name);
}

/** The folders that pipeline files lie in. */
export function pipelineFolders({ root, config }: Pick<Workspace, 'root' | 'config'>): string[] {
  return [config.pipelines ?? 'pipelines'].flat().map((entry) => resolve(root, entry));
}

/** What a `<pipeline>` on the command line means. */
export type Wanted =
  /** All pipelines of a file. */
  | { readonly kind: 'file'; readonly file: string }
  /** The pipeline with this id; with `file`, the file called after it. */
  | { readonly kind: 'id'; readonly id: string; readonly file: string | undefined };

/** A path when it looks like one (a slash or the ending of a module), else an id: `pipelines/<id>.ts` is tried first. */
export function parseWanted(word: string, cwd: string, files: readonly string[]): Wanted {
  if (/[/\\]|\.[cm]?[jt]sx?$/.test(word)) return { kind: 'file', file: resolve(cwd, word) };
  return { kind: 'id', id: word, file: files.find((file) => basename(file).replace(PIPELINE_FILE, '') === word) };
}

/** A path as people know it: relative to the project root with `/`, or absolute when it is outside. */
export function shown(root: string, path: string): string {
  const name = relative(root, path).replaceAll('\\', '/');
  return name === '' ? '.' : name === '..' || name.startsWith('../') ? path : name;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
