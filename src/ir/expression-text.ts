import type { Expression } from './expression.ts';

/** An expression as people read it: `lr < 0.1 and check.accuracy >= 0.9`. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'reference':
      return referenceText(expression);
    case 'compare':
      return `${inner(expression.left)} ${expression.operator} ${inner(expression.right)}`;
    case 'in':
      return `${inner(expression.value)} in ${JSON.stringify(expression.options)}`;
    case 'and':
    case 'or':
      return expression.operands.map(inner).join(` ${expression.kind} `);
    case 'not':
      return `not ${inner(expression.operand)}`;
  }
}

function inner(expression: Expression): string {
  const text = expressionText(expression);
  return expression.kind === 'literal' || expression.kind === 'reference' || expression.kind === 'compare'
    ? text
    : `(${text})`;
}

function referenceText({ reference }: Extract<Expression, { kind: 'reference' }>): string {
  switch (reference.kind) {
    case 'parameter':
      return reference.parameter;
    case 'output':
      return `${reference.task}.${reference.output}`;
    case 'item':
      return reference.field === undefined ? 'item' : `item.${reference.field}`;
    case 'batch':
    case 'index':
    case 'mount':
    case 'run':
    case 'status':
      return reference.kind;
  }
}
