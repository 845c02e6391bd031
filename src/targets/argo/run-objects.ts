import { Collector } from '../../diagnostics/collector.ts';
import type { ArgoObjects } from '../../ir/argo-objects.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { hashText } from '../../units/hash.ts';
import { priorityClasses } from '../pod/index.ts';
import { lower } from './lower.ts';
import { dagNames } from './names.ts';
import { workflow } from './workflow.ts';

/** What a run of the pipeline needs: all of its file but the schedule, which a run by hand does not start. Pure. */
export function argoObjects(pipeline: Pipeline, profile: Profile): ArgoObjects {
  const { files } = lower(pipeline, profile, new Collector());
  const own = files.flatMap(({ manifests }) => manifests.map(({ object }) => object));
  const base = [
    ...priorityClasses([pipeline]).map(({ object }) => object),
    ...own.filter((object) => !isSchedule(object)),
  ];
  const { generateName: _, ...metadata } = workflow(pipeline)['metadata'] as JsonObject;
  return {
    base,
    workflow: { ...workflow(pipeline), metadata },
    nodeNames: nodeNames(pipeline),
    version: hashText(JSON.stringify(base)),
  };
}

/** What each task is called in the DAG of its phase. */
export function nodeNames({ tasks }: Pipeline): ReadonlyMap<string, string> {
  const phases = (['main', 'exit'] as const).map((phase) => tasks.filter((task) => task.phase === phase));
  return new Map(phases.flatMap((members) => [...dagNames(members.map(({ name }) => name))]));
}

function isSchedule({ kind }: JsonObject): boolean {
  return kind === 'CronWorkflow';
}
