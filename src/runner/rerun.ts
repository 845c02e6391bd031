import type { Pipeline } from '../ir/pipeline.ts';
import { unitsOf } from './units.ts';

/**
 * What `--rerun` says: `failed` (items without a `.log`, the default), `all`, or, besides the failed ones, a task, an
 * item of any task, or `<task>/<item>`.
 */
export function forcedBy(rerun: string): (task: string, item: string) => boolean {
  if (rerun === 'failed') return () => false;
  if (rerun === 'all') return () => true;
  return (task, item) => rerun === task || rerun === item || rerun === `${task}/${item}`;
}

/** Whether there is a task or item of this name. Items of run-time lists are not known, so any name may be one of them. */
export function namesSomething(pipeline: Pipeline, rerun: string): boolean {
  if (rerun === 'failed' || rerun === 'all') return true;
  const isForced = forcedBy(rerun);
  return pipeline.tasks.some((task) => {
    if (task.forEach?.items.kind === 'output') return !rerun.includes('/') || rerun.startsWith(`${task.name}/`);
    const units = unitsOf(task, undefined);
    for (let unit = 0; unit < units.count; unit++) if (isForced(task.name, units.name(unit))) return true;
    return false;
  });
}
