import { expressionReferences } from '../ir/expression.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { Task } from '../ir/task.ts';
import type { Reference, Text } from '../ir/text.ts';

export function tasksByName(pipeline: Pipeline): ReadonlyMap<string, Task> {
  return new Map(pipeline.tasks.map((task) => [task.name, task]));
}

/** A text of a task and what users call the place: `command`, `args`, `env.SHARD`. */
export interface PlacedText {
  readonly field: string;
  readonly text: Text;
}

/** Every text that may have references in it. */
export function textsOf(task: Task): PlacedText[] {
  const { program, environment } = task.container;
  const lists = program.kind === 'script' ? { args: program.args } : { command: program.command, args: program.args };
  const texts: PlacedText[] = [];
  for (const [field, list] of Object.entries(lists)) {
    for (const argument of list ?? []) if (argument.kind === 'text') texts.push({ field, text: argument.text });
  }
  for (const variable of environment.variables) {
    if (variable.kind === 'text') texts.push({ field: `env.${variable.name}`, text: variable.text });
  }
  return texts;
}

/** Every reference of a task: in its texts, its condition and its items. */
export function referencesOfTask(task: Task): Reference[] {
  const references = textsOf(task).flatMap(({ text }) => text.filter((part) => typeof part !== 'string'));
  if (task.when !== undefined) references.push(...expressionReferences(task.when));
  const items = task.forEach?.items;
  if (items?.kind === 'output') references.push({ kind: 'output', task: items.task, output: items.output });
  return references;
}

export type OutputReference = Extract<Reference, { kind: 'output' }>;

/** The outputs that a task uses, each once. */
export function outputsUsed(task: Task): OutputReference[] {
  const found = new Map<string, OutputReference>();
  for (const reference of referencesOfTask(task)) {
    if (reference.kind === 'output') found.set(`${reference.task}\0${reference.output}`, reference);
  }
  return [...found.values()];
}
