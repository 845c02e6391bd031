import type { ItemValue } from '../../ir/items.ts';
import type { Scalar } from '../../ir/scalar.ts';
import type { Container } from '../../ir/task.ts';
import type { Argument, Reference, Text } from '../../ir/text.ts';
import { lookupValue } from '../inputs.ts';
import type { RunValues } from '../values.ts';

/** What references mean for one unit of a task. */
export interface UnitScope {
  readonly values: RunValues;
  /** Number of the unit, from 0. */
  readonly index: number;
  readonly items: readonly ItemValue[];
  /** The local folder of a volume of the task. */
  readonly mountPath: (volume: string) => string;
}

export function resolveText(text: Text, scope: UnitScope): string {
  return text.map((part) => (typeof part === 'string' ? part : resolveReference(part, scope))).join('');
}

export function resolveArguments(argv: readonly Argument[], scope: UnitScope): string[] {
  return argv.flatMap((argument) =>
    argument.kind === 'text'
      ? [resolveText(argument.text, scope)]
      : scope.items.map((item) => itemText(item, argument.field)),
  );
}

/** The words of the command. `scriptFile`: where the source of a script task is. */
export function resolveProgram(container: Container, scope: UnitScope, scriptFile: string): string[] {
  const { program } = container;
  if (program.kind === 'script') {
    return [...program.interpreter, scriptFile, ...resolveArguments(program.args, scope)];
  }
  return resolveArguments([...(program.command ?? []), ...(program.args ?? [])], scope);
}

/** An item, or one field of it, as programs see it. A field that an item does not have is empty. */
export function itemText(item: ItemValue, field: string | undefined): string {
  if (typeof item !== 'object') return String(item);
  if (field === undefined) return JSON.stringify(item);
  return Object.hasOwn(item, field) ? String(item[field] as Scalar) : '';
}

function resolveReference(reference: Reference, scope: UnitScope): string {
  switch (reference.kind) {
    case 'item':
      return scope.items[0] === undefined ? '' : itemText(scope.items[0], reference.field);
    case 'batch':
      return scope.items.map((item) => itemText(item, reference.field)).join(reference.separator);
    case 'index':
      return String(scope.index);
    case 'mount':
      return scope.mountPath(reference.volume);
    case 'parameter':
    case 'output':
    case 'run':
    case 'status':
      return lookupValue(reference, scope.values);
  }
}
