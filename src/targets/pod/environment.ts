import type { JsonObject } from '../../ir/scalar.ts';
import type { EnvironmentSource, EnvironmentVariable, Task } from '../../ir/task.ts';
import { environmentName, isSetByScript, kubeletText, runReferences } from '../items/index.ts';
import { compact } from './compact.ts';
import type { EnvironmentEntry, PodContext } from './context.ts';
import { outputEnvironment } from './outputs.ts';
import { replicaEnvironment } from './replicas.ts';

/**
 * `env` of the main container. The kubelet expands `$(NAME)` with the entries before it, so what carries values of the run
 * stands first. What holds items is not here: the script exports it.
 */
export function environment(task: Task, context: PodContext): EnvironmentEntry[] {
  return [
    ...context.environment,
    ...runReferences(task).map((reference) => ({
      name: environmentName(reference),
      ...context.valueFor(reference, task.name),
    })),
    ...outputEnvironment(task),
    ...replicaEnvironment(task, context),
    ...task.container.environment.variables
      .filter((variable) => !isSetByScript(variable))
      .map((variable) => userVariable(variable, task)),
  ];
}

export function environmentSources({ container }: Task): JsonObject[] {
  return container.environment.from.map(({ kind, object, prefix, optional }: EnvironmentSource) => {
    const reference = compact({ name: object, optional: optional || undefined });
    return compact({ prefix, [kind === 'secret' ? 'secretRef' : 'configMapRef']: reference });
  });
}

function userVariable(variable: EnvironmentVariable, { container }: Task): EnvironmentEntry {
  const { name } = variable;
  switch (variable.kind) {
    case 'text':
      return { name, value: kubeletText(variable.text, container) };
    case 'secret':
      return { name, valueFrom: { secretKeyRef: keyOf(variable) } };
    case 'configMap':
      return { name, valueFrom: { configMapKeyRef: keyOf(variable) } };
    case 'field':
      return { name, valueFrom: { fieldRef: { fieldPath: variable.fieldPath } } };
    case 'resource':
      return {
        name,
        valueFrom: { resourceFieldRef: compact({ resource: variable.resource, divisor: variable.divisor }) },
      };
  }
}

function keyOf({ object, key, optional }: Extract<EnvironmentVariable, { object: string }>): JsonObject {
  return compact({ name: object, key, optional: optional || undefined });
}
