import { join } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import { Collector } from '../../diagnostics/collector.ts';
import { systemClock } from '../../runner/clock.ts';
import { FollowingClient } from '../../runner/cluster/following-client.ts';
import { patiently, pause } from '../../runner/cluster/patience.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import {
  accessTo,
  announceCluster,
  type ClusterFlags,
  clientOptions,
  flagsFor,
  placeOf,
} from '../cluster-connection.ts';
import { conductedObjects, planFrom } from '../conducted-run.ts';
import { endOf, findConductor, isFailFast, parametersOf, planParts } from '../conductor-job.ts';
import { ExitCode } from '../exit-code.ts';
import { interruptible } from '../interrupt.ts';
import { findKnownRun } from '../known-run.ts';
import { parseParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { reportRun } from '../report-run.ts';
import { createReporter, diagnosticsAbove, type OutputFormat } from '../run-reporter.ts';
import { runsFolderOf } from '../runs.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { reportFailure } from '../write-problem.ts';

export interface AttachFlags extends ClusterFlags, DiagnosticOptions {
  readonly logdir?: string | undefined;
  readonly output: OutputFormat;
}

/** Longest that a conductor takes to end after the last of its items. */
const END_MILLIS = 60_000;
const LOOK_MILLIS = 1000;

/** The conductor has ended, or was removed, with the run not done. */
class RunOver extends Error {
  override readonly name = 'RunOver';
}

/** `podloom attach [run]` */
export async function attach(ports: Ports, word: string | undefined, flags: AttachFlags): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const known = word === undefined ? undefined : await findKnownRun(ports, workspace, word, flags.logdir, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (diagnostics.hasErrors || (word !== undefined && known === undefined)) return ExitCode.badInput;
  const { interrupt, release } = interruptible(ports);
  let client: KubernetesClient | undefined;
  try {
    const place = flagsFor(known?.state?.cluster, flags);
    let run = known?.run ?? '';
    client = new FollowingClient(await accessTo(ports, place, undefined), clientOptions(ports), {
      clock: systemClock,
      signal: interrupt.signal,
      whyOver: (asked) => whyOver(asked, run, interrupt.signal),
    });
    announceCluster(ports, client);
    const job = await findConductor(client, known?.run, interrupt.signal);
    run = job.metadata.name;
    return await follow(ports, { workspace, client, job, place, interrupt: interrupt.signal }, flags);
  } catch (error) {
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    if (error instanceof RunOver) {
      ports.stderr.write(`error: ${error.message}\n`);
      return ExitCode.failed;
    }
    const namespace = client?.namespace ?? flags.namespace ?? 'default';
    const context = { server: client?.server, namespace, role: 'podloom rbac' };
    return reportFailure(ports, error, context, workspace.root, flags);
  } finally {
    release();
    client?.close();
  }
}

interface Following {
  readonly workspace: Workspace;
  readonly client: KubernetesClient;
  /** Of the conductor. */
  readonly job: KubernetesObject;
  readonly place: ClusterFlags;
  readonly interrupt: AbortSignal;
}

async function follow(ports: Ports, following: Following, flags: AttachFlags): Promise<number> {
  const { workspace, client, job, place, interrupt } = following;
  const { root } = workspace;
  const { name: run, uid = '' } = job.metadata;
  const plan = await planFrom(client, await planParts(client, job, interrupt), interrupt);
  const runsFolder = runsFolderOf(ports, workspace, flags.logdir);
  const logdir = flags.logdir === undefined ? '' : ` --logdir ${shellQuote(flags.logdir)}`;
  const texts = { command: `podloom resume ${run}${logdir}`, followCommand: `podloom attach ${run}${logdir}` };
  const reporter = await createReporter(ports, { root, ...texts, detaches: true }, flags.output);
  const { runInCluster } = await import('../../runner/run-in-cluster.ts');
  try {
    const result = await runInCluster({
      ...{ client, root, runsFolder, run, interrupt, command: texts.command },
      pipeline: plan.pipeline,
      parameters: parseParameters(parametersOf(job)),
      failFast: isFailFast(job),
      cluster: placeOf(ports, client, place),
      failuresStay: true,
      follows: true,
      objectsOf: () => conductedObjects(plan, { name: run, uid }, run),
      emit: (event) => reporter.handle(event),
      report: await diagnosticsAbove(ports, reporter, root, flags),
    });
    reporter.close();
    if (result.summary !== undefined) await reportRun(ports, workspace, join(runsFolder, run), flags);
    return result.exitCode === ExitCode.ok ? await agreed(client, run, interrupt) : result.exitCode;
  } finally {
    reporter.close();
  }
}

/** What the conductor says of a run whose items have all succeeded. */
async function agreed(client: KubernetesClient, run: string, signal: AbortSignal): Promise<number> {
  const until = systemClock.now() + END_MILLIS;
  for (;;) {
    const job = await conductorOf(client, run, signal);
    const end = job && endOf(job);
    if (end?.succeeded === false) throw new RunOver(overText(run, end.reason));
    if (job === undefined || end !== undefined || systemClock.now() >= until) return ExitCode.ok;
    await pause(systemClock, LOOK_MILLIS, signal);
    if (signal.aborted) return ExitCode.interrupted;
  }
}

async function whyOver(client: KubernetesClient, run: string, signal: AbortSignal): Promise<Error | undefined> {
  const job = await conductorOf(client, run, signal);
  if (job === undefined) return new RunOver(`the conductor of run ${run} was removed, and with it the run`);
  const end = endOf(job);
  return end && new RunOver(overText(run, end.succeeded ? 'it says that the run is done' : end.reason));
}

function overText(run: string, reason: string): string {
  return `the conductor of run ${run} has ended: ${reason}; \`kubectl logs job/${run}\` has what it said`;
}

function conductorOf(
  client: KubernetesClient,
  run: string,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const ref = { apiVersion: 'batch/v1', kind: 'Job', namespace: client.namespace, name: run };
  return patiently(systemClock, signal, () => client.get(ref, { signal }));
}
