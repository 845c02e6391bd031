import type { ValueType } from '../../ir/expression.ts';
import type { Parameter } from '../../ir/pipeline.ts';
import { isObject } from '../foreign.ts';
import type { ParameterInput, ParameterSpec } from '../props.ts';
import { describe } from './describe.ts';
import type { PipelineScope } from './scope.ts';

export function lowerParameters(spec: ParameterSpec | undefined, scope: PipelineScope): readonly Parameter[] {
  return Object.entries(spec ?? {}).flatMap(([name, input]): Parameter[] => {
    if (isObject(input)) {
      const { type, default: initial, options, description } = input as Extract<ParameterInput, object>;
      if (type === 'string' || type === 'number' || type === 'boolean') {
        return [{ name, type, default: initial, options, description }];
      }
    } else if (typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean') {
      return [{ name, type: typeof input as ValueType, default: input }];
    }
    scope.report('PL353', {
      prop: `parameters.${name}`,
      found: describe(input),
      wanted: "a default value, or an object with a type of 'string', 'number' or 'boolean'",
    });
    return [];
  });
}

export function parameterType(input: ParameterInput | undefined): ValueType {
  if (isObject(input)) return (input as { type: ValueType }).type;
  return typeof input === 'number' ? 'number' : typeof input === 'boolean' ? 'boolean' : 'string';
}
