import { PIPELINE_LABEL, RUN_LABEL, TASK_LABEL } from '../../ir/labels.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { compact } from './compact.ts';
import { busyboxContainer, mainContainer } from './container.ts';
import type { PodContext } from './context.ts';
import { serviceName } from './names.ts';
import { placement } from './placement.ts';
import { podSecurity } from './security.ts';
import { strategicMerge } from './strategic-merge.ts';
import { attachments, BUSYBOX_FOLDER } from './volumes.ts';

/** The `spec` of the pods of a task, as JSON of its own; the user's podSpec patch is applied. Pure. */
export function podSpec(task: Task, context: PodContext): JsonObject {
  const { volumes, mounts } = attachments(task, context);
  const injected = mounts.some(({ mountPath }) => mountPath === BUSYBOX_FOLDER);
  const spec = compact({
    restartPolicy: 'Never',
    serviceAccountName: task.serviceAccount,
    automountServiceAccountToken: false,
    // Else each Service of the namespace adds variables, which `$(…)` in a command would pick up.
    enableServiceLinks: false,
    imagePullSecrets: task.imagePullSecrets.map((name) => ({ name })),
    securityContext: podSecurity(task.container.security),
    ...placement(task, context),
    schedulingGates: context.schedulingGates.map((name) => ({ name })),
    subdomain: task.replicas === undefined ? undefined : serviceName(context.pipeline.name, task.name),
    terminationGracePeriodSeconds: task.terminationGraceSeconds,
    activeDeadlineSeconds: task.timeoutSeconds,
    initContainers: injected ? [busyboxContainer(task, context)] : [],
    containers: [mainContainer(task, context, mounts)],
    volumes,
  });
  return task.patches.podSpec === undefined ? spec : strategicMerge(spec, task.patches.podSpec);
}

/** Labels and annotations of the pods of a task. podloom's labels win over the user's. Pure. */
export function podMetadata(task: Task, context: PodContext): JsonObject {
  return compact({ labels: podLabels(task, context), annotations: task.podAnnotations });
}

function podLabels(task: Task, { pipeline, run }: PodContext): JsonObject {
  return { ...task.podLabels, [PIPELINE_LABEL]: pipeline.name, [TASK_LABEL]: task.name, [RUN_LABEL]: run };
}
