import type { Pipeline } from '../../ir/pipeline.ts';

/** Account of the pods: Argo's executor reports results with it. */
export function executorAccount({ name }: Pipeline): string {
  return `${name}-argo`;
}

/** Account of the nodes that create Jobs. */
export function launcherAccount({ name }: Pipeline): string {
  return `${name}-argo-launcher`;
}

/** Words of expr-lang, which evaluates `depends`, that are names of tasks to us. */
const KEYWORDS = new Set([
  'in',
  'not',
  'and',
  'or',
  'matches',
  'contains',
  'let',
  'if',
  'else',
  'true',
  'false',
  'nil',
]);

/** Names of the tasks in a DAG: as in the pipeline, but never a word or number of the language of `depends`. */
export function dagNames(tasks: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(tasks);
  return new Map(
    tasks.map((task) => {
      let name = task;
      if (KEYWORDS.has(task) || /^[0-9]/.test(task)) {
        do name = `task-${name}`;
        while (taken.has(name));
        taken.add(name);
      }
      return [task, name];
    }),
  );
}

/** A name that none of `taken` has; it is taken afterwards. */
export function freshName(name: string, taken: Set<string>): string {
  let fresh = name;
  for (let number = 2; taken.has(fresh); number++) fresh = `${name}-${number}`;
  taken.add(fresh);
  return fresh;
}
