import type { Pipeline } from '../ir/pipeline.ts';
import type { Task } from '../ir/task.ts';
import { taskReferences } from './inputs.ts';
import type { MadeItems } from './state/made-items.ts';
import { unitsOf } from './units.ts';

/** Words of `--rerun` that are no names. */
const WORDS = ['failed', 'changed', 'all'];

/**
 * What `--rerun` says: `failed` (items without a `.log`, the default), `all`, or, besides the failed ones, `changed` (items that were made
 * by another version of their task, or nobody knows by which), a task, an item of any task, or `<task>/<item>`.
 */
export class Rerun {
  readonly #word: string;
  readonly #made: MadeItems | undefined;
  readonly #isNamed: (task: string, item: string) => boolean;

  /** `made`: what is known of items that are done. */
  constructor(word: string, made?: MadeItems) {
    this.#word = word;
    this.#made = made;
    this.#isNamed = forcedBy(word);
  }

  /** Whether an item that is done runs again. `fingerprint`: what it would be made by now. */
  includes(task: string, item: string, fingerprint: string): boolean {
    if (this.#word !== 'changed') return this.#isNamed(task, item);
    return this.#made?.fingerprint(task, item) !== fingerprint;
  }

  /** Whether a done item that stays is known to be made by another version. */
  isOutdated(task: string, item: string, fingerprint: string): boolean {
    const made = this.#made?.fingerprint(task, item);
    return made !== undefined && made !== fingerprint;
  }

  /**
   * Whether a list that was made anew says by its items alone what of this task runs again. Not when the task uses more of the one that
   * made it, or the user wrote that it comes after it: then all of it is out of date.
   */
  judgesList(task: Task, maker: string): boolean {
    const items = task.forEach?.items;
    if (this.#word !== 'changed' || items?.kind !== 'output' || items.task !== maker) return false;
    const edges = task.after.filter((edge) => edge.task === maker);
    const uses = taskReferences(task).some((one) => one.kind === 'output' && one.task === maker);
    return !uses && edges.every(({ cause }) => cause === 'reference');
  }
}

/** Whether an item is among those that a word of `--rerun` names. */
export function forcedBy(rerun: string): (task: string, item: string) => boolean {
  if (rerun === 'failed') return () => false;
  if (rerun === 'all') return () => true;
  return (task, item) => rerun === task || rerun === item || rerun === `${task}/${item}`;
}

/** Whether there is a task or item of this name. Items of run-time lists are not known, so any name may be one of them. */
export function namesSomething(pipeline: Pipeline, rerun: string): boolean {
  if (WORDS.includes(rerun)) return true;
  const isForced = forcedBy(rerun);
  return pipeline.tasks.some((task) => {
    if (task.forEach?.items.kind === 'output') return !rerun.includes('/') || rerun.startsWith(`${task.name}/`);
    const units = unitsOf(task, undefined);
    for (let unit = 0; unit < units.count; unit++) if (isForced(task.name, units.name(unit))) return true;
    return false;
  });
}
