import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { MAIN_CONTAINER } from './container.ts';

/** The runner sets this condition on a gated pod whose upstream item failed. */
export const UPSTREAM_FAILED = 'podloom.dev/UpstreamFailed';

/**
 * `podFailurePolicy` of a Job; the first rule that matches decides, and what no rule matches counts as a retry.
 * A disruption (drain, preemption, eviction) comes before exit codes, because it ends the program with one.
 * `final` is what ends the retries of the pod: the index fails, or the Job where there are no indexes of their own.
 */
export function podFailurePolicy(task: Task, final: 'FailIndex' | 'FailJob', gated: boolean): JsonObject | undefined {
  const rules = [
    ...(gated ? [onCondition(final, UPSTREAM_FAILED)] : []),
    ...disruptionRules(task, final),
    ...exitRules(task, final),
  ];
  return rules.length === 0 ? undefined : { rules };
}

/** Without any retry a disruption ends the pod like all else: `Ignore` would run its program twice. */
function disruptionRules({ retries }: Task, final: string): JsonObject[] {
  if (retries.limit === 0) return [];
  return [onCondition(retries.on.includes('infrastructure') ? 'Ignore' : final, 'DisruptionTarget')];
}

function exitRules({ retries }: Task, final: string): JsonObject[] {
  if (retries.limit === 0) return [];
  if (!retries.on.includes('failed')) return [onExit(final, 'NotIn', [0])];
  return retries.exceptExitCodes.length === 0 ? [] : [onExit(final, 'In', retries.exceptExitCodes)];
}

function onCondition(action: string, type: string): JsonObject {
  return { action, onPodConditions: [{ type, status: 'True' }] };
}

function onExit(action: string, operator: 'In' | 'NotIn', values: readonly number[]): JsonObject {
  return { action, onExitCodes: { containerName: MAIN_CONTAINER, operator, values } };
}
