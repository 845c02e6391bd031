import type { Expression } from '../../ir/expression.ts';
import type { Edge } from '../../ir/task.ts';
import type { Reference } from '../../ir/text.ts';

/** What a task waits for, for people who read its Job: `decode (succeeded), check (completed)`. */
export function describeEdges(edges: readonly Edge[]): string {
  return edges.map(({ task, on }) => `${task} (${on})`).join(', ');
}

/** A condition, for people: `parameters.mode == "full" and outputs.train.loss < 0.5`. The runner evaluates the plan's. */
export function describeCondition(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return JSON.stringify(expression.value);
    case 'reference':
      return describeReference(expression.reference);
    case 'compare':
      return `${nested(expression.left)} ${expression.operator} ${nested(expression.right)}`;
    case 'in':
      return `${nested(expression.value)} in ${JSON.stringify(expression.options)}`;
    case 'and':
      return expression.operands.map(nested).join(' and ');
    case 'or':
      return expression.operands.map(nested).join(' or ');
    case 'not':
      return `not ${nested(expression.operand)}`;
  }
}

function nested(expression: Expression): string {
  const text = describeCondition(expression);
  return expression.kind === 'literal' || expression.kind === 'reference' ? text : `(${text})`;
}

function describeReference(reference: Reference): string {
  switch (reference.kind) {
    case 'parameter':
      return `parameters.${reference.parameter}`;
    case 'output':
      return `outputs.${reference.task}.${reference.output}`;
    case 'mount':
      return `mounts.${reference.volume}`;
    case 'item':
    case 'batch':
      return reference.field === undefined ? 'item' : `item.${reference.field}`;
    case 'index':
    case 'run':
    case 'status':
      return reference.kind;
  }
}
