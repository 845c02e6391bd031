import { join } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { ArgoObjects } from '../../ir/argo-objects.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { RunObjects } from '../../ir/run-objects.ts';
import type { RunEvent } from '../../runner/event.ts';
import type { RunPlace } from '../../runner/state/run-record.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import type { DiagnosticOptions } from '../report.ts';
import { reportRun } from '../report-run.ts';
import { createReporter, diagnosticsAbove, type OutputFormat } from '../run-reporter.ts';
import { runsFolderOf } from '../runs.ts';
import { shown, type Workspace } from '../workspace.ts';

/** Flags of all commands that follow a run. */
export interface FollowFlags extends DiagnosticOptions {
  readonly maxRunning?: number | undefined;
  readonly rerun: string;
  readonly logdir?: string | undefined;
  readonly output: OutputFormat;
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Seconds. */
  readonly pendingTimeout?: number | undefined;
  readonly maxPending?: number | undefined;
  /** Items a second. */
  readonly submitRate?: number | undefined;
  readonly failFast?: true | undefined;
  /** Excludes `failFast`, and is the default. */
  readonly keepGoing?: true | undefined;
}

export interface FollowRequest {
  readonly workspace: Workspace;
  readonly pipeline: Pipeline;
  /** Of the pipeline. Absolute. */
  readonly file: string;
  readonly run: string;
  readonly parameters: { readonly [name: string]: string };
  readonly client: KubernetesClient;
  /** Which of the two says who runs it: the runner, or Argo. */
  readonly objects: RunObjects | { readonly argo: ArgoObjects };
  readonly cluster: RunPlace;
  /** Aborted by Ctrl-C before the run has begun, too. */
  readonly interrupt: AbortController;
}

/**
 * Runs a pipeline in a cluster and follows it to its end, to the first Ctrl-C, or until the time is over: then its Jobs go on and the
 * command that resumes it is printed. Rejects when the cluster refuses.
 */
export async function followRun(ports: Ports, request: FollowRequest, flags: FollowFlags): Promise<number> {
  const { workspace, pipeline, run, client, interrupt } = request;
  const { root } = workspace;
  const runsFolder = runsFolderOf(ports, workspace, flags.logdir);
  const followCommand = resumeCommand(run, flags);
  // Argo cannot run items again: Jobs run those that are not done.
  const command =
    'argo' in request.objects
      ? followCommand.replace(/^podloom resume/, `podloom run ${pipeline.name} --run`)
      : followCommand;
  const reporter = await createReporter(ports, { root, command, followCommand, detaches: true }, flags.output);
  const [{ runInCluster }, { systemClock }] = await Promise.all([
    import('../../runner/run-in-cluster.ts'),
    import('../../runner/clock.ts'),
  ]);
  let outOfTime: string | undefined;
  const cancelTimeout =
    flags.timeout === undefined
      ? () => {}
      : systemClock.after(flags.timeout * 1000, () => {
          outOfTime = `the time of --timeout (${flags.timeout} s) is over`;
          interrupt.abort();
        });
  const emit = (event: RunEvent): void => reporter.handle(event);
  try {
    const common = {
      ...{ pipeline, root, runsFolder, run, client, command },
      parameters: request.parameters,
      rerun: flags.rerun,
      file: shown(root, request.file),
      cluster: request.cluster,
      emit,
      report: await diagnosticsAbove(ports, reporter, root, flags),
      interrupt: interrupt.signal,
    };
    const { objects } = request;
    const result =
      'argo' in objects
        ? await (await import('../../runner/run-on-argo.ts')).runOnArgo({ ...common, objects: objects.argo })
        : await runInCluster({
            ...common,
            maxRunning: flags.maxRunning,
            maxPending: flags.maxPending,
            submitRate: flags.submitRate,
            failFast: flags.failFast,
            pendingTimeoutSeconds: flags.pendingTimeout,
            objectsOf: () => objects,
          });
    reporter.close();
    if (result.summary !== undefined) await reportRun(ports, workspace, join(runsFolder, run), flags);
    if (outOfTime === undefined || result.exitCode !== ExitCode.interrupted) return result.exitCode;
    ports.stderr.write(
      `error: ${outOfTime}; ${'argo' in objects ? 'the Workflow goes' : 'the Jobs go'} on in the cluster\n`,
    );
    return ExitCode.unreachable;
  } finally {
    cancelTimeout();
    reporter.close();
  }
}

/** The command that goes on with a run, without `--rerun`. */
function resumeCommand(run: string, { logdir, failFast }: FollowFlags): string {
  const place = logdir === undefined ? '' : ` --logdir ${shellQuote(logdir)}`;
  return `podloom resume ${run}${place}${failFast ? ' --fail-fast' : ''}`;
}
