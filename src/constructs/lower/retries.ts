import type { MaxFailed, Retries } from '../../ir/task.ts';
import { parsePercent } from '../../units/percent.ts';
import type { RetryProps } from '../props.ts';
import { describe } from './describe.ts';
import type { TaskScope } from './scope.ts';
import { lowerDuration, unwrap } from './values.ts';

/** Preempted, evicted and lost pods come back; a program that failed once fails again more often than not. */
const defaultRetries: Retries = { limit: 3, on: ['infrastructure'], exceptExitCodes: [] };

export function lowerRetries(input: number | RetryProps | undefined, scope: TaskScope): Retries {
  if (input === undefined) return defaultRetries;
  if (typeof input === 'number') return { limit: input, on: ['failed', 'infrastructure'], exceptExitCodes: [] };
  if (typeof input !== 'object' || input === null) {
    scope.report('PL353', { prop: 'retries', found: describe(input), wanted: 'a number, or an object with a limit' });
    return defaultRetries;
  }
  if (input.limit === undefined) scope.report('PL360', { task: scope.name, missing: 'limit' });
  if (input.backoff !== undefined && input.backoff.base === undefined) {
    scope.report('PL360', { task: scope.name, missing: 'base of its backoff' });
  }
  const seconds = lowerDuration(input.backoff?.base, 'retries.backoff.base', scope);
  return {
    limit: input.limit ?? 0,
    on: [...new Set(input.on ?? (['failed', 'infrastructure'] as const))],
    exceptExitCodes: [...new Set(input.exceptExitCodes ?? [])].sort((a, b) => a - b),
    backoff:
      seconds === undefined
        ? undefined
        : {
            seconds,
            factor: input.backoff?.factor ?? 2,
            capSeconds: lowerDuration(input.backoff?.cap, 'retries.backoff.cap', scope),
          },
  };
}

export function lowerMaxFailed(input: number | string | undefined, scope: TaskScope): MaxFailed | undefined {
  if (input === undefined) return undefined;
  if (typeof input === 'number') return { kind: 'count', count: input };
  if (typeof input !== 'string') {
    scope.report('PL353', {
      prop: 'maxFailed',
      found: describe(input),
      wanted: "a number of items, or a percentage like '2%'",
    });
    return undefined;
  }
  const percent = unwrap(parsePercent(input), input, 'maxFailed', scope);
  return percent === undefined ? undefined : { kind: 'percent', percent };
}
