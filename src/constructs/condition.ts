import type { CompareOperator } from '../ir/expression.ts';
import type { Scalar } from '../ir/scalar.ts';
import { isReference, type Ref, splitText } from './reference.ts';

/** A condition in the closed language of `when`: every target and the runner can evaluate it. */
export interface Condition {
  /** @internal */
  readonly tree: ConditionTree;
}

/** Like ir Expression, with references not yet resolved. */
export type ConditionTree =
  | { readonly kind: 'compare'; readonly operator: CompareOperator; readonly left: unknown; readonly right: unknown }
  | { readonly kind: 'in'; readonly value: unknown; readonly options: readonly Scalar[] }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ConditionTree[] }
  | { readonly kind: 'not'; readonly operand: ConditionTree };

type Operand<T extends Scalar> = T | Ref<T>;
/** `0.5` compares with a Ref<number>, not only with a Ref<0.5>. */
type Widen<T> = T extends string ? string : T extends number ? number : boolean;

function compare(operator: CompareOperator) {
  return <T extends Scalar>(left: Ref<T>, right: Operand<Widen<T>>): Condition => ({
    tree: { kind: 'compare', operator, left, right },
  });
}

/** `left` equals `right`. Both have one type; there is no conversion. */
export const eq = compare('==');
export const ne = compare('!=');
/** Numbers only. */
export const lt: (left: Ref<number>, right: Operand<number>) => Condition = compare('<');
export const le: (left: Ref<number>, right: Operand<number>) => Condition = compare('<=');
export const gt: (left: Ref<number>, right: Operand<number>) => Condition = compare('>');
export const ge: (left: Ref<number>, right: Operand<number>) => Condition = compare('>=');

/** The value is one of `options`. */
export function oneOf<T extends Scalar>(value: Ref<T>, options: readonly Widen<T>[]): Condition {
  return { tree: { kind: 'in', value, options } };
}

/** All conditions hold. Of none: true. */
export function and(...conditions: readonly Condition[]): Condition {
  return { tree: { kind: 'and', operands: conditions.map((condition) => condition.tree) } };
}

/** At least one condition holds. Of none: false. */
export function or(...conditions: readonly Condition[]): Condition {
  return { tree: { kind: 'or', operands: conditions.map((condition) => condition.tree) } };
}

export function not(condition: Condition): Condition {
  return { tree: { kind: 'not', operand: condition.tree } };
}

export type OperandPiece =
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'record'; readonly marker: string };

/** What stands on one side of a comparison; undefined when it is neither a scalar nor one reference. */
export function operandOf(value: unknown): OperandPiece | undefined {
  if (isReference(value)) return { kind: 'record', marker: value.toString() };
  if (typeof value === 'string') {
    const pieces = splitText(value);
    if (pieces.every((piece) => typeof piece === 'string')) return { kind: 'literal', value };
    return pieces.length === 1 ? { kind: 'record', marker: value } : undefined;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return { kind: 'literal', value };
  return undefined;
}
