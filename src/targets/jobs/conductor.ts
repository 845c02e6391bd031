import { PIPELINE_LABEL } from '../../ir/labels.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { hashText } from '../../units/hash.ts';
import { compact } from '../pod/index.ts';
import { metadata, neverPruned, serviceAccountWith } from '../supporting/index.ts';
import { runnerRules } from './runner-rules.ts';

/** The image with podloom's program. Where it is mirrored, `images:` of a kustomization replaces it. */
export const CONDUCTOR_IMAGE = 'ghcr.io/podloom/podloom:0.1';

/** The 31st of February: valid, and it never comes. The CronJob is suspended besides. */
const NEVER = '0 0 31 2 *';

/**
 * Failed runs of the schedule that stay, with their Jobs and pods. With the default of Kubernetes, 1, a night that fails takes the one before
 * with it; with 3, as it keeps of those that succeeded, a weekend and Monday's run can be compared.
 */
const FAILED_RUNS = 3;

/** What Jobs of conductors, and their pods, are found by. */
export const COMPONENT_LABEL = 'app.kubernetes.io/component';
export const CONDUCTOR = 'conductor';

const PLAN_FOLDER = '/podloom/plan';
/** The logs of a run and its state, as long as the pod lives: the root of its file system is read-only. */
const RUNS_FOLDER = '/podloom/runs';

export function conductorName(pipeline: string): string {
  return `${pipeline}-conductor`;
}

/** What the conductor may do, and only in its namespace. What is the same for all runs is there before it: GitOps applies that. */
export function conductorAccount(pipeline: Pipeline): JsonObject[] {
  return serviceAccountWith(pipeline, conductorName(pipeline.name), runnerRules(pipeline, { maxRunning: false }));
}

/**
 * Starts a run: `kubectl create job --from=cronjob/<pipeline> <run>`, and by its schedule, if it has one. The conductor owns the
 * ConfigMap of its run, which owns the Jobs: when this CronJob replaces or removes a conductor, its run goes too.
 */
export function conductorCronJob(pipeline: Pipeline, plans: readonly string[]): JsonObject {
  const { schedule } = pipeline;
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: metadata(pipeline, pipeline.name),
    spec: compact({
      schedule: schedule?.cron ?? NEVER,
      timeZone: schedule?.timeZone ?? 'Etc/UTC',
      suspend: schedule?.suspend ?? true,
      concurrencyPolicy: schedule?.concurrencyPolicy,
      startingDeadlineSeconds: schedule?.startingDeadlineSeconds,
      failedJobsHistoryLimit: FAILED_RUNS,
      jobTemplate: { metadata: { labels: conductorLabels(pipeline) }, spec: conductorSpec(pipeline, plans) },
    }),
  };
}

/** With `runOnChange`: a Job named by all that it runs. The same commit again changes nothing, so nothing runs again. */
export function conductorJob(pipeline: Pipeline, plans: readonly string[]): JsonObject {
  const spec = conductorSpec(pipeline, plans);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: metadata(pipeline, `${pipeline.name}-${hashText(JSON.stringify(spec))}`, {
      labels: { [COMPONENT_LABEL]: CONDUCTOR },
      annotations: neverPruned,
    }),
    spec,
  };
}

/**
 * A conductor that is moved or crashes is started again and goes on where the run stands. It ends with 1 when items failed and
 * with 2 when the plan cannot run: then nothing is gained by another try.
 */
function conductorSpec(pipeline: Pipeline, plans: readonly string[]): JsonObject {
  return {
    backoffLimit: 6,
    podFailurePolicy: {
      rules: [
        { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        { action: 'FailJob', onExitCodes: { containerName: 'conductor', operator: 'In', values: [1, 2] } },
      ],
    },
    template: { metadata: { labels: conductorLabels(pipeline) }, spec: conductorPod(pipeline, plans) },
  };
}

function conductorPod(pipeline: Pipeline, plans: readonly string[]): JsonObject {
  return {
    restartPolicy: 'Never',
    serviceAccountName: conductorName(pipeline.name),
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [conductorContainer()],
    volumes: [
      { name: 'plan', projected: { sources: plans.map((name) => ({ configMap: { name } })) } },
      { name: 'runs', emptyDir: {} },
    ],
  };
}

/** The run is called as its Job, which owns it; both are read from the pod's labels (Kubernetes 1.27 and newer). */
function conductorContainer(): JsonObject {
  const label = (name: string): JsonObject => ({
    fieldRef: { fieldPath: `metadata.labels['batch.kubernetes.io/${name}']` },
  });
  return {
    name: 'conductor',
    image: CONDUCTOR_IMAGE,
    args: ['conduct', '--plan', PLAN_FOLDER, '--logdir', RUNS_FOLDER],
    env: [
      { name: 'PODLOOM_RUN', valueFrom: label('job-name') },
      { name: 'PODLOOM_JOB_UID', valueFrom: label('controller-uid') },
      { name: 'PODLOOM_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ],
    resources: { requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'plan', mountPath: PLAN_FOLDER, readOnly: true },
      { name: 'runs', mountPath: RUNS_FOLDER },
    ],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    },
    terminationMessagePolicy: 'FallbackToLogsOnError',
  };
}

function conductorLabels(pipeline: Pipeline): JsonObject {
  return { [PIPELINE_LABEL]: pipeline.name, [COMPONENT_LABEL]: CONDUCTOR };
}
