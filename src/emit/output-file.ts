import type { BundleFile } from '../ir/bundle.ts';
import type { JsonObject } from '../ir/scalar.ts';
import { header } from './header.ts';
import { inReadingOrder } from './identity.ts';
import { renderYaml } from './yaml.ts';

const SEPARATOR = '---\n';

/** A file of the output folder, ready to be written. */
export interface OutputFile {
  /** Relative to the output folder, with `/`. */
  readonly path: string;
  /** The text in pieces, made when it is asked for: a file may have tens of megabytes. */
  readonly chunks: () => Iterable<string>;
  readonly objects: readonly JsonObject[];
  /** Listed in kustomization.yaml. */
  readonly gitops: boolean;
}

export function textOf({ chunks }: { readonly chunks: () => Iterable<string> }): string {
  return [...chunks()].join('');
}

/** The text of a file: header, then one YAML document for each object. `source`: see `header`. */
export function renderFile(file: BundleFile, source?: string | undefined): string {
  return [...fileChunks(file, source)].join('');
}

/** The same in pieces, one for each object. */
export function* fileChunks(file: BundleFile, source?: string | undefined): Iterable<string> {
  yield header(source);
  yield* objectChunks(file.manifests.map((manifest) => manifest.object));
}

function* objectChunks(objects: readonly JsonObject[]): Iterable<string> {
  for (const [index, object] of objects.entries())
    yield (index === 0 ? '' : SEPARATOR) + renderYaml(inReadingOrder(object));
}

/** Objects as a YAML stream. */
export function renderObjects(objects: readonly JsonObject[]): string {
  return [...objectChunks(objects)].join('');
}

/** Texts of two shared files as one. Objects that both have are taken from the first. Sorted, as all shared files are. */
export function joinShared(first: string, second: string): string {
  const documents = new Map<string, string>();
  for (const document of [...documentsOf(second), ...documentsOf(first)]) documents.set(nameLines(document), document);
  return header(undefined) + [...documents.values()].sort().join(SEPARATOR);
}

/** Only the separators that `renderObjects` wrote stand at the start of a line. */
function documentsOf(text: string): string[] {
  const body = text.slice(text.indexOf('\n') + 1);
  return body.split(/^---\n/m).filter((document) => document !== '');
}

/** apiVersion, kind, `metadata:` and name: they come first, see `inReadingOrder`. */
function nameLines(document: string): string {
  return document.split('\n', 4).join('\n');
}
