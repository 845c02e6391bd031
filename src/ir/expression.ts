import type { Scalar } from './scalar.ts';
import type { Reference } from './text.ts';

/** The closed expression language of `when`: every target and the runner can evaluate all of it. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Scalar }
  /** Only `parameter`, `output` and (in exit tasks) `status` references stand in expressions. */
  | { readonly kind: 'reference'; readonly reference: Reference; readonly type: ValueType }
  | {
      readonly kind: 'compare';
      readonly operator: CompareOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'in'; readonly value: Expression; readonly options: readonly Scalar[] }
  | { readonly kind: 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression };

export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type ValueType = 'string' | 'number' | 'boolean';

/** Everything that an expression refers to. */
export function expressionReferences(expression: Expression): Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'reference':
      return [expression.reference];
    case 'compare':
      return [...expressionReferences(expression.left), ...expressionReferences(expression.right)];
    case 'in':
      return expressionReferences(expression.value);
    case 'and':
    case 'or':
      return expression.operands.flatMap(expressionReferences);
    case 'not':
      return expressionReferences(expression.operand);
  }
}
