import { expressionReferences } from '../../ir/expression.ts';
import type { Output, Task } from '../../ir/task.ts';
import type { Reference } from '../../ir/text.ts';
import { runReferences } from '../items/index.ts';

export type OutputReference = Extract<Reference, { kind: 'output' }>;

const found = new WeakMap<Task, readonly OutputReference[]>();

/** Outputs of other tasks that the pods of a task use. Looked for once for each task. */
export function podOutputs(task: Task): readonly OutputReference[] {
  let outputs = found.get(task);
  if (outputs === undefined) {
    outputs = runReferences(task).filter((reference) => reference.kind === 'output');
    found.set(task, outputs);
  }
  return outputs;
}

/** Outputs of other tasks that decide whether a task runs. */
export function whenOutputs(task: Task): OutputReference[] {
  return (task.when === undefined ? [] : expressionReferences(task.when)).filter(
    (reference) => reference.kind === 'output',
  );
}

/** All outputs of other tasks that a task uses, its run-time list included. */
export function usedOutputs(task: Task): OutputReference[] {
  const items = task.forEach?.items;
  const list = items?.kind === 'output' ? [{ kind: 'output' as const, task: items.task, output: items.output }] : [];
  return [...podOutputs(task), ...whenOutputs(task), ...list];
}

/** Finds the output that a reference means. */
export function outputOf(tasks: ReadonlyMap<string, Task>, reference: OutputReference): Output | undefined {
  return tasks.get(reference.task)?.outputs.find(({ name }) => name === reference.output);
}

/** Values and lists are parameters of Argo: they have to reach their users through DAGs. Files are found by their place. */
export function isParameter(output: Output | undefined): boolean {
  return output?.kind === 'value' || output?.kind === 'list';
}
