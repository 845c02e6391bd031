import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import { Collector } from '../../diagnostics/collector.ts';
import { systemClock } from '../../runner/clock.ts';
import { duration } from '../../runner/reporters/tally.ts';
import { takeLock } from '../../runner/state/lock.ts';
import { announceCluster, CLUSTER_FLAGS, type ClusterFlags, connectToCluster } from '../cluster-connection.ts';
import { confirmed } from '../confirm.ts';
import { ExitCode } from '../exit-code.ts';
import { type Choice, chooseRuns, type LeftRun, type Rule } from '../gc/choice.ts';
import { clusterRuns } from '../gc/cluster-runs.ts';
import { unusedContentMaps } from '../gc/content-maps.ts';
import { localRuns } from '../gc/local-runs.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { runsFolderOf } from '../runs.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { reportFailure } from '../write-problem.ts';

export interface GcFlags extends ClusterFlags, DiagnosticOptions {
  /** Seconds. */
  readonly olderThan: number;
  readonly keep: number;
  readonly uncollected?: true | undefined;
  readonly local?: true | undefined;
  readonly logdir?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
}

const DAY_MILLIS = 86_400_000;
const CLUSTER_ONLY = [...CLUSTER_FLAGS, 'uncollected'] as const;

/** `podloom gc [runs…]` */
export async function gc(ports: Ports, names: readonly string[], flags: GcFlags): Promise<number> {
  const [flag] = CLUSTER_ONLY.filter((name) => flags[name] !== undefined);
  if (flags.local && flag !== undefined)
    throw new UsageError(`--${flag} means nothing with --local`, 'Leave one of them out.');
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (diagnostics.hasErrors) return ExitCode.badInput;
  const { keep, uncollected = false } = flags;
  const rule: Rule = { now: systemClock.now(), olderThanMillis: flags.olderThan * 1000, keep, uncollected, names };
  if (flags.local) return gcHere(ports, workspace, rule, flags);
  let client: KubernetesClient | undefined;
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => interrupt.abort());
  try {
    client = await connectToCluster(ports, flags, undefined);
    return await gcIn(ports, workspace, client, rule, flags, interrupt.signal);
  } catch (error) {
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    const namespace = client?.namespace ?? flags.namespace ?? 'default';
    const context = { server: client?.server, namespace, role: 'podloom rbac' };
    return reportFailure(ports, error, context, workspace.root, flags);
  } finally {
    release();
    client?.close();
  }
}

/** Folders of runs on this machine. */
async function gcHere(ports: Ports, workspace: Workspace, rule: Rule, flags: GcFlags): Promise<number> {
  const choice = chooseRuns(await localRuns(runsFolderOf(ports, workspace, flags.logdir)), rule);
  list(ports, choice, rule);
  const what = countText(choice.goes.length, 'folder');
  const code = await agreed(ports, choice.goes.length, `Remove ${what} with all logs in ${that(choice)}?`, flags);
  if (code !== undefined) return code;
  for (const { run, folder } of choice.goes) {
    const unlock = await takeLock(join(folder, 'run.lock'));
    if (typeof unlock === 'number') ports.stderr.write(`Run ${run} stays: process ${unlock} has it now.\n`);
    else await rm(folder, { recursive: true, force: true });
  }
  ports.stderr.write(`Done: ${what} removed.\n`);
  return ExitCode.ok;
}

async function gcIn(
  ports: Ports,
  workspace: Workspace,
  client: KubernetesClient,
  rule: Rule,
  flags: GcFlags,
  signal: AbortSignal,
): Promise<number> {
  announceCluster(ports, client);
  const here = await localRuns(runsFolderOf(ports, workspace, flags.logdir));
  const whole = new Set(here.filter(({ busy }) => busy === undefined).map(({ run }) => run));
  const choice = chooseRuns(await clusterRuns(client, (run) => whole.has(run), rule.now, signal), rule);
  list(ports, choice, rule);
  const owners = choice.goes.flatMap((run) => run.owners);
  const isYoung = (created: number): boolean => rule.now - created < rule.olderThanMillis;
  const maps = rule.names.length > 0 ? [] : await unusedContentMaps(client, owners, isYoung, signal);
  if (maps === undefined)
    ports.stderr.write('ConfigMaps of items and plans stay: not all that may use them can be seen.\n');
  for (const { metadata } of maps ?? []) ports.stderr.write(`remove  ConfigMap ${metadata.name}, which nothing uses\n`);
  const all: readonly KubernetesObject[] = [...owners, ...(maps ?? [])];
  const what = `${countText(choice.goes.length, 'run')} and ${countText(maps?.length ?? 0, 'unused ConfigMap')}`;
  const code = await agreed(ports, all.length, `Remove ${what} there?`, flags);
  if (code !== undefined) return code;
  for (const { apiVersion, kind, metadata } of all) {
    const { name, uid } = metadata;
    const ref = { apiVersion, kind, name, namespace: client.namespace };
    await client.delete(ref, { signal, ...(uid !== undefined && { uid }) });
  }
  ports.stderr.write(`Done: ${what} removed; what belongs to them is going.\n`);
  return ExitCode.ok;
}

/** undefined: go on. */
async function agreed(ports: Ports, count: number, question: string, flags: GcFlags): Promise<number | undefined> {
  if (count === 0) {
    ports.stderr.write('Nothing to remove.\n');
    return ExitCode.ok;
  }
  if (flags.dryRun) {
    ports.stderr.write('Nothing was done (--dry-run).\n');
    return ExitCode.ok;
  }
  return (await confirmed(ports, question, flags.yes)) ? undefined : ExitCode.interrupted;
}

/** What goes, one a line; what stays by reason, except where others were named. */
function list({ stderr }: Ports, { goes, stays }: Choice<LeftRun>, { now, names }: Rule): void {
  const known = new Set([...goes, ...stays.map(({ run }) => run)].map(({ run }) => run));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0)
    throw new UsageError(`there is nothing of a run ${missing.join(', ')}`, 'See whether name and place are right.');
  for (const { run, pipeline, last } of goes)
    stderr.write(`remove  run ${run} of pipeline ${pipeline}, ${ageText(Math.max(0, now - last))} old\n`);
  for (const { run, why } of stays)
    if (names.length === 0 || names.includes(run.run)) stderr.write(`keep    run ${run.run}: ${why}\n`);
}

/** Days, once there are some. */
function ageText(millis: number): string {
  return millis < 2 * DAY_MILLIS ? duration(millis) : `${Math.floor(millis / DAY_MILLIS)} days`;
}

function that({ goes }: Choice<LeftRun>): string {
  return goes.length === 1 ? 'it' : 'them';
}

function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
