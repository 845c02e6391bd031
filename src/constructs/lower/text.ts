import type { Argument, Part, Reference, Text } from '../../ir/text.ts';
import { isReference, type ReferenceRecord, splitText } from '../reference.ts';
import { isTask } from '../task.ts';
import { mountData } from '../volume.ts';
import { describe } from './describe.ts';
import type { TaskScope } from './scope.ts';

/** A text of the user, at most a scalar or one reference. `path` is where it stands: `env.NAME`. */
export function lowerText(value: unknown, path: string, scope: TaskScope): Text {
  const use = useOf(path, scope);
  const text = plainText(value);
  if (text === undefined) {
    scope.report('PL353', { prop: path, found: describe(value), wanted: 'text, a number, or a reference' });
    return [];
  }
  const parts: Part[] = [];
  for (const piece of splitText(text)) {
    for (const part of typeof piece === 'string' ? [piece] : lowerPiece(piece, use, scope)) appendPart(parts, part);
  }
  return parts;
}

export function lowerArgument(value: unknown, path: string, scope: TaskScope): Argument {
  const pieces = isReference(value) || typeof value === 'string' ? splitText(String(value)) : [];
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (only !== undefined && typeof only !== 'string' && 'spread' in only && only.spread) {
    const reference = lowerRecord(only, useOf(path, scope), scope)[0];
    const field = typeof reference === 'object' && reference.kind === 'batch' ? reference.field : undefined;
    return { kind: 'spread', field };
  }
  return { kind: 'text', text: lowerText(value, path, scope) };
}

/** How a message names it: "`command` of task decode". */
function useOf(path: string, scope: TaskScope): string {
  return `\`${path}\` of task ${scope.name}`;
}

function plainText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (isReference(value)) return value.toString();
  return undefined;
}

function lowerPiece(piece: ReferenceRecord | { damaged: string }, use: string, scope: TaskScope): readonly Part[] {
  if ('damaged' in piece) {
    scope.report('PL351', { use });
    return [];
  }
  if (piece.spread) {
    scope.report('PL352', { use });
    return [];
  }
  return lowerRecord(piece, use, scope);
}

/** The reference with the names of this pipeline in it, or nothing and a diagnostic when it comes from elsewhere. */
export function lowerRecord(record: ReferenceRecord, use: string, scope: TaskScope): readonly Part[] {
  const { reference, owner } = record;
  switch (reference.kind) {
    case 'item':
    case 'batch':
      return lowerItem(reference, owner, use, scope);
    case 'index':
      return [reference];
    case 'parameter':
    case 'run':
    case 'status':
      if (owner === scope.pipeline.pipeline) return [reference];
      return foreign(reference.kind === 'parameter' ? `parameter ${reference.parameter}` : 'the run', use, scope);
    case 'output':
      return lowerOutput(reference.output, owner, use, scope);
    case 'mount': {
      const data = owner && mountData(owner);
      return data === undefined ? foreign('a mount', use, scope) : [{ kind: 'mount', volume: scope.mount(data) }];
    }
  }
}

function lowerItem(
  reference: Extract<Reference, { kind: 'item' | 'batch' }>,
  owner: object | undefined,
  use: string,
  scope: TaskScope,
): readonly Part[] {
  if (owner !== scope.itemOwner) return foreign('the item of another list', use, scope);
  if (reference.field === undefined && scope.itemFields !== undefined) {
    scope.report('PL362', { use, fields: scope.itemFields.join(', ') });
    return [];
  }
  return [reference];
}

function lowerOutput(output: string, owner: object | undefined, use: string, scope: TaskScope): readonly Part[] {
  const name = owner && scope.pipeline.names.get(owner);
  if (name === undefined || !isTask(owner))
    return foreign(`output ${output} of a task in another pipeline`, use, scope);
  scope.addEdge(name, 'succeeded', 'reference');
  const spec = owner.props.outputs?.[output];
  if (typeof spec === 'object' && spec.kind === 'file') {
    const data = mountData(spec.mount);
    if (data === undefined) return foreign('a mount', use, scope);
    return [{ kind: 'mount', volume: scope.mount(data) }, `/${spec.path.replace(/^\/+/, '')}`];
  }
  return [{ kind: 'output', task: name, output }];
}

function foreign(what: string, use: string, scope: TaskScope): readonly Part[] {
  scope.report('PL350', { what, use });
  return [];
}

function appendPart(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
  else if (part !== '') parts.push(part);
}
