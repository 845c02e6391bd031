import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import type { ArgoObjects } from '../../ir/argo-objects.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { FOLLOW_ARGO, startArgoRules } from '../access-rules.ts';
import { attempt, checkAccess, withoutKnownClasses } from '../preflight.ts';
import { UsageError } from '../usage-error.ts';
import type { ProblemContext } from '../write-problem.ts';
import type { FollowFlags } from './follow-run.ts';

export interface PrepareArgoOptions {
  readonly client: KubernetesClient;
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly context: ProblemContext;
}

/** Asks the API server, before anything is made, whether a run under Argo could be. Reports all that it finds. */
export async function prepareArgo(options: PrepareArgoOptions, diagnostics: Collector): Promise<ArgoObjects> {
  const { client, pipeline, profile, run, signal, context } = options;
  const [{ argoObjects }, { isArgoInstalled }, { WORKFLOW }] = await Promise.all([
    import('../../targets/argo/run-objects.ts'),
    import('../../runner/argo/submit.ts'),
    import('../../runner/argo/argo-watch.ts'),
  ]);
  const objects = await withoutKnownClasses(client, argoObjects(pipeline, profile), signal);
  // The runner says what is missing.
  if (!(await isArgoInstalled(client, signal))) return objects;
  await checkAccess(client, FOLLOW_ARGO, context, signal, diagnostics);
  if (diagnostics.hasErrors) return objects;
  if ((await client.get({ ...WORKFLOW, namespace: client.namespace, name: run }, { signal })) !== undefined)
    return objects;
  await checkAccess(client, startArgoRules(objects.base), context, signal, diagnostics);
  if (diagnostics.hasErrors) return objects;
  for (const object of objects.base) {
    await attempt(object, () => tryApply(client, object, signal), context, diagnostics);
  }
  return objects;
}

/** A RoleBinding whose Role a dry run does not make cannot be tried by those who are no administrators. */
async function tryApply(client: KubernetesClient, object: JsonObject, signal: AbortSignal): Promise<void> {
  try {
    await client.apply(object, { dryRun: true, signal });
  } catch (error) {
    const isUntried = object['kind'] === 'RoleBinding' && error instanceof ApiError && error.status === 404;
    if (!isUntried) throw error;
  }
}

/** Argo itself decides when pods start, and the Workflow what goes on after a failure. */
export function refuseRunnerFlags(flags: FollowFlags): void {
  const { maxRunning, maxPending, submitRate, pendingTimeout, failFast, keepGoing } = flags;
  const [after] = Object.entries({ 'fail-fast': failFast, 'keep-going': keepGoing }).find(([, value]) => value) ?? [];
  if (after !== undefined)
    throw new UsageError(
      `--${after} means nothing under Argo: the Workflow says what goes on after a failure`,
      'Leave it out; the edges of the pipeline hold there.',
    );
  const bounds = {
    ...{ 'max-running': maxRunning, 'max-pending': maxPending, 'submit-rate': submitRate },
    'pending-timeout': pendingTimeout,
  };
  const [flag] = Object.entries(bounds).find(([, value]) => value !== undefined) ?? [];
  if (flag === undefined) return;
  throw new UsageError(
    `--${flag} means nothing under Argo, which starts the pods itself`,
    'Leave it out; `maxRunning` in the pipeline holds there.',
  );
}
