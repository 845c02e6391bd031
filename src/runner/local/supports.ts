import type { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Task } from '../../ir/task.ts';
import { hasFieldValue, type UserEnvironment } from './environment.ts';

/** Reports all that processes of one machine cannot mean, before anything runs. */
export function supportsLocal(pipeline: Pipeline, user: UserEnvironment, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    checkProgram(task, diagnostics);
    checkEnvironment(task, user, diagnostics);
    checkVolumes(task, diagnostics);
    checkOutputs(task, diagnostics);
  }
  checkHardware(pipeline, diagnostics);
}

function checkProgram(task: Task, diagnostics: Collector): void {
  const { program, workingDir, volumes } = task.container;
  const place = { origin: task.origin };
  const isEmpty = program.kind === 'command' && (program.command === undefined || program.command.length === 0);
  if (isEmpty) diagnostics.report('PL290', { task: task.name }, place);
  if (workingDir !== undefined && !volumes.some(({ mountPath }) => mountPath === workingDir)) {
    diagnostics.report('PL299', { task: task.name, workingDir }, place);
  }
}

function checkEnvironment(task: Task, user: UserEnvironment, diagnostics: Collector): void {
  const { variables, from } = task.container.environment;
  const place = { origin: task.origin };
  for (const variable of variables) {
    const { kind, name } = variable;
    if (kind === 'secret' || kind === 'configMap') {
      if (variable.optional || user[name] !== undefined) continue;
      diagnostics.report('PL294', { variable: name, kind: wordFor(kind), object: variable.object }, place);
    } else if (kind === 'field') {
      if (hasFieldValue(variable.fieldPath)) continue;
      diagnostics.report('PL297', { variable: name, field: variable.fieldPath }, place);
    } else if (kind === 'resource') {
      diagnostics.report('PL297', { variable: name, field: variable.resource }, place);
    }
  }
  for (const { kind, object, optional } of from) {
    if (!optional) diagnostics.report('PL295', { task: task.name, kind: wordFor(kind), object }, place);
  }
}

function checkVolumes(task: Task, diagnostics: Collector): void {
  const place = { origin: task.origin };
  for (const { source, mountPath } of task.container.volumes) {
    if ((source.kind === 'configMap' || source.kind === 'secret') && !source.optional) {
      diagnostics.report('PL296', { task: task.name, kind: wordFor(source.kind), object: source.object }, place);
    }
    if (literals(task).some((text) => mentions(text, mountPath))) {
      diagnostics.report('PL305', { task: task.name, path: mountPath }, place);
    }
  }
}

function checkOutputs(task: Task, diagnostics: Collector): void {
  for (const output of task.outputs) {
    if (output.kind !== 's3') continue;
    diagnostics.report('PL298', { task: task.name, output: output.name }, { origin: task.origin });
  }
}

/** One warning for the whole pipeline. */
function checkHardware(pipeline: Pipeline, diagnostics: Collector): void {
  const words = new Set<string>();
  const tasks: string[] = [];
  for (const task of pipeline.tasks) {
    const own = hardwareWords(task);
    if (own.length > 0) tasks.push(task.name);
    for (const word of own) words.add(word);
  }
  if (tasks.length === 0) return;
  diagnostics.report('PL300', { tasks, words: [...words] }, { origin: pipeline.origin });
}

function hardwareWords(task: Task): string[] {
  const { placement, patches } = task;
  const words: string[] = [];
  if (task.gpu !== undefined) words.push('gpu');
  if (task.shm !== undefined) words.push('shm');
  if (placement.spread !== undefined) words.push('spread');
  if (placement.antiAffinity !== undefined) words.push('antiAffinity');
  if (placement.priority !== undefined) words.push('priority');
  if (patches.podSpec !== undefined) words.push('podSpecPatch');
  return words;
}

/** What the task's program and environment say themselves, without references. */
function literals(task: Task): string[] {
  const { program, environment } = task.container;
  const argv = program.kind === 'script' ? program.args : [...(program.command ?? []), ...(program.args ?? [])];
  const texts = argv.flatMap((argument) => (argument.kind === 'text' ? [argument.text] : []));
  for (const variable of environment.variables) if (variable.kind === 'text') texts.push(variable.text);
  const parts = texts.flatMap((text) => text.filter((part) => typeof part === 'string'));
  return program.kind === 'script' ? [...parts, program.source] : parts;
}

/** Whether a path, or one below it, stands in a text as a path of its own. */
function mentions(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1];
    const after = text[at + path.length];
    const startsHere = before === undefined || !/[\w./-]/.test(before);
    const endsHere = after === undefined || !/[\w.-]/.test(after);
    if (startsHere && endsHere) return true;
  }
  return false;
}

function wordFor(kind: 'secret' | 'configMap'): string {
  return kind === 'secret' ? 'Secret' : 'ConfigMap';
}
