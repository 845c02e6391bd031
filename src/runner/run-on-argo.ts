import type { KubernetesClient } from '../cluster/client.ts';
import { Collector } from '../diagnostics/collector.ts';
import type { ArgoObjects } from '../ir/argo-objects.ts';
import { ArgoRun, OffloadedNodes } from './argo/argo-run.ts';
import { EarlyWorkflows, isTooEarly } from './argo/early-workflow.ts';
import { KnownAttempts } from './argo/known-attempts.ts';
import { findWorkflow, submit, WorkflowObstacle } from './argo/submit.ts';
import { PodLogs } from './cluster/pod-logs.ts';
import type { FollowedRun, RunDriver } from './follow.ts';
import { type RunOptions, type RunResult, runWith } from './run.ts';
import type { RunPlace } from './state/run-record.ts';

export interface RunOnArgoOptions extends RunOptions {
  /** Its namespace is that of the run. */
  readonly client: KubernetesClient;
  /** What the argo target makes of the pipeline. */
  readonly objects: ArgoObjects;
  /** Where the cluster is, for the record. */
  readonly cluster?: RunPlace | undefined;
}

/**
 * Runs a pipeline as a Workflow of Argo and follows it to its end. When it is interrupted the Workflow goes on, and the next run of the
 * same name follows it again. A Workflow that has ended is only told of: Argo cannot skip items that are done.
 */
export async function runOnArgo(options: RunOnArgoOptions): Promise<RunResult> {
  const { pipeline } = options;
  const run = options.run ?? pipeline.name;
  const problems = new Collector();
  try {
    return await runWith(
      {
        engine: 'argo',
        cluster: options.cluster,
        check: (diagnostics) => {
          const { rerun = 'failed' } = options;
          if (rerun !== 'failed') diagnostics.report('PL460', { rerun, run }, { origin: pipeline.origin });
        },
        follow: (started) => begin(options, started),
      },
      options,
    );
  } catch (error) {
    if (options.interrupt?.aborted && error === options.interrupt.reason) return { exitCode: 130, summary: undefined };
    if (!reportObstacle(error, run, options, problems)) throw error;
    options.report(problems.sorted());
    return { exitCode: 2, summary: undefined };
  }
}

/** False: it is none. */
function reportObstacle(error: unknown, run: string, options: RunOnArgoOptions, problems: Collector): boolean {
  const { client, pipeline } = options;
  const { namespace, server } = client;
  const at = { origin: pipeline.origin };
  if (error instanceof OffloadedNodes) problems.report('PL463', { run }, at);
  if (!(error instanceof WorkflowObstacle)) return error instanceof OffloadedNodes;
  switch (error.obstacle) {
    case 'otherPipeline':
      problems.report('PL461', { run, namespace }, at);
      return true;
    case 'otherVersion':
      problems.report('PL462', { run }, at);
      return true;
    case 'notInstalled':
      problems.report('PL465', { server }, at);
      return true;
  }
}

async function begin(options: RunOnArgoOptions, started: FollowedRun): Promise<RunDriver> {
  const { client, objects, pipeline } = options;
  const { folder, values, clock } = started;
  const { namespace } = client;
  const signal = options.interrupt ?? new AbortController().signal;
  const known = await KnownAttempts.read(folder.attempts);
  const submitted = { client, namespace, pipeline: pipeline.name, objects, values, signal };
  const found = await findWorkflow(submitted);
  const report = (code: 'PL464' | 'PL466'): void => {
    const diagnostics = new Collector();
    diagnostics.report(code, { run: values.run, pipeline: pipeline.name }, { origin: pipeline.origin });
    options.report(diagnostics.sorted());
  };
  if (found === undefined && known.hasSucceeded) report('PL464');
  const { uid } = await submit(submitted);
  if (found?.hasEnded === true && !isTooEarly(found)) report('PL466');
  return new ArgoRun({
    ...{ ...started, pipeline, client, namespace, known, uid },
    nodeNames: objects.nodeNames,
    run: values.run,
    logs: new PodLogs({ client, clock }),
    early: new EarlyWorkflows(submitted, clock),
  });
}
