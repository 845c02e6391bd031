import type { Expression, ValueType } from '../../ir/expression.ts';
import type { Scalar } from '../../ir/scalar.ts';
import type { Reference } from '../../ir/text.ts';

/** An expr-lang expression that gives the string behind a reference. */
export type ReferenceValue = (reference: Reference) => string;

/** `when` in expr-lang, as Argo evaluates it. Parameters and outputs are strings there: each is converted by its type. */
export function argoExpression(expression: Expression, textOf: ReferenceValue): string {
  switch (expression.kind) {
    case 'literal':
      return argoLiteral(expression.value);
    case 'reference':
      return converted(textOf(expression.reference), expression.type);
    case 'compare':
      return `${operand(expression.left, textOf)} ${expression.operator} ${operand(expression.right, textOf)}`;
    case 'in':
      return `${operand(expression.value, textOf)} in [${expression.options.map(argoLiteral).join(', ')}]`;
    case 'and':
      return joined(expression.operands, '&&', 'true', textOf);
    case 'or':
      return joined(expression.operands, '||', 'false', textOf);
    case 'not':
      return `!${operand(expression.operand, textOf)}`;
  }
}

/** A literal of expr-lang that holds neither `{{` nor `}}`, whatever the text. */
export function argoLiteral(value: Scalar): string {
  if (typeof value === 'number') return numberLiteral(value);
  if (typeof value === 'boolean') return String(value);
  return JSON.stringify(value)
    .replaceAll('{', '\\u007b')
    .replaceAll('}', '\\u007d')
    .replace(/[\u007f-\uffff]/g, (unit) =>
      unit >= '\ud800' && unit <= '\udfff' ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** Decimals as floats, so that integers beyond 64 bit do not overflow; negative numbers in brackets. */
function numberLiteral(value: number): string {
  const text = Number.isSafeInteger(value) ? String(value) : value.toExponential();
  return value < 0 || Object.is(value, -0) ? `(${text})` : text;
}

function converted(text: string, type: ValueType): string {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return `float(${text})`;
    case 'boolean':
      return `(${text} == "true")`;
  }
}

function joined(operands: readonly Expression[], operator: string, empty: string, textOf: ReferenceValue): string {
  if (operands.length === 0) return empty;
  return operands.map((each) => operand(each, textOf)).join(` ${operator} `);
}

/** In brackets unless it is one word or call, so that no precedence matters. */
function operand(expression: Expression, textOf: ReferenceValue): string {
  const text = argoExpression(expression, textOf);
  return expression.kind === 'literal' || expression.kind === 'reference' ? text : `(${text})`;
}
