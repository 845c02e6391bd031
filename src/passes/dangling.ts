import type { Pipeline } from '../ir/pipeline.ts';
import { referencesOfTask, tasksByName } from './tasks.ts';

/**
 * What a pipeline names that it does not have, for one that was stored and may have been changed by hand. Constructs
 * cannot make such a pipeline, and the other checks take these names to be there.
 */
export function danglingNames(pipeline: Pipeline): string[] {
  const byName = tasksByName(pipeline);
  const parameters = new Set(pipeline.parameters.map(({ name }) => name));
  const problems: string[] = [];
  for (const task of pipeline.tasks) {
    for (const edge of task.after) {
      if (!byName.has(edge.task)) problems.push(`task "${task.name}" runs after "${edge.task}", which is no task`);
    }
    for (const reference of referencesOfTask(task)) {
      if (reference.kind === 'parameter' && !parameters.has(reference.parameter)) {
        problems.push(`task "${task.name}" uses parameter "${reference.parameter}", which does not exist`);
      } else if (reference.kind === 'output' && !hasOutput(byName.get(reference.task), reference.output)) {
        problems.push(
          `task "${task.name}" uses output "${reference.output}" of "${reference.task}", which does not exist`,
        );
      }
    }
  }
  return [...new Set(problems)];
}

function hasOutput(task: Pipeline['tasks'][number] | undefined, output: string): boolean {
  return task?.outputs.some(({ name }) => name === output) ?? false;
}
