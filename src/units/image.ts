import { bad, good, type Parsed, quoted } from './parsed.ts';

/** The parts of an image reference as they are written; `registry` only when it is written out. */
export interface ImageReference {
  readonly registry?: string | undefined;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

const HOST_PART = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MAX_NAME = 255;

/** Parses an image reference by the grammar of github.com/distribution/reference (v0.6), which the container runtimes use. */
export function parseImage(text: string): Parsed<ImageReference> {
  if (text === '') return bad('is empty');
  if (/\s/.test(text)) return bad('has white space in it');
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0];
  if (scheme !== undefined)
    return bad(`starts with ${quoted(scheme)}`, `Leave ${quoted(scheme)} out: an image has no scheme.`);
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  if (digest !== undefined) {
    const problem = digestProblem(digest);
    if (problem !== undefined) return bad(problem);
  }
  const beforeDigest = at < 0 ? text : text.slice(0, at);
  const colon = beforeDigest.indexOf(':', beforeDigest.lastIndexOf('/') + 1);
  const tag = colon < 0 ? undefined : beforeDigest.slice(colon + 1);
  if (tag !== undefined && !TAG.test(tag)) return bad(tagProblem(tag));
  return parseName(colon < 0 ? beforeDigest : beforeDigest.slice(0, colon), tag, digest);
}

function parseName(name: string, tag: string | undefined, digest: string | undefined): Parsed<ImageReference> {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  const registry = first !== '' && isRegistry(first) ? first : undefined;
  const repository = registry === undefined ? name : name.slice(slash + 1);
  if (registry !== undefined && !HOST.test(registry))
    return bad(`has the registry ${quoted(registry)}, which is not a host name`);
  if (repository === '') return bad('has no repository');
  if (repository !== repository.toLowerCase()) {
    const lower = repository.toLowerCase();
    return bad(
      'has upper-case letters in its repository: repositories are lower-case',
      `Did you mean ${quoted(lower)}?`,
    );
  }
  for (const part of repository.split('/')) {
    if (part === '') return bad('has an empty part between two "/", or at an end');
    if (!PATH_PART.test(part))
      return bad(
        `has the part ${quoted(part)}, which is not lower-case letters and digits joined by ".", "_", "__" or "-"`,
      );
  }
  if (name.length > MAX_NAME) return bad(`has a name of ${name.length} characters: at most ${MAX_NAME} fit`);
  if (registry === undefined && /^[a-f0-9]{64}$/.test(repository)) return bad('is an image id, not a name');
  return good({ registry, repository, tag, digest });
}

/** As splitDockerDomain does: what is before the first slash is a host when it looks like one. */
function isRegistry(first: string): boolean {
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
}

function tagProblem(tag: string): string {
  if (tag === '') return 'has an empty tag after the ":"';
  if (tag.length > 128) return `has a tag of ${tag.length} characters: at most 128 fit`;
  return `has the tag ${quoted(tag)}: a tag has only letters, digits, "_", "." and "-", and does not start with "." or "-"`;
}

const digestLengths: { readonly [algorithm: string]: number } = { sha256: 64, sha384: 96, sha512: 128 };

function digestProblem(digest: string): string | undefined {
  const [, algorithm = '', hex = ''] =
    /^([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):(.*)$/s.exec(digest) ?? [];
  const length = Object.hasOwn(digestLengths, algorithm) ? digestLengths[algorithm] : undefined;
  if (length === undefined) return 'has no digest of the form "sha256:..." after the "@"';
  if (!/^[a-f0-9]+$/.test(hex) || hex.length !== length) {
    return `has a digest that is not ${length} lower-case hexadecimal digits after "${algorithm}:"`;
  }
  return undefined;
}
