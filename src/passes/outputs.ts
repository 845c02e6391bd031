import type { Collector } from '../diagnostics/collector.ts';
import type { Expression } from '../ir/expression.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Output, Task } from '../ir/task.ts';
import { type OutputReference, outputsUsed, referencesOfTask, tasksByName } from './tasks.ts';

/** An output that a task uses has one value, and has it whenever the task runs. */
export function checkOutputs(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const byName = tasksByName(pipeline);
  for (const task of pipeline.tasks) {
    const used = outputsUsed(task);
    for (const reference of used) {
      const upstream = byName.get(reference.task);
      const output = upstream?.outputs.find(({ name }) => name === reference.output);
      if (upstream !== undefined && output !== undefined) checkUse(task, upstream, output, reference, diagnostics);
    }
    if (task.phase === 'main' && referencesOfTask(task).some(({ kind }) => kind === 'status')) {
      diagnostics.report('PL147', { task: task.name }, { origin: task.origin });
    }
  }
}

function checkUse(
  task: Task,
  upstream: Task,
  output: Output,
  reference: OutputReference,
  diagnostics: Collector,
): void {
  // A file on a volume is named by its path, which is known in any case.
  if (output.kind === 'file') return;
  const params = { task: task.name, upstream: upstream.name, output: reference.output };
  if (upstream.forEach !== undefined && output.kind !== 's3') {
    diagnostics.report('PL146', params, { origin: task.origin });
    return;
  }
  const because = whyMissing(task, upstream);
  if (because !== undefined) diagnostics.report('PL137', { ...params, because }, { origin: task.origin });
}

function whyMissing(task: Task, upstream: Task): string | undefined {
  if (task.phase === 'exit' && upstream.phase === 'main') return 'exit tasks also run when others have failed';
  const conditions = task.after.filter((edge) => edge.task === upstream.name).map(({ on }) => on);
  if (conditions.length > 0 && !conditions.some((on) => on === 'succeeded' || on === 'itemwise')) {
    return `the edge is on \`${conditions[0]}\`, so it also runs when "${upstream.name}" has failed`;
  }
  if (upstream.when !== undefined && !implies(task.when, upstream.when)) return 'its own `when` may skip it';
  return undefined;
}

/** Whether the first condition holds only when the second does: it has all operands of the second's conjunction. */
function implies(condition: Expression | undefined, other: Expression): boolean {
  const known = new Set(condition === undefined ? [] : conjunction(condition).map((part) => JSON.stringify(part)));
  return conjunction(other).every((part) => known.has(JSON.stringify(part)));
}

function conjunction(expression: Expression): Expression[] {
  return expression.kind === 'and' ? expression.operands.flatMap(conjunction) : [expression];
}
