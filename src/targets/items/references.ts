import type { EnvironmentVariable, Program, Task } from '../../ir/task.ts';
import { type Argument, type Reference, referencesOf, type Text } from '../../ir/text.ts';
import { envNameOf } from '../../units/env-name.ts';

/** A reference whose value is known only when the run exists; it reaches the pod in an environment variable. */
export type RunReference = Extract<Reference, { kind: 'parameter' | 'output' | 'run' | 'status' }>;

/**
 * The environment variable that carries the value of a reference into the pod. Two references can share a name
 * (`a-b` with output `c`, `a` with output `b-c`): `supportsItems` reports that for the tasks that use both.
 */
export function environmentName(reference: RunReference): string {
  switch (reference.kind) {
    case 'parameter':
      return `PODLOOM_PARAMETER_${envNameOf(reference.parameter)}`;
    case 'output':
      return `PODLOOM_INPUT_${envNameOf(reference.task)}_${envNameOf(reference.output)}`;
    case 'run':
      return 'PODLOOM_RUN';
    case 'status':
      return 'PODLOOM_STATUS';
  }
}

/** What the program and the environment of a task use of the run, each once, in order of first use. */
export function runReferences(task: Task): RunReference[] {
  const found = new Map<string, RunReference>();
  for (const text of textsOf(task)) {
    for (const reference of referencesOf(text)) {
      if (isRunReference(reference)) found.set(identityOf(reference), reference);
    }
  }
  return [...found.values()];
}

export function isRunReference(reference: Reference): reference is RunReference {
  return (
    reference.kind === 'parameter' ||
    reference.kind === 'output' ||
    reference.kind === 'run' ||
    reference.kind === 'status'
  );
}

/** The script, not the kubelet, sets variables that hold an item, a batch or an index; leave them out of the pod's `env`. */
export function isSetByScript(variable: EnvironmentVariable): boolean {
  return variable.kind === 'text' && referencesOf(variable.text).some(isItemReference);
}

function isItemReference(reference: Reference): boolean {
  return reference.kind === 'item' || reference.kind === 'batch' || reference.kind === 'index';
}

/** Every text of the program and the environment. */
function textsOf(task: Task): Text[] {
  const { program, environment } = task.container;
  const texts = argumentsOf(program).flatMap((argument) => (argument.kind === 'text' ? [argument.text] : []));
  for (const variable of environment.variables) if (variable.kind === 'text') texts.push(variable.text);
  return texts;
}

/** The user's arguments in order. For scripts: those after the file. */
export function argumentsOf(program: Program): readonly Argument[] {
  return program.kind === 'script' ? program.args : [...(program.command ?? []), ...(program.args ?? [])];
}

function identityOf(reference: RunReference): string {
  return JSON.stringify([
    reference.kind,
    reference.kind === 'parameter' ? reference.parameter : '',
    ...(reference.kind === 'output' ? [reference.task, reference.output] : []),
  ]);
}
