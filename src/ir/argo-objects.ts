import type { JsonObject } from './scalar.ts';

/** What a run of a pipeline under Argo Workflows is made of, as the target makes it. The runner applies and creates it. */
export interface ArgoObjects {
  /** All that has to be there first: accounts, tables, the WorkflowTemplate. The same for all runs. */
  readonly base: readonly JsonObject[];
  /** A Workflow of the template, without a name and without parameters. */
  readonly workflow: JsonObject;
  /** What each task is called in the DAGs, by name of the task. */
  readonly nodeNames: ReadonlyMap<string, string>;
  /** The same for all runs of the same version of the pipeline. */
  readonly version: string;
}
