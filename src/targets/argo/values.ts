import type { Task } from '../../ir/task.ts';
import type { Reference } from '../../ir/text.ts';
import { argoLiteral } from './expression.ts';
import { BRACE_VARIABLE } from './markup.ts';
import { isParameter, type OutputReference, outputOf, podOutputs, whenOutputs } from './references.ts';
import type { Scene } from './scene.ts';

/** An input parameter that carries an output of another task (in base64, which Argo leaves alone) or the length of a list. */
export interface Import {
  readonly name: string;
  readonly kind: 'value' | 'count';
  readonly reference: OutputReference;
}

/** Names of the values and lists that a pod of the task needs. */
export function podImports(task: Task, { tasks }: Scene): Import[] {
  return unique(
    podOutputs(task)
      .filter((each) => isParameter(outputOf(tasks, each)))
      .map(valueImport),
  );
}

/** All that a DAG has to know for the task: what its pods need, its `when` and the length of its list. */
export function taskImports(task: Task, scene: Scene): Import[] {
  const items = task.forEach?.items;
  const count: Import[] = items?.kind === 'output' ? [countImport(items.task, items.output)] : [];
  return unique([...podImports(task, scene), ...whenOutputs(task).map(valueImport), ...count]);
}

export function countImport(task: string, output: string): Import {
  return { name: `${task}__${output}`, kind: 'count', reference: { kind: 'output', task, output } };
}

function valueImport(reference: OutputReference): Import {
  return { name: `${reference.task}_${reference.output}`, kind: 'value', reference };
}

export function unique(imports: readonly Import[]): Import[] {
  return [...new Map(imports.map((each) => [each.name, each])).values()];
}

/** The output itself, in the DAG where its task is. A skipped task has none in Argo up to 3.7.15 and 4.0.6. */
function outputValue({ task, output }: OutputReference, dagTask: string, scene: Scene): string {
  if (scene.tasks.get(task)?.when === undefined) return `tasks['${dagTask}'].outputs.parameters['${output}']`;
  return `(tasks['${dagTask}']?.outputs?.parameters?.['${output}'] ?? '')`;
}

/** An argument of a DAG task. `local`: names of the DAG's own tasks, by name of the pipeline's task. */
export function importArgument(each: Import, local: ReadonlyMap<string, string>, scene: Scene): string {
  const dagTask = local.get(each.reference.task);
  if (dagTask === undefined) return `{{inputs.parameters.${each.name}}}`;
  const value = outputValue(each.reference, dagTask, scene);
  return each.kind === 'value' ? `{{=sprig.b64enc(${value})}}` : `{{=${listLets(value)}; len(l)}}`;
}

/** A reference in a `when`. */
export function whenValue(reference: Reference, local: ReadonlyMap<string, string>, scene: Scene): string {
  if (reference.kind !== 'output') return runValue(reference);
  const dagTask = local.get(reference.task);
  if (dagTask !== undefined) return outputValue(reference, dagTask, scene);
  return `sprig.b64dec(inputs.parameters['${valueImport(reference).name}'])`;
}

/** A reference in a pod, as a string expression whose value the kubelet gives back byte for byte. */
export function podValue(reference: Reference): string {
  if (reference.kind === 'run') return 'workflow.name';
  if (reference.kind === 'status') return runValue(reference);
  if (reference.kind === 'output')
    return forKubelet(`sprig.b64dec(inputs.parameters['${valueImport(reference).name}'])`);
  return forKubelet(runValue(reference));
}

function runValue(reference: Reference): string {
  switch (reference.kind) {
    case 'parameter':
      return `workflow.parameters['${reference.parameter}']`;
    case 'status':
      return `(workflow.status == 'Succeeded' ? 'Succeeded' : 'Failed')`;
    case 'run':
      return 'workflow.name';
    case 'output':
    case 'item':
    case 'batch':
    case 'index':
    case 'mount':
      throw new TypeError(`a reference to ${reference.kind} is not a value of the run`);
  }
}

/** `$` is doubled and `{{` gets a variable between its braces: then neither Argo nor the kubelet expands anything. */
function forKubelet(text: string): string {
  const brace = '\\u007b';
  return `replace(replace(${text}, '$', '$$'), '${brace}${brace}', '${brace}$(${BRACE_VARIABLE})')`;
}

/**
 * The item of a list made at run time, or one of its fields, encoded for the builtin `printf %b` as `encodeCarriedItem`
 * of the items does. The list is a global output; it never is an argument, because each item's node would keep all of it.
 */
export function carriedItem(task: string, output: string, field: string | undefined): string {
  const at = field === undefined ? '' : `[${argoLiteral(field)}]`;
  const item = `l[int(inputs.parameters['index'])]${at} ?? ''`;
  const text = "type(v) == 'string' ? v : toJson(v)";
  const octal = [
    ['\\\\', '\\\\0134'],
    ['\\u007b', '\\\\0173'],
    ['$', '\\\\0044'],
  ].reduce((expression, [from, to]) => `replace(${expression}, '${from}', '${to}')`, 't');
  return `${listLets(`workflow.outputs.parameters['${globalName(task, output)}']`)}; let v = ${item}; let t = ${text}; ${octal}`;
}

/** `l`: the elements of a list, which is JSON, or lines. */
function listLets(text: string): string {
  return `let r = ${text} ?? ''; let l = trim(r) startsWith '[' ? fromJSON(r) : filter(split(r, "\\n"), # != '')`;
}

/** Task names have no `_`, so that no two outputs share one. */
export function globalName(task: string, output: string): string {
  return `${task}_${output}`;
}
