import { countUnits } from '../../ir/item-values.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { compact } from './compact.ts';
import type { JobChunk, PodContext } from './context.ts';
import { podFailurePolicy } from './failure-policy.ts';
import { podMetadata, podSpec } from './pod.ts';
import { serves } from './version.ts';

/** The `spec` of a batch/v1 Job that runs a task (or a chunk of its units), pod template included. Pure. */
export function jobSpec(task: Task, context: PodContext, chunk: JobChunk): JsonObject {
  const podContext = contextOfChunk(context, chunk);
  return {
    ...shape(task, context, chunk),
    ...compact({
      podReplacementPolicy: serves(context.profile, 'podReplacementPolicy') ? 'Failed' : undefined,
      activeDeadlineSeconds: task.deadlineSeconds,
    }),
    template: { metadata: podMetadata(task, podContext), spec: podSpec(task, podContext) },
  };
}

function contextOfChunk(context: PodContext, { firstUnit, tables }: JobChunk): PodContext {
  const offset = firstUnit === 0 ? [] : [{ name: 'PODLOOM_OFFSET', value: String(firstUnit) }];
  return { ...context, tables, environment: [...context.environment, ...offset] };
}

/** How many pods, and what happens when one fails. */
function shape(task: Task, context: PodContext, chunk: JobChunk): JsonObject {
  if (task.replicas !== undefined) return ranks(task, task.replicas);
  if (task.forEach !== undefined) return indexes(task, context, chunk);
  return compact({ backoffLimit: task.retries.limit, podFailurePolicy: podFailurePolicy(task, 'FailJob', false) });
}

/** Ranks start and fail together: a failed one fails the Job, and the next attempt is a new Job, which the runner makes. */
function ranks(task: Task, replicas: number): JsonObject {
  return compact({
    completionMode: 'Indexed',
    completions: replicas,
    parallelism: replicas,
    backoffLimit: 0,
    podFailurePolicy: podFailurePolicy(task, 'FailJob', false),
  });
}

/** Each index has retries of its own. All indexes run to their end, unless more fail than the task tolerates. */
function indexes(task: Task, context: PodContext, chunk: JobChunk): JsonObject {
  const { pods } = chunk;
  const perIndex = serves(context.profile, 'backoffLimitPerIndex');
  const gated = context.schedulingGates.length > 0;
  return compact({
    completionMode: 'Indexed',
    completions: pods,
    parallelism: parallelism(task, context, pods),
    backoffLimitPerIndex: perIndex ? task.retries.limit : undefined,
    backoffLimit: perIndex ? undefined : task.retries.limit,
    maxFailedIndexes: perIndex ? maxFailedIndexes(task, pods) : undefined,
    podFailurePolicy: podFailurePolicy(task, perIndex ? 'FailIndex' : 'FailJob', gated),
  });
}

/** The API server refuses a parallelism above 100,000 for Indexed Jobs. */
const MAX_PARALLELISM = 100_000;

function parallelism(task: Task, { pipeline }: PodContext, pods: number): number {
  const bounds = [task.maxRunning, pipeline.maxRunning, pods === 0 ? undefined : pods, MAX_PARALLELISM];
  return Math.min(...bounds.filter((bound) => bound !== undefined));
}

/**
 * With more failed pods than tolerated items the task has failed for sure, so the rest need not run. Where no item may fail,
 * all of them run all the same: people want to see every failure of a night, not the first.
 */
function maxFailedIndexes(task: Task, pods: number): number | undefined {
  const tolerated = toleratedFailures(task) ?? 0;
  return tolerated === 0 || pods === 0 ? undefined : Math.min(tolerated, pods);
}

/** Units that may fail while the task succeeds, percentages rounded down. undefined: a share of a list made at run time. */
export function toleratedFailures({ maxFailed, forEach }: Task): number | undefined {
  if (maxFailed === undefined) return 0;
  if (maxFailed.kind === 'count') return maxFailed.count;
  const units = forEach && countUnits(forEach);
  return units === undefined ? undefined : Math.floor((units * maxFailed.percent) / 100);
}
