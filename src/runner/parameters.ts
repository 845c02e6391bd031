import type { Collector } from '../diagnostics/collector.ts';
import type { Parameter, Pipeline } from '../ir/pipeline.ts';
import type { Scalar } from '../ir/scalar.ts';

/** The parameters of a run: what was given (`-p name=value`, as text), else the defaults. Reports all that is wrong. */
export function resolveParameters(
  pipeline: Pipeline,
  given: { readonly [name: string]: string },
  diagnostics: Collector,
): ReadonlyMap<string, Scalar> {
  const values = new Map<string, Scalar>();
  const place = { origin: pipeline.origin };
  const known = pipeline.parameters.map((parameter) => parameter.name);
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) diagnostics.report('PL292', { pipeline: pipeline.name, name, known }, place);
  }
  for (const parameter of pipeline.parameters) {
    const text = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    if (text === undefined) {
      if (parameter.default !== undefined) values.set(parameter.name, parameter.default);
      else diagnostics.report('PL291', { pipeline: pipeline.name, name: parameter.name }, place);
      continue;
    }
    const value = parse(parameter, text);
    if (value !== undefined && (parameter.options === undefined || parameter.options.includes(value))) {
      values.set(parameter.name, value);
      continue;
    }
    const wanted = parameter.options ? `one of ${parameter.options.map(String).join(', ')}` : `a ${parameter.type}`;
    diagnostics.report('PL293', { name: parameter.name, text, wanted }, place);
  }
  return values;
}

function parse(parameter: Parameter, text: string): Scalar | undefined {
  switch (parameter.type) {
    case 'string':
      return text;
    case 'number': {
      const value = Number(text);
      return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
    }
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
  }
}
