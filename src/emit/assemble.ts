import type { Collector } from '../diagnostics/collector.ts';
import type { Note } from '../diagnostics/diagnostic.ts';
import type { Bundle, BundleFile, Manifest } from '../ir/bundle.ts';
import { identityOf } from './identity.ts';
import { KUSTOMIZATION } from './kustomization.ts';
import { fileChunks, joinShared, type OutputFile, renderFile } from './output-file.ts';

/** Source file of a pipeline, relative to the project root with `/`, by the pipeline's name. */
export type Sources = ReadonlyMap<string, string>;

interface Entry {
  readonly file: BundleFile;
  /** Pipelines that have a part in it: several for what pipelines share. */
  readonly pipelines: ReadonlySet<string>;
}

/** What targets made, as files: parts of shared files are joined, names that clash are reported. Sorted by path. */
export function assemble(bundles: readonly Bundle[], sources: Sources, diagnostics: Collector): OutputFile[] {
  const entries = joinFiles(bundles, diagnostics);
  reportDoubles(entries, diagnostics);
  return entries.map(({ file, pipelines }) => {
    const { path, gitops } = file;
    const owner = [...pipelines].find((name) => isOwnFile(path, name));
    const objects = file.manifests.map((manifest) => manifest.object);
    if (owner === undefined) return { path, gitops, objects, chunks: () => [joinShared(renderFile(file), '')] };
    return { path, gitops, objects, chunks: () => fileChunks(file, sources.get(owner)) };
  });
}

/** `<target>/<pipeline>.yaml`, `<target>/<pipeline>.gitops.yaml`, …: names of pipelines have no dot. */
export function isOwnFile(path: string, pipeline: string): boolean {
  return path.slice(path.indexOf('/') + 1).startsWith(`${pipeline}.`);
}

function joinFiles(bundles: readonly Bundle[], diagnostics: Collector): Entry[] {
  const entries = new Map<string, Entry>();
  for (const { pipeline, files } of bundles) {
    for (const file of files) {
      const known = entries.get(file.path);
      const pipelines = new Set(known?.pipelines).add(pipeline);
      const owner = [...pipelines].find((name) => isOwnFile(file.path, name));
      if (owner !== undefined && (known !== undefined || file.path.endsWith(`/${KUSTOMIZATION}`))) {
        diagnostics.report(
          'PL332',
          { chart: owner, path: file.path },
          { origin: file.manifests[0]?.origin, subject: owner },
        );
      }
      const manifests = known === undefined ? file.manifests : joined(known.file.manifests, file.manifests);
      entries.set(file.path, { file: { ...file, manifests }, pipelines });
    }
  }
  return [...entries.values()].sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
}

/** Objects of a shared file, each once, in an order that does not tell which pipeline came first. */
function joined(first: readonly Manifest[], second: readonly Manifest[]): Manifest[] {
  const byText = new Map([...first, ...second].map((manifest) => [JSON.stringify(manifest.object), manifest]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, manifest]) => manifest);
}

/**
 * Two objects of one name: the second apply overwrites the first, and kustomize refuses even equal ones. The files of one run
 * and those for GitOps hold some objects both, which is right as long as they are equal.
 */
function reportDoubles(entries: readonly Entry[], diagnostics: Collector): void {
  const seen = new Map<string, { manifest: Manifest; path: string; gitops: boolean }>();
  for (const { file } of entries) {
    const target = file.path.slice(0, file.path.indexOf('/'));
    for (const manifest of file.manifests) {
      const identity = identityOf(manifest.object);
      if (identity === undefined) continue;
      const key = `${target}\0${file.gitops}\0${identity}`;
      const other = seen.get(key) ?? seen.get(`${target}\0${!file.gitops}\0${identity}`);
      if (!seen.has(key)) seen.set(key, { manifest, path: file.path, gitops: file.gitops });
      if (other === undefined) continue;
      const equal =
        other.manifest.object === manifest.object ||
        JSON.stringify(other.manifest.object) === JSON.stringify(manifest.object);
      if (equal && other.gitops !== file.gitops) continue;
      diagnostics.report(
        'PL333',
        { object: identity, first: other.path, second: file.path },
        { origin: manifest.origin, notes: [noteOf(other.manifest)] },
      );
    }
  }
}

function noteOf(manifest: Manifest): Note {
  return { message: 'the other one is made here', location: manifest.origin.location };
}
