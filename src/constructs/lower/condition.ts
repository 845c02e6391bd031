import type { Expression, ValueType } from '../../ir/expression.ts';
import type { Reference } from '../../ir/text.ts';
import { type Condition, type ConditionTree, operandOf } from '../condition.ts';
import { splitText } from '../reference.ts';
import { isTask } from '../task.ts';
import { describe } from './describe.ts';
import { parameterType } from './parameters.ts';
import type { TaskScope } from './scope.ts';
import { lowerRecord } from './text.ts';

/** The condition with the names of this pipeline in it; undefined with a diagnostic when part of it cannot be read. */
export function lowerCondition(condition: Condition | undefined, scope: TaskScope): Expression | undefined {
  if (condition === undefined) return undefined;
  if (typeof condition !== 'object' || condition === null || !('tree' in condition)) {
    scope.report('PL353', {
      prop: 'when',
      found: describe(condition),
      wanted: 'a condition made by eq, ne, lt, le, gt, ge, oneOf, and, or, not',
    });
    return undefined;
  }
  return lowerTree(condition.tree, scope);
}

function lowerTree(tree: ConditionTree, scope: TaskScope): Expression | undefined {
  switch (tree.kind) {
    case 'compare': {
      const left = lowerOperand(tree.left, scope);
      const right = lowerOperand(tree.right, scope);
      return left && right && { kind: 'compare', operator: tree.operator, left, right };
    }
    case 'in': {
      const value = lowerOperand(tree.value, scope);
      return value && { kind: 'in', value, options: [...tree.options] };
    }
    case 'and':
    case 'or': {
      const operands = tree.operands.map((operand) => lowerTree(operand, scope));
      return operands.every((operand) => operand !== undefined) ? { kind: tree.kind, operands } : undefined;
    }
    case 'not': {
      const operand = lowerTree(tree.operand, scope);
      return operand && { kind: 'not', operand };
    }
  }
}

function lowerOperand(value: unknown, scope: TaskScope): Expression | undefined {
  const operand = operandOf(value);
  if (operand?.kind === 'literal') return operand;
  const record = operand && splitText(operand.marker)[0];
  if (record === undefined || typeof record === 'string' || !('reference' in record)) {
    scope.report('PL353', { prop: 'when', found: describe(value), wanted: 'a comparison of references with values' });
    return undefined;
  }
  const part = lowerRecord(record, '`when`', scope)[0];
  if (part === undefined || typeof part === 'string') return undefined;
  return { kind: 'reference', reference: part, type: typeOfReference(part, record.owner, scope) };
}

function typeOfReference(reference: Reference, owner: object | undefined, scope: TaskScope): ValueType {
  if (reference.kind === 'parameter') {
    return parameterType(scope.pipeline.props.parameters?.[reference.parameter]);
  }
  if (reference.kind === 'output' && isTask(owner)) {
    const spec = owner.props.outputs?.[reference.output];
    return spec === 'number' || spec === 'boolean' ? spec : 'string';
  }
  return reference.kind === 'index' ? 'number' : 'string';
}
