import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import { type BuildOptions, build } from './build.ts';
import type { Ports } from './ports.ts';
import { Progress } from './progress.ts';
import { type DiagnosticOptions, reportDiagnostics } from './report.ts';
import { UsageError } from './usage-error.ts';
import type { Workspace } from './workspace.ts';

/** A pipeline that compiles, and where it comes from. */
export interface OpenedPipeline {
  readonly workspace: Workspace;
  readonly pipeline: Pipeline;
  /** Absolute. */
  readonly file: string;
  readonly profile: Profile;
}

/** `word`: an id or a file; undefined when the project has one pipeline only. `name`: which one of the file. */
export interface PipelineWord {
  readonly word: string | undefined;
  readonly name?: string | undefined;
}

/** Loads and compiles the one pipeline that is meant. undefined: it has errors, which are reported. */
export async function openPipeline(
  ports: Ports,
  { word, name }: PipelineWord,
  options: Pick<BuildOptions, 'target' | 'profile'>,
  flags: DiagnosticOptions,
): Promise<OpenedPipeline | undefined> {
  const progress = new Progress(ports.stderr);
  const words = word === undefined ? [] : [word];
  const { workspace, selection, profile, diagnostics } = await build(
    ports,
    words,
    { ...options, scan: false },
    progress,
  );
  progress.done();
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  const found = selection.pipelines.filter(({ pipeline }) => name === undefined || pipeline.name === name);
  const [first, ...others] = found;
  if (diagnostics.hasErrors) return undefined;
  if (first === undefined) {
    const where = word === undefined ? 'the project' : JSON.stringify(word);
    const which = name === undefined ? 'no pipeline' : `no pipeline ${JSON.stringify(name)} any more`;
    throw new UsageError(`${where} has ${which}`, 'Name a pipeline or a file.');
  }
  if (others.length > 0) {
    const names = found.map(({ pipeline }) => pipeline.name).join(', ');
    const where = word === undefined ? 'the project' : JSON.stringify(word);
    throw new UsageError(`${where} has several pipelines: ${names}`, 'Name one of them.');
  }
  return { workspace, pipeline: first.pipeline, file: first.file, profile };
}
