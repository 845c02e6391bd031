import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { planStrategies, type Strategy } from './plan.ts';
import { isParameter, outputOf, usedOutputs } from './references.ts';

/** Pipelines with at most so many tasks have a template for each, so that what is read is what runs. */
const OWN_TEMPLATES = 50;

/** What is known of a pipeline as a whole while its templates are made. */
export interface Scene {
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  readonly tasks: ReadonlyMap<string, Task>;
  readonly strategies: ReadonlyMap<string, Strategy>;
  /** Tasks of the same shape share a template. */
  readonly sharing: boolean;
  /** Tasks whose values or lists are used by others. */
  readonly exporting: ReadonlySet<string>;
}

export function sceneOf(pipeline: Pipeline, profile: Profile): Scene {
  const tasks = new Map(pipeline.tasks.map((task) => [task.name, task]));
  const used = pipeline.tasks.flatMap(usedOutputs).filter((reference) => isParameter(outputOf(tasks, reference)));
  return {
    pipeline,
    profile,
    tasks,
    strategies: planStrategies(pipeline),
    sharing: pipeline.tasks.length > OWN_TEMPLATES,
    exporting: new Set(used.map(({ task }) => task)),
  };
}

/** The template of a task, and what a DAG has to give it. */
export interface Leaf {
  readonly template: JsonObject;
  /** Templates below it: the parts of a task that is several Jobs. */
  readonly below: readonly JsonObject[];
  /** Arguments that are the same text whenever the task runs. */
  readonly literals: readonly { readonly name: string; readonly value: string }[];
}
