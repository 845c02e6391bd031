import type { Collector } from '../diagnostics/collector.ts';
import { countPods } from '../ir/item-values.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Task } from '../ir/task.ts';
import { isDnsLabel } from '../units/dns-name.ts';

/** `-` and the name of a run, which the runner keeps to eight characters. */
const RUN_ROOM = 9;
const MAX_LABEL = 63;

/** Tasks have names of their own, and what is made of a name is one that Kubernetes takes. */
export function checkTaskNames(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const first = new Map<string, Task>();
  for (const task of pipeline.tasks) {
    const before = first.get(task.name);
    if (before === undefined) first.set(task.name, task);
    else reportDuplicate(before, task, diagnostics);
    checkName(pipeline, task, diagnostics);
  }
}

function reportDuplicate(first: Task, second: Task, diagnostics: Collector): void {
  const params = { first: first.origin.path, second: second.origin.path, name: second.name };
  const notes = [{ message: `"${first.origin.path}" is made here`, location: first.origin.location }];
  diagnostics.report('PL020', params, { origin: second.origin, notes });
}

function checkName(pipeline: Pipeline, task: Task, diagnostics: Collector): void {
  const place = { origin: task.origin };
  if (!isDnsLabel(task.name)) {
    diagnostics.report('PL021', { what: 'the task name', name: task.name, kind: 'label' }, place);
    return;
  }
  const job = `${pipeline.name}-${task.name}`;
  const last = lastIndex(task);
  const longest = `${job}-<run>${last === undefined ? '' : `-${last}`}`;
  const length = job.length + RUN_ROOM + (last === undefined ? 0 : 1 + String(last).length);
  // A name of the pipeline that is too long by itself is reported there.
  if (length > MAX_LABEL && pipeline.name.length <= 52) {
    const because = `its ${last === undefined ? 'Job' : 'last pod'} "${longest}"`;
    diagnostics.report('PL022', { what: 'the task name', name: task.name, length, max: MAX_LABEL, because }, place);
  }
  if (task.replicas !== undefined && /^\d/.test(job)) {
    diagnostics.report('PL026', { task: task.name, service: job }, place);
  }
}

/** The index of the last pod. Jobs of more than 10,000 are split, but their indexes may still have as many digits. */
function lastIndex(task: Task): number | undefined {
  if (task.replicas !== undefined) return Math.max(0, task.replicas - 1);
  if (task.forEach === undefined) return undefined;
  return Math.max(0, Math.min(countPods(task.forEach) ?? 10_000, 10_000) - 1);
}
