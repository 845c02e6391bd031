import { PIPELINE_LABEL, TASK_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject, StringMap } from '../../ir/scalar.ts';
import { compact } from '../pod/compact.ts';

export interface MetadataOptions {
  readonly task?: string | undefined;
  readonly labels?: StringMap | undefined;
  readonly annotations?: StringMap | undefined;
}

/** `metadata` of an object of podloom's: the chart's namespace and labels, and podloom's labels over them. */
export function metadata(pipeline: Pipeline, name: string, options: MetadataOptions = {}): JsonObject {
  const { task, labels, annotations } = options;
  return compact({
    name,
    namespace: pipeline.namespace,
    labels: {
      ...pipeline.labels,
      ...labels,
      [PIPELINE_LABEL]: pipeline.name,
      ...(task !== undefined && { [TASK_LABEL]: task }),
    },
    annotations,
  });
}

/**
 * For objects named by their content: a commit that takes one out of the files must not take it from the runs that use it.
 * Argo CD and Flux each have a word for that; `podloom gc` removes what no run uses.
 */
export const neverPruned: StringMap = {
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
};
