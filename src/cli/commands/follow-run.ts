import { join } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { RunObjects } from '../../ir/run-objects.ts';
import type { RunEvent } from '../../runner/event.ts';
import type { RunPlace } from '../../runner/state/run-record.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import { connectionEvents } from '../connection-events.ts';
import { ExitCode } from '../exit-code.ts';
import { type Ports, wantsColor } from '../ports.ts';
import type { DiagnosticOptions } from '../report.ts';
import { reportRun } from '../report-run.ts';
import { createReporter, type OutputFormat } from '../run-reporter.ts';
import { runsFolderOf } from '../runs.ts';
import { shown, type Workspace } from '../workspace.ts';
import { PendingLimit } from './pending-limit.ts';

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
}

export interface FollowRequest {
  readonly workspace: Workspace;
  readonly pipeline: Pipeline;
  /** Of the pipeline. Absolute. */
  readonly file: string;
  readonly run: string;
  readonly parameters: { readonly [name: string]: string };
  readonly client: KubernetesClient;
  readonly objects: RunObjects;
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
  const command = resumeCommand(run, flags);
  const reporter = await createReporter(ports, { root, command, detaches: true }, flags.output);
  const [{ runInCluster }, { renderHuman }, { systemClock }] = await Promise.all([
    import('../../runner/run-in-cluster.ts'),
    import('../../diagnostics/render/human.ts'),
    import('../../runner/clock.ts'),
  ]);
  const limit = new PendingLimit(systemClock, flags.pendingTimeout, (reason) => giveUp(reason));
  let outOfTime: string | undefined;
  const giveUp = (reason: string): void => {
    outOfTime ??= reason;
    interrupt.abort();
  };
  const cancelTimeout =
    flags.timeout === undefined
      ? () => {}
      : systemClock.after(flags.timeout * 1000, () => giveUp(`the time of --timeout (${flags.timeout} s) is over`));
  const emit = (event: RunEvent): void => {
    limit.handle(event);
    reporter.handle(event);
  };
  try {
    const result = await runInCluster({
      ...{ pipeline, root, runsFolder, run, client, command },
      parameters: request.parameters,
      rerun: flags.rerun,
      maxRunning: flags.maxRunning,
      file: shown(root, request.file),
      cluster: request.cluster,
      objectsOf: () => request.objects,
      emit,
      onConnection: connectionEvents(emit),
      report: (found: readonly Diagnostic[]) =>
        ports.stderr.write(renderHuman(found, { root, color: wantsColor(ports, flags.color) })),
      interrupt: interrupt.signal,
    });
    reporter.close();
    if (result.summary !== undefined) await reportRun(ports, workspace, join(runsFolder, run), flags);
    if (outOfTime === undefined || result.exitCode !== ExitCode.interrupted) return result.exitCode;
    ports.stderr.write(`error: ${outOfTime}; the Jobs go on in the cluster\n`);
    return ExitCode.unreachable;
  } finally {
    cancelTimeout();
    limit.close();
    reporter.close();
  }
}

/** The command that goes on with a run, without `--rerun`. */
function resumeCommand(run: string, { logdir }: FollowFlags): string {
  return `podloom resume ${run}${logdir === undefined ? '' : ` --logdir ${shellQuote(logdir)}`}`;
}
