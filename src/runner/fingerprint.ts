import type { ItemValue } from '../ir/items.ts';
import type { Json, JsonObject } from '../ir/scalar.ts';
import type { Task } from '../ir/task.ts';
import type { Reference } from '../ir/text.ts';
import { hashText } from '../units/hash.ts';
import { lookupValue, taskReferences } from './inputs.ts';
import type { Units } from './units.ts';
import type { RunValues } from './values.ts';

/** 48 bits: among 20,000 items that have changed, one is taken for unchanged once in ten billion times. */
const LENGTH = 12;
/** What of a raw patch onto the pod shapes containers; the rest says where and when pods run. */
const SHAPING_FIELDS = ['containers', 'initContainers', 'volumes', 'securityContext'];

/**
 * What each unit of a task would be made by now, as a hash: the task's code, the values of parameters and outputs that it uses, and the
 * values of its items. Not where, when or how often it runs. The number of an item counts only where the task uses it.
 */
export function fingerprints(task: Task, units: Units, values: RunValues): (unit: number) => string {
  const usesNumber = taskReferences(task).some(({ kind }) => kind === 'index');
  let code: string | undefined;
  return (unit) => {
    code ??= hashText(canonical([definitionOf(task), usedValues(task, values)]));
    const items = units.items(unit).map(itemTexts);
    return hashText(canonical([code, items, usesNumber ? unit : null]), LENGTH);
  };
}

/** A hash of the values that pods of the task read from outside of their template; undefined: they read none. */
export function valuesHash(task: Task, values: RunValues): string | undefined {
  const used = usedValues(task, values);
  return Object.keys(used).length === 0 ? undefined : hashText(canonical(used));
}

function usedValues(task: Task, values: RunValues): { readonly [reference: string]: string } {
  const used: { [reference: string]: string } = {};
  for (const reference of taskReferences(task)) {
    const name = nameOf(reference);
    if (name !== undefined) used[name] ??= lookupValue(reference, values);
  }
  return used;
}

function nameOf(reference: Reference): string | undefined {
  switch (reference.kind) {
    case 'parameter':
      return reference.parameter;
    case 'output':
      return `${reference.task}.${reference.output}`;
    // Of the item, or the same in all that a run does; how a run has ended is no version of a task.
    case 'item':
    case 'batch':
    case 'index':
    case 'mount':
    case 'run':
    case 'status':
      return undefined;
  }
}

function definitionOf({ container, replicas, outputs, patches }: Task): object {
  const { image, program, environment, workingDir, volumes, security } = container;
  const job = patches.job?.['spec'] as { readonly template?: { readonly spec?: JsonObject } } | undefined;
  const patched = [patches.podSpec, job?.template?.spec].map(shapingOf);
  return { image, program, environment, workingDir, volumes, security, replicas, outputs, patched };
}

function shapingOf(patch: JsonObject | undefined): JsonObject {
  const fields = Object.entries(patch ?? {}).filter(([field]) => SHAPING_FIELDS.includes(field));
  return Object.fromEntries(fields.map(([field, value]) => [field, withoutResources(value)]));
}

function withoutResources(value: Json): Json {
  if (!Array.isArray(value)) return value;
  return value.map((one: Json) =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? { ...one, resources: null } : one,
  );
}

/** As programs get it: `1` is `"1"`, and the order of fields says nothing. */
function itemTexts(item: ItemValue): string | { readonly [field: string]: string } {
  if (typeof item !== 'object') return String(item);
  return Object.fromEntries(Object.entries(item).map(([field, value]) => [field, String(value)]));
}

/** JSON with sorted fields: a plan that was read back is the same as what it was written from. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
