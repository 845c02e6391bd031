import type { Collector } from '../diagnostics/collector.ts';
import { suggest } from '../units/suggest.ts';
import type { Ports } from './ports.ts';
import type { LoadedPipeline, Project } from './toolchain.ts';
import { parseWanted, pipelineFiles, shown, type Wanted, type Workspace } from './workspace.ts';

export interface Selection {
  readonly project: Project;
  /** Those that were asked for, in the order of the project. */
  readonly pipelines: readonly LoadedPipeline[];
}

/** Loads what the words of the command line mean (ids or files; none: everything) and reports what there is not. */
export async function loadSelection(
  ports: Ports,
  workspace: Workspace,
  words: readonly string[],
  scan: boolean,
  diagnostics: Collector,
): Promise<Selection> {
  const all = pipelineFiles(workspace);
  const wanted = words.map((word) => parseWanted(word, ports.cwd, all));
  const named = wanted.map((each) => each.file);
  // An id that names no file can be in any of them.
  const files =
    wanted.length === 0 || named.includes(undefined)
      ? [...new Set([...all, ...named.filter((file) => file !== undefined)])]
      : [...new Set(named as string[])];
  if (files.length === 0) diagnostics.report('PL337', { folder: folderText(workspace) });
  const project = await ports.toolchain.load({ root: workspace.root, files, scan });
  diagnostics.addAll(project.diagnostics);
  if (wanted.length === 0) return { project, pipelines: project.pipelines };
  const chosen = new Set(
    wanted.flatMap((each, index) => matching(each, words[index] as string, project, workspace.root, diagnostics)),
  );
  return { project, pipelines: project.pipelines.filter((pipeline) => chosen.has(pipeline)) };
}

function matching(
  wanted: Wanted,
  word: string,
  { pipelines, diagnostics: loading }: Project,
  root: string,
  diagnostics: Collector,
): readonly LoadedPipeline[] {
  const inFile = wanted.file === undefined ? [] : pipelines.filter(({ file }) => file === wanted.file);
  if (wanted.kind === 'file') return inFile;
  const byId = pipelines.filter(({ pipeline }) => pipeline.name === wanted.id);
  const found = byId.length > 0 ? byId : inFile;
  // A file that did not load has been reported, and may have made it.
  const excused = loading.some((diagnostic) => diagnostic.severity === 'error');
  if (found.length === 0 && !excused) {
    const names = [...new Set(pipelines.map(({ pipeline }) => pipeline.name))].sort();
    const near = suggest(word, names);
    const hint =
      near !== undefined
        ? `Did you mean ${JSON.stringify(near)}?`
        : names.length > 0
          ? `There are ${names.join(', ')}.`
          : `There is none in ${shown(root, root)}.`;
    diagnostics.report('PL336', { pipeline: word, hint });
  }
  return found;
}

function folderText({ config }: Workspace): string {
  return [config.pipelines ?? 'pipelines'].flat().join(', ');
}
