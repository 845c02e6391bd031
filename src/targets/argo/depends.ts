import type { EdgeCondition } from '../../ir/task.ts';

/** An edge between tasks of one DAG template, by their names there. */
export interface DagEdge {
  readonly task: string;
  readonly on: EdgeCondition;
}

/**
 * `depends` of a DAG task. A bare name is Argo's `Succeeded || Skipped || Daemoned` (workflow/common/ancestry.go, 3.7).
 * Every task that is named has to end before any of it is evaluated.
 */
export function dependsOf(edges: readonly DagEdge[]): string | undefined {
  if (edges.length === 0) return undefined;
  const terms = new Set(edges.map(termOf));
  return [...terms].join(' && ');
}

function termOf({ task, on }: DagEdge): string {
  switch (on) {
    case 'succeeded':
    case 'itemwise':
      return task;
    case 'failed':
      return `(${task}.Failed || ${task}.Errored)`;
    case 'completed':
      return `(${['Succeeded', 'Failed', 'Errored', 'Skipped', 'Omitted'].map((result) => `${task}.${result}`).join(' || ')})`;
    case 'anySucceeded':
      return `${task}.AnySucceeded`;
    case 'allFailed':
      // Argo's own AllFailed overlooks items whose pod was deleted (Error), so the same is said by what it does count.
      return `((${task}.Failed || ${task}.Errored) && !${task}.AnySucceeded)`;
  }
}
