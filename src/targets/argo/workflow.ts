import { PIPELINE_LABEL, RUN_LABEL } from '../../ir/labels.ts';
import type { Parameter, Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { numericCron } from '../../units/cron.ts';
import { metadata } from '../supporting/index.ts';
import { executorAccount } from './names.ts';

export interface Templates {
  readonly entrypoint: string;
  readonly onExit: string | undefined;
  readonly templates: readonly JsonObject[];
}

/** The WorkflowTemplate that every run of the pipeline is made from. */
export function workflowTemplate(pipeline: Pipeline, { entrypoint, onExit, templates }: Templates): JsonObject {
  const { parameters, maxRunning, deadlineSeconds } = pipeline;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'WorkflowTemplate',
    metadata: metadata(pipeline, pipeline.name),
    spec: {
      entrypoint,
      ...(onExit !== undefined && { onExit }),
      ...(parameters.length > 0 && { arguments: { parameters: parameters.map(argument) } }),
      workflowMetadata: {
        labels: { [PIPELINE_LABEL]: pipeline.name },
        labelsFrom: { [RUN_LABEL]: { expression: 'workflow.name' } },
      },
      podMetadata: { labels: { [PIPELINE_LABEL]: pipeline.name, [RUN_LABEL]: '{{workflow.name}}' } },
      serviceAccountName: executorAccount(pipeline),
      // Argo's executor reports results with it; the account may do nothing else. Argo writes only `false` onto its pods
      // (workflowpod.go, 3.7 and 4.1), and the account itself says `false`, so the patch says it.
      automountServiceAccountToken: true,
      podSpecPatch: '{"automountServiceAccountToken":true,"enableServiceLinks":false}',
      ...(maxRunning !== undefined && { parallelism: maxRunning }),
      ...(deadlineSeconds !== undefined && { activeDeadlineSeconds: deadlineSeconds }),
      templates,
    },
  };
}

function argument({ name, default: value, options, description }: Parameter): JsonObject {
  return {
    name,
    ...(value !== undefined && { value: String(value) }),
    ...(options !== undefined && { enum: options.map(String) }),
    ...(description !== undefined && { description }),
  };
}

/**
 * A run of the template, for `kubectl create -f`: each creation is a new one. Not for GitOps, which cannot own a generated name.
 * Parameters without a default have to be added to it.
 */
export function workflow(pipeline: Pipeline): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: generated(metadata(pipeline, pipeline.name)),
    spec: { workflowTemplateRef: { name: pipeline.name } },
  };
}

function generated({ name, ...rest }: JsonObject): JsonObject {
  return { generateName: `${String(name)}-`, ...rest };
}

/** Starts a run at the times of the schedule. undefined: the pipeline has none. */
export function cronWorkflow(pipeline: Pipeline): JsonObject | undefined {
  const { schedule } = pipeline;
  if (schedule === undefined) return undefined;
  const { cron, timeZone, concurrencyPolicy, startingDeadlineSeconds, suspend } = schedule;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'CronWorkflow',
    metadata: metadata(pipeline, pipeline.name),
    spec: {
      // The full CRDs of Argo 4 take no names of months and days (a pattern; 3.7 and the controller do).
      schedules: [numericCron(cron)],
      timezone: timeZone,
      concurrencyPolicy,
      ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
      ...(suspend && { suspend }),
      workflowSpec: { workflowTemplateRef: { name: pipeline.name } },
    },
  };
}
