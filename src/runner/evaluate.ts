import type { CompareOperator, Expression, ValueType } from '../ir/expression.ts';
import type { Scalar } from '../ir/scalar.ts';
import type { Reference } from '../ir/text.ts';

/** Whether a `when` holds. `lookup` gives the text of a parameter or of an output. */
export function holds(expression: Expression, lookup: (reference: Reference) => string): boolean {
  return evaluate(expression, lookup) === true;
}

export function evaluate(expression: Expression, lookup: (reference: Reference) => string): Scalar {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'reference':
      return typed(lookup(expression.reference), expression.type);
    case 'compare':
      return compare(expression.operator, evaluate(expression.left, lookup), evaluate(expression.right, lookup));
    case 'in':
      return expression.options.includes(evaluate(expression.value, lookup));
    case 'and':
      return expression.operands.every((operand) => evaluate(operand, lookup) === true);
    case 'or':
      return expression.operands.some((operand) => evaluate(operand, lookup) === true);
    case 'not':
      return evaluate(expression.operand, lookup) !== true;
  }
}

function typed(text: string, type: ValueType): Scalar {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
  }
}

/** Strings are ordered by code units. The compiler has made sure that both sides have one type. */
function compare(operator: CompareOperator, left: Scalar, right: Scalar): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
