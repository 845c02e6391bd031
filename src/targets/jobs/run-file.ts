import type { Manifest } from '../../ir/bundle.ts';
import { RUN_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import { runReferences } from '../items/index.ts';
import { runConfigMap } from '../supporting/index.ts';
import type { TaskManifests } from './tasks.ts';
import { outputsName, parametersName, usesOutputs } from './values.ts';

/**
 * `jobs/<pipeline>.yaml`: one run, as the runner makes it (which appends `-<run>` to the names of what belongs to one run, and
 * sets the run label). Jobs stand in the order in which they are made; applied all at once they would all start at once.
 * No RBAC: the pods of a run mount no token.
 */
export function runFile(pipeline: Pipeline, parts: readonly TaskManifests[], run: string): Manifest[] {
  return [
    ...pipeline.extras,
    ...runConfigMaps(pipeline, run).map((object) => ({ object, origin: pipeline.origin })),
    ...parts.flatMap(({ shared }) => shared),
    ...parts.flatMap(({ jobs }) => jobs),
  ];
}

function runConfigMaps(pipeline: Pipeline, run: string): Manifest['object'][] {
  const labels = { [RUN_LABEL]: run };
  const { name, parameters } = pipeline;
  const defaults = parameters.flatMap((parameter) =>
    parameter.default === undefined ? [] : [[parameter.name, String(parameter.default)] as const],
  );
  return [
    ...(parameters.length === 0
      ? []
      : [runConfigMap(pipeline, parametersName(name), labels, Object.fromEntries(defaults))]),
    ...(readsOutputs(pipeline) ? [runConfigMap(pipeline, outputsName(name), labels, {})] : []),
  ];
}

/** Whether any pod reads the ConfigMap of outputs. */
export function readsOutputs(pipeline: Pipeline): boolean {
  const outputs = new Map(
    pipeline.tasks.flatMap((task) => task.outputs.map((output) => [`${task.name}\0${output.name}`, output] as const)),
  );
  return pipeline.tasks.some((task) =>
    runReferences(task).some((reference) => usesOutputs(reference, (from, name) => outputs.get(`${from}\0${name}`))),
  );
}
