import { dirname } from 'node:path';
import type { ItemValue } from '../../ir/items.ts';
import type { EnvironmentVariable, Task } from '../../ir/task.ts';
import { envNameOf } from '../../units/env-name.ts';
import { taskReferences } from '../inputs.ts';
import type { RunValues } from '../values.ts';
import { itemText, resolveText, type UnitScope } from './resolve.ts';

export type Variables = { [name: string]: string };
export type UserEnvironment = { readonly [name: string]: string | undefined };

/** Host of all replicas. */
const LOOPBACK = '127.0.0.1';

/**
 * What a process inherits: the user's own environment, without what podloom itself sets, with the Node that runs
 * podloom first in the PATH.
 */
export function inheritedEnvironment(user: UserEnvironment, execPath: string): Variables {
  const variables: Variables = {};
  for (const [name, value] of Object.entries(user)) {
    if (value === undefined || name.startsWith('PODLOOM_') || name === 'ITEM' || name.startsWith('ITEM_')) continue;
    variables[name] = value;
  }
  variables['PATH'] = [dirname(execPath), user['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(':');
  return variables;
}

/** What is the same for all units of a task: parameters, inputs, the run's name and outcome. */
export function runVariables(task: Task, values: RunValues): Variables {
  const variables: Variables = { PODLOOM_RUN: values.run };
  if (task.phase === 'exit') variables['PODLOOM_STATUS'] = values.status;
  for (const [name, value] of values.parameters) variables[`PODLOOM_PARAMETER_${envNameOf(name)}`] = String(value);
  for (const reference of taskReferences(task)) {
    if (reference.kind !== 'output') continue;
    const name = `PODLOOM_INPUT_${envNameOf(reference.task)}_${envNameOf(reference.output)}`;
    variables[name] = values.outputText(reference.task, reference.output);
  }
  return variables;
}

/** The item of a unit as the script of a pod exports it: `ITEM`, or `ITEM_<FIELD>` for each field. A batch has neither. */
export function itemVariables(task: Task, items: readonly ItemValue[]): Variables {
  const [item] = items;
  if (item === undefined || (task.forEach?.batch ?? 1) > 1) return {};
  if (typeof item !== 'object') return { ITEM: itemText(item, undefined) };
  return Object.fromEntries(Object.keys(item).map((field) => [`ITEM_${envNameOf(field)}`, itemText(item, field)]));
}

/** The variables of the container. Those that come from Secrets and ConfigMaps are the user's own of the same name. */
export function containerVariables(task: Task, scope: UnitScope, user: UserEnvironment): Variables {
  const variables: Variables = {};
  for (const variable of task.container.environment.variables) {
    const value = variableValue(variable, scope, user);
    if (value !== undefined) variables[variable.name] = value;
  }
  return variables;
}

function variableValue(variable: EnvironmentVariable, scope: UnitScope, user: UserEnvironment): string | undefined {
  switch (variable.kind) {
    case 'text':
      return resolveText(variable.text, scope);
    case 'secret':
    case 'configMap':
      return user[variable.name];
    case 'field':
      return hasFieldValue(variable.fieldPath) ? FIELDS[variable.fieldPath]!(scope) : undefined;
    case 'resource':
      return undefined;
  }
}

/** Fields of a pod that mean something on one machine. */
const FIELDS: { readonly [path: string]: (scope: UnitScope) => string } = {
  'metadata.name': (scope) => `${scope.values.run}-${scope.index}`,
  'metadata.namespace': () => 'default',
  'spec.nodeName': () => 'localhost',
  'status.hostIP': () => LOOPBACK,
  'status.podIP': () => LOOPBACK,
};

export function hasFieldValue(fieldPath: string): boolean {
  return Object.hasOwn(FIELDS, fieldPath);
}

export function rankVariables(rank: number, size: number, port: number): Variables {
  return { RANK: String(rank), WORLD_SIZE: String(size), MASTER_ADDR: LOOPBACK, MASTER_PORT: String(port) };
}
