import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject, StringMap } from '../../ir/scalar.ts';
import { metadata, neverPruned } from './metadata.ts';

/** A ConfigMap named by its content: nobody can change it, and old ones stay for the runs that use them. */
export function contentConfigMap(pipeline: Pipeline, name: string, data: StringMap, task?: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(pipeline, name, { task, annotations: neverPruned }),
    immutable: true,
    data,
  };
}

/** A ConfigMap of one run. */
export function runConfigMap(pipeline: Pipeline, name: string, runLabels: StringMap, data: StringMap): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(pipeline, name, { labels: runLabels }), data };
}
