import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import type { KubernetesObject, ObjectKind } from '../../cluster/objects.ts';
import { Collector } from '../../diagnostics/collector.ts';
import { cancelWorkflow } from '../../runner/argo/cancel.ts';
import { systemClock } from '../../runner/clock.ts';
import { pause } from '../../runner/cluster/patience.ts';
import { announceCluster, type ClusterFlags } from '../cluster-connection.ts';
import { conductorOf } from '../conductor-job.ts';
import { confirmed } from '../confirm.ts';
import { ExitCode } from '../exit-code.ts';
import { connectToRun, findKnownRun, type KnownRun, selectorOf } from '../known-run.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace } from '../workspace.ts';
import { reportFailure } from '../write-problem.ts';

export interface CancelFlags extends ClusterFlags, DiagnosticOptions {
  readonly logdir?: string | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly yes?: true | undefined;
}

/** Kinds that have pods of a run. */
const KINDS: readonly ObjectKind[] = [
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow' },
];
const POLL_MILLISECONDS = 1000;
/** So long Argo has to end a Workflow. */
const STOP_MILLISECONDS = 20_000;

/** `podloom cancel [run]` */
export async function cancel(ports: Ports, word: string | undefined, flags: CancelFlags): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const known = await findKnownRun(ports, workspace, word, flags.logdir, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (known === undefined || diagnostics.hasErrors) return ExitCode.badInput;
  if (known.state?.engine === 'local')
    throw new UsageError(`run ${known.run} is none in a cluster`, 'Press Ctrl-C where it runs.');
  let client: KubernetesClient | undefined;
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => interrupt.abort());
  try {
    client = await connectToRun(ports, known, flags);
    return await cancelIn(ports, client, known, flags, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    const target = known.state?.engine === 'argo' ? ' --target argo' : '';
    const role = `podloom rbac ${known.state?.pipeline ?? ''}`.trim() + target;
    const namespace = client?.namespace ?? flags.namespace ?? 'default';
    return reportFailure(ports, error, { server: client?.server, namespace, role }, workspace.root, flags);
  } finally {
    release();
    client?.close();
  }
}

async function cancelIn(
  ports: Ports,
  client: KubernetesClient,
  { run, state }: KnownRun,
  flags: CancelFlags,
  signal: AbortSignal,
): Promise<number> {
  announceCluster(ports, client);
  const conductor = await conductorOf(client, run, signal);
  const labelled = (await Promise.all(KINDS.map((kind) => listed(client, kind, run, signal)))).flat();
  // It comes first, so that nobody makes anew what is removed.
  const found = [...(conductor === undefined ? [] : [conductor]), ...labelled];
  if (found.length === 0) {
    if (state === undefined)
      throw new UsageError(`there is nothing of a run ${run}`, 'See whether its name and namespace are right.');
    ports.stderr.write(`Nothing of run ${run} is there.\n`);
    return ExitCode.ok;
  }
  const what = countsOf(found);
  if (!(await confirmed(ports, `Remove run ${run} there (${what})?`, flags.yes))) return ExitCode.interrupted;
  if (found.some(({ kind }) => kind === 'Workflow')) await stopWorkflow(client, run, signal);
  for (const { apiVersion, kind, metadata } of found) {
    const { name, namespace, uid } = metadata;
    await client.delete({ apiVersion, kind, name, namespace }, { signal, ...(uid !== undefined && { uid }) });
  }
  ports.stderr.write(`Removed ${what} of run ${run}; its pods are going.\n`);
  const left = await podsLeft(client, run, flags.timeout, signal);
  if (signal.aborted) return ExitCode.interrupted;
  if (left === 0) {
    ports.stderr.write(`Run ${run} is ended. \`podloom resume ${run}\` would run what is not done.\n`);
    return ExitCode.ok;
  }
  ports.stderr.write(`error: ${left} of its pods are still there after ${flags.timeout} s (--timeout)\n`);
  return ExitCode.unreachable;
}

/** Argo ends it in its own way first; when it does not in time, the Workflow goes anyway. */
async function stopWorkflow(client: KubernetesClient, run: string, signal: AbortSignal): Promise<void> {
  const stop = AbortSignal.any([signal, AbortSignal.timeout(STOP_MILLISECONDS)]);
  try {
    await cancelWorkflow({ client, namespace: client.namespace, run, clock: systemClock, signal: stop });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  signal.throwIfAborted();
}

/** `1 Workflow and 2 Jobs` */
function countsOf(found: readonly KubernetesObject[]): string {
  const kinds = [...new Set(found.map(({ kind }) => kind))].sort().reverse();
  return kinds
    .map((wanted) => {
      const count = found.filter(({ kind }) => kind === wanted).length;
      return `${count} ${wanted}${count === 1 ? '' : 's'}`;
    })
    .join(' and ');
}

/** Kinds that are not installed have no objects. */
async function listed(
  client: KubernetesClient,
  kind: ObjectKind,
  run: string,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const { namespace } = client;
  try {
    const query = { ...kind, namespace, labelSelector: selectorOf(run), metadataOnly: true };
    const { items } = await client.list(query, { signal });
    return items.map((item) => ({ ...item, ...kind }));
  } catch (error) {
    const isOptional = kind.kind === 'Workflow' && error instanceof ApiError;
    if (isOptional && (error.status === 404 || error.status === 403)) return [];
    throw error;
  }
}

/** Pods of the run that are there when none is left, or when the time is over. */
async function podsLeft(client: KubernetesClient, run: string, seconds: number, signal: AbortSignal): Promise<number> {
  const until = systemClock.now() + seconds * 1000;
  const query = { apiVersion: 'v1', kind: 'Pod', namespace: client.namespace, labelSelector: selectorOf(run) };
  for (;;) {
    const { items } = await client.list({ ...query, metadataOnly: true }, { signal });
    if (items.length === 0 || systemClock.now() >= until) return items.length;
    await pause(systemClock, POLL_MILLISECONDS, signal);
    if (signal.aborted) return items.length;
  }
}
