import type { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { Task } from '../../ir/task.ts';
import { jobsItems, supportsItems } from '../items/index.ts';
import { firstVersionOf, serves, supportsPods } from '../pod/index.ts';

/** Bytes of a termination message (core/v1 types.go), through which values and lists leave a Job's pod. */
const MESSAGE_BYTES = 4096;
/** A guess at the shortest items that people make: the name of a file, a path, a small object. */
const ITEM_BYTES = 16;

/** Reports what Jobs, or those of the profile's Kubernetes, cannot mean. */
export function supportsJobs(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void {
  supportsItems(pipeline, jobsItems, diagnostics);
  supportsPods(pipeline, diagnostics);
  checkSchedule(pipeline, diagnostics);
  for (const task of pipeline.tasks) {
    checkOutputs(task, diagnostics);
    checkRetries(task, profile, diagnostics);
    checkReplicas(pipeline, task, diagnostics);
    checkRestartPolicy(task, diagnostics);
  }
}

function checkSchedule({ schedule, origin }: Pipeline, diagnostics: Collector): void {
  const seconds = schedule?.startingDeadlineSeconds;
  if (seconds !== undefined && seconds < 10) diagnostics.report('PL266', { seconds }, { origin });
}

function checkOutputs({ name, outputs, origin }: Task, diagnostics: Collector): void {
  for (const output of outputs) {
    if (output.kind === 's3') diagnostics.report('PL260', { task: name, output: output.name }, { origin });
    if (output.kind !== 'list' || output.maxItems * ITEM_BYTES <= MESSAGE_BYTES) continue;
    const params = { task: name, output: output.name, maxItems: output.maxItems, fit: MESSAGE_BYTES / ITEM_BYTES };
    diagnostics.report('PL263', params, { origin });
  }
}

function checkRetries(task: Task, profile: Profile, diagnostics: Collector): void {
  const { name, retries, forEach, origin } = task;
  if (retries.backoff !== undefined && retries.limit > 0) diagnostics.report('PL261', { task: name }, { origin });
  if (forEach !== undefined && !serves(profile, 'backoffLimitPerIndex')) {
    const first = firstVersionOf('backoffLimitPerIndex');
    diagnostics.report('PL262', { task: name, version: profile.kubernetes, first }, { origin });
  }
}

function checkReplicas(pipeline: Pipeline, { name, replicas, maxRunning, origin }: Task, diagnostics: Collector): void {
  if (replicas === undefined) return;
  const bound = Math.min(maxRunning ?? replicas, pipeline.maxRunning ?? replicas);
  if (bound < replicas) diagnostics.report('PL267', { task: name, replicas, bound }, { origin });
}

/** A patch is data of the user's: the field may hold anything. */
function checkRestartPolicy({ name, patches, origin }: Task, diagnostics: Collector): void {
  const policy = patches.podSpec?.['restartPolicy'];
  if (policy === undefined || policy === 'Never') return;
  diagnostics.report('PL264', { task: name, policy: JSON.stringify(policy) }, { origin });
}
