import { fileURLToPath } from 'node:url';
import type { SourceLocation } from './location.ts';

/** Whose code a frame of a stack is in. */
export type Owner = 'user' | 'podloom' | 'dependency' | 'node';

export interface Frame {
  readonly owner: Owner;
  readonly location: SourceLocation;
}

/** podloom's own code: `src/` in the repository, `lib/` in the package. */
const ownFolder = fileURLToPath(new URL('..', import.meta.url));

/**
 * The frames of `Error.stack`, innermost first. Lines that are no place in a file (`<anonymous>`, native code) are left out.
 * Node's type stripping keeps lines and columns, so the places are those of the TypeScript source.
 */
export function parseStack(stack: string): readonly Frame[] {
  const frames: Frame[] = [];
  for (const line of stack.split('\n')) {
    const match = /(?:^\s+at (?:async )?|\()((?:file:\/\/|\/|[A-Za-z]:[\\/]|node:).*):(\d+):(\d+)\)?$/.exec(line);
    if (match === null) continue;
    const { file, owner } = placeOf(match[1] as string);
    frames.push({ owner, location: { file, line: Number(match[2]), column: Number(match[3]) } });
    // Below the evaluation of a module is only who imported it.
    if (file === 'node:internal/modules/esm/module_job') break;
  }
  return frames;
}

/** By place as it stands in stacks; thousands of stacks name the same few files. */
const places = new Map<string, { readonly file: string; readonly owner: Owner }>();

function placeOf(place: string): { readonly file: string; readonly owner: Owner } {
  let known = places.get(place);
  if (known === undefined) {
    const file = pathOf(place);
    known = { file, owner: ownerOf(file) };
    places.set(place, known);
  }
  return known;
}

export function ownerOf(file: string): Owner {
  if (file.startsWith('node:')) return 'node';
  if (file.startsWith(ownFolder)) return 'podloom';
  return /[\\/]node_modules[\\/]/.test(file) ? 'dependency' : 'user';
}

/** Stacks name ES modules by URL and CommonJS modules by path. */
function pathOf(place: string): string {
  if (!place.startsWith('file://')) return place;
  try {
    return fileURLToPath(place);
  } catch {
    return place;
  }
}
