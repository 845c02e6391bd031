import type { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Task } from '../../ir/task.ts';
import { gathersOutputs, usesScript } from './command.ts';
import type { ItemOptions } from './options.ts';
import { environmentName, type RunReference, runReferences } from './references.ts';
import { CONFIG_MAP_LIMIT, tableOf } from './table.ts';

const MEBIBYTE = 1024 * 1024;
const TABLES_WARNING = 16 * MEBIBYTE;
const TABLES_ERROR = 64 * MEBIBYTE;

/** Reports what the tables and the script cannot carry: called by `supports` of each target that uses them. */
export function supportsItems(pipeline: Pipeline, options: ItemOptions, diagnostics: Collector): void {
  for (const task of pipeline.tasks) {
    checkTables(task, diagnostics);
    checkSource(task, diagnostics);
    checkVariables(task, diagnostics);
    checkEntrypoint(task, options, diagnostics);
    checkCarried(task, options, diagnostics);
  }
}

function checkTables(task: Task, diagnostics: Collector): void {
  const table = task.forEach && tableOf(task.forEach);
  if (table === undefined) return;
  const params = { task: task.name, mebibytes: (table.bytes / MEBIBYTE).toFixed(1) };
  if (table.bytes > TABLES_ERROR) diagnostics.report('PL061', params, { origin: task.origin });
  else if (table.bytes > TABLES_WARNING) diagnostics.report('PL060', params, { origin: task.origin });
  const unit = table.sizes.findIndex((size) => size > CONFIG_MAP_LIMIT);
  if (unit < 0) return;
  const kibibytes = Math.ceil((table.sizes[unit] ?? 0) / 1024);
  diagnostics.report('PL062', { what: `unit ${unit} of task "${task.name}"`, kibibytes }, { origin: task.origin });
}

function checkSource(task: Task, diagnostics: Collector): void {
  const { program } = task.container;
  if (program.kind !== 'script') return;
  const bytes = Buffer.byteLength(program.source);
  if (bytes <= CONFIG_MAP_LIMIT) return;
  const params = { what: `the script of task "${task.name}"`, kibibytes: Math.ceil(bytes / 1024) };
  diagnostics.report('PL062', params, { origin: task.origin });
}

/** Two parameters are reported for all pipelines, whether a task uses them or not. */
function checkVariables(task: Task, diagnostics: Collector): void {
  const users = new Map<string, RunReference>();
  for (const reference of runReferences(task)) {
    const variable = environmentName(reference);
    const other = users.get(variable);
    if (other === undefined) users.set(variable, reference);
    else if (other.kind !== 'parameter' || reference.kind !== 'parameter') {
      const params = { variable, first: describe(other), second: describe(reference) };
      diagnostics.report('PL063', params, { origin: task.origin });
    }
  }
}

function describe(reference: RunReference): string {
  switch (reference.kind) {
    case 'parameter':
      return `the parameter "${reference.parameter}"`;
    case 'output':
      return `the output "${reference.output}" of "${reference.task}"`;
    case 'run':
      return 'the name of the run';
    case 'status':
      return 'the outcome of the run';
  }
}

/** Items without a command are reported when the constructs are lowered. */
function checkEntrypoint(task: Task, options: ItemOptions, diagnostics: Collector): void {
  const { program } = task.container;
  if (task.forEach !== undefined || !usesScript(task, options) || !gathersOutputs(task, options)) return;
  if (program.kind === 'command' && program.command === undefined) {
    diagnostics.report('PL057', { task: task.name, reason: 'several outputs' }, { origin: task.origin });
  }
}

function checkCarried(task: Task, options: ItemOptions, diagnostics: Collector): void {
  const { forEach } = task;
  if (forEach?.items.kind !== 'output' || options.itemSource !== 'environment') return;
  if (forEach.batch > 1 || forEach.itemsPerPod > 1) {
    diagnostics.report(
      'PL064',
      { task: task.name, list: `${forEach.items.task}.${forEach.items.output}` },
      { origin: task.origin },
    );
  }
}
