import type { Task } from '../../ir/task.ts';
import type { EnvironmentEntry, PodContext } from './context.ts';
import { serviceName } from './names.ts';

/** PyTorch's own default. */
export const MASTER_PORT = 29500;

/**
 * What the ranks of a task need to find each other, in the words of torch.distributed. The Job controller puts
 * JOB_COMPLETION_INDEX at the end of `env`, too late for `$(…)`, so RANK reads the same annotation. The name of the Job is
 * read from its pods' label (Kubernetes 1.27 and newer): it differs from run to run, and under Argo it is generated.
 */
export function replicaEnvironment({ name, replicas }: Task, { pipeline }: PodContext): EnvironmentEntry[] {
  if (replicas === undefined) return [];
  return [
    { name: 'PODLOOM_JOB', valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } } },
    {
      name: 'RANK',
      valueFrom: { fieldRef: { fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']" } },
    },
    { name: 'WORLD_SIZE', value: String(replicas) },
    { name: 'MASTER_ADDR', value: `$(PODLOOM_JOB)-0.${serviceName(pipeline.name, name)}` },
    { name: 'MASTER_PORT', value: String(MASTER_PORT) },
  ];
}
