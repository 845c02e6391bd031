import type { Collector } from '../diagnostics/collector.ts';
import type { Parameter, Pipeline } from '../ir/pipeline.ts';
import type { Profile } from '../ir/profile.ts';
import type { Scalar } from '../ir/scalar.ts';
import { envNameOf } from '../units/env-name.ts';
import { quoted } from '../units/parsed.ts';

/** Parameters and outputs have names that fit everywhere; parameters have values where nobody can give them. */
export function checkParameters(pipeline: Pipeline, _profile: Profile, diagnostics: Collector): void {
  const place = { origin: pipeline.origin };
  checkNames('parameters', 'a parameter', pipeline.parameters, 'PODLOOM_PARAMETER_', place, diagnostics);
  for (const task of pipeline.tasks) {
    checkNames('outputs', 'an output', task.outputs, 'PODLOOM_OUTPUT_', { origin: task.origin }, diagnostics);
  }
  const cause = pipeline.schedule !== undefined ? 'a schedule' : pipeline.runOnChange ? '`runOnChange`' : undefined;
  for (const parameter of pipeline.parameters) {
    const problem = problemOf(parameter);
    if (problem !== undefined) diagnostics.report('PL135', { parameter: parameter.name, problem }, place);
    if (cause !== undefined && parameter.default === undefined) {
      diagnostics.report('PL134', { parameter: parameter.name, cause }, place);
    }
  }
}

function checkNames(
  plural: string,
  singular: string,
  named: readonly { readonly name: string }[],
  prefix: string,
  place: { readonly origin: Pipeline['origin'] },
  diagnostics: Collector,
): void {
  const first = new Map<string, string>();
  for (const { name } of named) {
    if (!/^[A-Za-z][-_A-Za-z0-9]{0,62}$/.test(name)) {
      diagnostics.report('PL145', { what: singular, name: quoted(name) }, place);
      continue;
    }
    const variable = prefix + envNameOf(name);
    const before = first.get(variable);
    if (before === undefined) first.set(variable, name);
    else diagnostics.report('PL144', { what: plural, first: before, second: name, variable }, place);
  }
}

function problemOf({ type, default: given, options }: Parameter): string | undefined {
  if (options?.length === 0) return '`options` is empty, so no value is possible';
  for (const value of [...(options ?? []), ...(given === undefined ? [] : [given])]) {
    if (typeof value !== type) return `${show(value)} is not a ${type}`;
    if (typeof value === 'number' && !Number.isFinite(value)) return `${value} is not a finite number`;
  }
  if (given !== undefined && options !== undefined && !options.includes(given)) {
    return `the default ${show(given)} is none of the options ${options.map(show).join(', ')}`;
  }
  return undefined;
}

function show(value: Scalar): string {
  return typeof value === 'string' ? quoted(value) : String(value);
}
