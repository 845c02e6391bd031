import type { Collector } from '../diagnostics/collector.ts';
import type { Expression, ValueType } from '../ir/expression.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Scalar } from '../ir/scalar.ts';
import { quoted } from '../units/parsed.ts';

/** Conditions compare values of one type, and order only numbers and strings. */
export function checkConditions(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    if (task.when === undefined) continue;
    for (const problem of problemsOf(task.when)) diagnostics.report('PL136', { problem }, { origin: task.origin });
  }
}

function problemsOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value === 'number' && !Number.isFinite(expression.value)
        ? [`uses ${expression.value}, which is not a finite number`]
        : [];
    case 'reference':
      return [];
    case 'compare': {
      const { left, right, operator } = expression;
      const problems = [...problemsOf(left), ...problemsOf(right)];
      const [leftType, rightType] = [typeOf(left), typeOf(right)];
      if (leftType !== rightType) problems.push(`compares ${describe(left)} with ${describe(right)}`);
      else if (leftType === 'boolean' && operator !== '==' && operator !== '!=') {
        problems.push(`orders ${describe(left)} by "${operator}", but booleans have no order`);
      }
      return problems;
    }
    case 'in': {
      const type = typeOf(expression.value);
      const other = expression.options.find((option) => typeof option !== type);
      const problems = problemsOf(expression.value);
      if (other !== undefined)
        problems.push(`compares ${describe(expression.value)} with the ${typeof other} ${show(other)}`);
      return problems;
    }
    case 'and':
    case 'or':
      return expression.operands.flatMap(problemsOf);
    case 'not':
      return problemsOf(expression.operand);
  }
}

function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case 'literal':
      return typeof expression.value as ValueType;
    case 'reference':
      return expression.type;
    case 'compare':
    case 'in':
    case 'and':
    case 'or':
    case 'not':
      return 'boolean';
  }
}

/** For example: the number of parameter "epochs", the string "3". */
function describe(expression: Expression): string {
  const type = typeOf(expression);
  if (expression.kind === 'literal') return `the ${type} ${show(expression.value)}`;
  if (expression.kind !== 'reference') return 'a condition';
  const { reference } = expression;
  switch (reference.kind) {
    case 'parameter':
      return `parameter "${reference.parameter}", a ${type},`;
    case 'output':
      return `output "${reference.output}" of "${reference.task}", a ${type},`;
    case 'status':
      return `the status, a ${type},`;
    case 'item':
    case 'batch':
    case 'index':
    case 'mount':
    case 'run':
      return `a ${type}`;
  }
}

function show(value: Scalar): string {
  return typeof value === 'string' ? quoted(value) : String(value);
}
