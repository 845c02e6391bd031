import { join } from 'node:path';
import type { Collector } from '../diagnostics/collector.ts';
import type { TargetName } from '../ir/bundle.ts';
import { isOwnFile } from './assemble.ts';
import { holds, list, look, readText } from './disk.ts';
import { header } from './header.ts';
import { KUSTOMIZATION, kustomization } from './kustomization.ts';
import { joinShared, type OutputFile, textOf } from './output-file.ts';

export interface PlanInput {
  /** Output folder, absolute. */
  readonly out: string;
  /** The same folder as people know it, for messages. */
  readonly shownOut: string;
  readonly files: readonly OutputFile[];
  readonly targets: readonly TargetName[];
  /** `all`: what podloom wrote for other pipelines is stale. Otherwise only files of these pipelines are touched. */
  readonly pipelines: 'all' | readonly string[];
}

export interface PlannedFile {
  readonly path: string;
  readonly chunks: () => Iterable<string>;
  readonly change: 'create' | 'update' | 'none';
}

/** What will be written and removed. Making it writes nothing. */
export interface WritePlan {
  readonly out: string;
  readonly shownOut: string;
  /** Sorted by path. */
  readonly files: readonly PlannedFile[];
  /** Files of podloom that nothing makes any more. Sorted. */
  readonly stale: readonly string[];
}

/** Compares files with the output folder. What cannot be read or is not podloom's is reported; the plan is then not to be used. */
export function planWrites(input: PlanInput, diagnostics: Collector): WritePlan {
  const { out, shownOut } = input;
  try {
    const stale = findStale(input);
    const made = input.files.map((file) => withOthersShare(input, file));
    const files = [...made, ...kustomizations(input, stale)].sort((a, b) => (a.path < b.path ? -1 : 1));
    const planned = files.map((file) => compare(input, file, diagnostics));
    const attributes = attributesFile(out);
    return { out, shownOut, files: attributes === undefined ? planned : [attributes, ...planned], stale };
  } catch (error) {
    diagnostics.report('PL331', { path: shownOut, reason: systemReason(error) });
    return { out, shownOut, files: [], stale: [] };
  }
}

function findStale({ out, files, targets, pipelines }: PlanInput): string[] {
  const made = new Set(files.map((file) => file.path));
  return targets.flatMap((target) =>
    list(join(out, target))
      .map((name) => `${target}/${name}`)
      .filter((path) => path.endsWith('.yaml') && !path.endsWith(`/${KUSTOMIZATION}`) && !made.has(path))
      .filter((path) => pipelines === 'all' || pipelines.some((pipeline) => isOwnFile(path, pipeline)))
      .filter((path) => look(join(out, path)).kind === 'ours'),
  );
}

/** One for each target that has files for GitOps; what is listed already and is not of this synth stays. */
function kustomizations({ out, files, targets, pipelines }: PlanInput, stale: string[]): OutputFile[] {
  return targets.flatMap((target) => {
    const path = `${target}/${KUSTOMIZATION}`;
    const names = new Set(
      files
        .filter((file) => file.gitops && file.path.startsWith(`${target}/`))
        .map((file) => file.path.slice(target.length + 1)),
    );
    const listed = look(join(out, path)).kind === 'ours' ? readText(join(out, path)) : '';
    if (pipelines !== 'all') {
      const made = new Set([...files.map((file) => file.path), ...stale]);
      const others = [...listed.matchAll(/^ {2}- (.+)$/gm)].map((match) => match[1] as string);
      for (const name of others)
        if (!made.has(`${target}/${name}`) && look(join(out, target, name)).kind === 'ours') names.add(name);
    }
    if (names.size > 0) return [kustomization(target, [...names])];
    if (listed !== '') stale.push(path);
    return [];
  });
}

/** In a synth of some pipelines a file that all share keeps what is there for the others. */
function withOthersShare({ out, pipelines }: PlanInput, file: OutputFile): OutputFile {
  if (pipelines === 'all' || pipelines.some((pipeline) => isOwnFile(file.path, pipeline))) return file;
  const path = join(out, file.path);
  if (look(path).kind !== 'ours') return file;
  const standing = readText(path);
  return { ...file, chunks: () => [joinShared(textOf(file), standing)] };
}

function compare({ out, shownOut }: PlanInput, { path, chunks }: OutputFile, diagnostics: Collector): PlannedFile {
  const standing = look(join(out, path));
  if (standing.kind === 'nothing') return { path, chunks, change: 'create' };
  if (standing.kind === 'foreign') diagnostics.report('PL330', { path: `${shownOut}/${path}` });
  const equal = standing.kind === 'ours' && holds(join(out, path), chunks());
  return { path, chunks, change: equal ? 'none' : 'update' };
}

/** Git hosts fold what is generated. A file of the user's own is left alone. */
function attributesFile(out: string): PlannedFile | undefined {
  const path = '.gitattributes';
  const text = `${header(undefined)}* linguist-generated=true\n`;
  const standing = look(join(out, path));
  if (standing.kind === 'foreign') return undefined;
  const chunks = (): Iterable<string> => [text];
  if (standing.kind === 'nothing') return { path, chunks, change: 'create' };
  return { path, chunks, change: holds(join(out, path), [text]) ? 'none' : 'update' };
}

/** What the system says, without the path: `EACCES: permission denied`. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  return error.message.replace(/, \w+( '.*)?$/s, '');
}
