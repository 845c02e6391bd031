import type { Resource } from '../../ir/task.ts';
import { parseDuration } from '../../units/duration.ts';
import type { Parsed } from '../../units/parsed.ts';
import { quoted } from '../../units/parsed.ts';
import { isCpu, isDuration, isObject, isSize, sizeQuantity } from '../foreign.ts';
import type { DurationInput, QuantityInput, ResourceInput } from '../props.ts';
import { describe } from './describe.ts';
import type { PipelineScope, TaskScope } from './scope.ts';

type Scope = TaskScope | PipelineScope;

/** Whole seconds, or undefined with a diagnostic. */
export function lowerDuration(input: DurationInput | undefined, prop: string, scope: Scope): number | undefined {
  if (input === undefined) return undefined;
  const value = isDuration(input) ? input.toMilliseconds() / 1000 : input;
  if (typeof value !== 'string' && typeof value !== 'number') {
    scope.report('PL353', { prop, found: describe(input), wanted: 'a duration' });
    return undefined;
  }
  return unwrap(parseDuration(value), value, prop, scope);
}

/** The text of a quantity; its syntax is checked by a pass. */
export function lowerQuantity(input: QuantityInput | undefined, prop: string, scope: Scope): string | undefined {
  if (input === undefined) return undefined;
  if (isSize(input)) return sizeQuantity(input);
  if (isCpu(input)) return input.amount;
  if (typeof input === 'number' || typeof input === 'string') return String(input);
  scope.report('PL353', { prop, found: describe(input), wanted: 'a quantity' });
  return undefined;
}

/** One quantity is the request; it is the limit too where running over it must not surprise the neighbours. */
export function lowerResource(
  input: ResourceInput | undefined,
  prop: string,
  options: { readonly limitToo: boolean },
  scope: TaskScope,
): Resource {
  if (isObject(input) && !isSize(input) && !isCpu(input)) {
    const { request, limit } = input as { request?: QuantityInput; limit?: QuantityInput };
    return {
      request: lowerQuantity(request, `${prop}.request`, scope),
      limit: lowerQuantity(limit, `${prop}.limit`, scope),
    };
  }
  const quantity = lowerQuantity(input as QuantityInput | undefined, prop, scope);
  return { request: quantity, limit: options.limitToo ? quantity : undefined };
}

/** The value, or undefined with a diagnostic that quotes the input. */
export function unwrap<T>(parsed: Parsed<T>, input: unknown, prop: string, scope: Scope): T | undefined {
  if (parsed.ok) return parsed.value;
  const shown =
    typeof input === 'string' ? quoted(input) : typeof input === 'object' ? JSON.stringify(input) : String(input);
  scope.report('PL354', {
    prop,
    problem: `${shown} ${parsed.problem}`,
    hint: parsed.hint ?? `Correct the value of \`${prop}\`.`,
  });
  return undefined;
}
