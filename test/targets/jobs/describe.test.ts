import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../src/ir/expression.ts';
import { describeCondition } from '../../../src/targets/jobs/describe.ts';

const mode: Expression = { kind: 'reference', reference: { kind: 'parameter', parameter: 'mode' }, type: 'string' };
const loss: Expression = {
  kind: 'reference',
  reference: { kind: 'output', task: 'train', output: 'loss' },
  type: 'number',
};
const status: Expression = { kind: 'reference', reference: { kind: 'status' }, type: 'string' };
const literal = (value: string | number | boolean): Expression => ({ kind: 'literal', value });

describe('a condition, for people', () => {
  it.each<[Expression, string]>([
    [literal(true), 'true'],
    [{ kind: 'compare', operator: '==', left: mode, right: literal('a "b"') }, 'parameters.mode == "a \\"b\\""'],
    [{ kind: 'compare', operator: '<', left: loss, right: literal(0.5) }, 'outputs.train.loss < 0.5'],
    [{ kind: 'in', value: status, options: ['Failed', 1, true] }, 'status in ["Failed",1,true]'],
    [{ kind: 'not', operand: mode }, 'not parameters.mode'],
    [
      { kind: 'or', operands: [mode, { kind: 'and', operands: [status, { kind: 'not', operand: loss }] }] },
      'parameters.mode or (status and (not outputs.train.loss))',
    ],
  ])('%j', (expression, text) => {
    expect(describeCondition(expression)).toBe(text);
  });
});
