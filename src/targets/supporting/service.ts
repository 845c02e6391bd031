import { PIPELINE_LABEL, TASK_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { serviceName } from '../pod/names.ts';
import { metadata } from './metadata.ts';

/**
 * The Service through which the ranks of a task find each other: it gives each pod the DNS name `<job>-<rank>.<service>`, before
 * it is ready, because ranks wait for each other to become so. Jobs of different runs have different names, so one does for all.
 */
export function headlessService(pipeline: Pipeline, task: Task): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(pipeline, serviceName(pipeline.name, task.name), { task: task.name }),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: { [PIPELINE_LABEL]: pipeline.name, [TASK_LABEL]: task.name },
    },
  };
}
