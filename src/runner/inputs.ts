import type { ItemValue } from '../ir/items.ts';
import type { Task } from '../ir/task.ts';
import { type Argument, type Reference, referencesOf } from '../ir/text.ts';
import type { RunValues } from './values.ts';

/** All references in the program and environment of a task. */
export function taskReferences(task: Task): Reference[] {
  const { program, environment } = task.container;
  const argv: readonly Argument[] =
    program.kind === 'command' ? [...(program.command ?? []), ...(program.args ?? [])] : program.args;
  const texts = argv.flatMap((argument) => (argument.kind === 'text' ? [argument.text] : []));
  for (const variable of environment.variables) if (variable.kind === 'text') texts.push(variable.text);
  return texts.flatMap(referencesOf);
}

/** The first upstream output among the references that has no value in this run, as `task.output`. */
export function missingInput(references: readonly Reference[], values: RunValues): string | undefined {
  for (const reference of references) {
    if (reference.kind !== 'output') continue;
    const { task, output } = reference;
    if (values.output(task, output) === undefined) return `${task}.${output}`;
  }
  return undefined;
}

/** The items of an upstream list; undefined when the task's items are known; a text when there is none. */
export function runTimeList(task: Task, values: RunValues): readonly ItemValue[] | string | undefined {
  const items = task.forEach?.items;
  if (items?.kind !== 'output') return undefined;
  const value = values.output(items.task, items.output);
  return value?.kind === 'list' ? value.items : `task "${items.task}" has not put out the list "${items.output}"`;
}

/** The text of what is the same for all items of a run. */
export function lookupValue(reference: Reference, values: RunValues): string {
  switch (reference.kind) {
    case 'parameter':
      return values.parameterText(reference.parameter);
    case 'output':
      return values.outputText(reference.task, reference.output);
    case 'run':
      return values.run;
    case 'status':
      return values.status;
    case 'item':
    case 'batch':
    case 'index':
    case 'mount':
      throw new TypeError(`a ${reference.kind} reference has no value for a whole run`);
  }
}
