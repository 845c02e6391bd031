import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import { Collector } from '../../diagnostics/collector.ts';
import { TASK_LABEL } from '../../ir/labels.ts';
import { systemClock } from '../../runner/clock.ts';
import { duration } from '../../runner/reporters/tally.ts';
import { lockHolder } from '../../runner/state/lock.ts';
import { RunFolder } from '../../runner/state/run-folder.ts';
import type { ClusterFlags } from '../cluster-connection.ts';
import { reportClusterProblem } from '../cluster-problem.ts';
import { ExitCode } from '../exit-code.ts';
import { connectToRun, findKnownRun, type KnownRun, selectorOf } from '../known-run.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { allRuns, runsFolderOf } from '../runs.ts';
import { table } from '../table.ts';
import { openWorkspace } from '../workspace.ts';
import { exitCodeOf } from '../write-problem.ts';

export interface StatusFlags extends ClusterFlags, DiagnosticOptions {
  readonly logdir?: string | undefined;
  readonly all?: true | undefined;
  readonly output: 'human' | 'json';
}

/** How one task stands. `undefined`: nobody here knows. */
interface TaskStatus {
  readonly task: string;
  readonly state: string;
  readonly total: number | undefined;
  /** Items with a log here. */
  readonly done: number;
  readonly failed: number;
  /** Of its pods in the cluster; under Argo, of those that are still there. */
  readonly pods?: PodCounts;
}

interface PodCounts {
  readonly running: number;
  readonly pending: number;
  readonly succeeded: number;
  readonly failed: number;
}

const NO_PODS: PodCounts = { running: 0, pending: 0, succeeded: 0, failed: 0 };
const NONE: ReadonlyMap<string, PodCounts> = new Map();

interface JobCounts {
  readonly active?: number;
  readonly ready?: number;
  readonly succeeded?: number;
  readonly failed?: number;
}

/** `podloom status [run]` */
export async function status(ports: Ports, word: string | undefined, flags: StatusFlags): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  if (flags.all) return listRuns(ports, runsFolderOf(ports, workspace, flags.logdir), flags);
  const known = await findKnownRun(ports, workspace, word, flags.logdir, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (known === undefined || diagnostics.hasErrors) return ExitCode.badInput;
  const inCluster = known.state?.engine !== 'local';
  const problems = new Collector();
  const { pods, code } = inCluster
    ? await askCluster(ports, known, flags, problems)
    : { pods: NONE, code: ExitCode.ok };
  await reportDiagnostics(ports, problems, workspace.root, flags, true);
  if (known.state === undefined && pods.size === 0) {
    if (code === ExitCode.ok) ports.stderr.write(`error: nothing is known of a run ${known.run}\n`);
    return code === ExitCode.ok ? ExitCode.badInput : code;
  }
  await print(ports, known, await tasksOf(known, pods), flags);
  return ExitCode.ok;
}

async function listRuns(ports: Ports, folder: string, flags: StatusFlags): Promise<number> {
  const runs = await allRuns(folder);
  const lines = await Promise.all(
    runs.map(async ({ folder, state }) => ({
      ...{ run: state.run, pipeline: state.pipeline, engine: state.engine },
      state: await stateOf({ run: state.run, folder, state }),
      started: new Date(state.started).toISOString(),
    })),
  );
  if (flags.output === 'json') ports.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
  else if (lines.length === 0) ports.stderr.write('No runs yet.\n');
  else {
    const rows = lines.map(({ run, pipeline, engine, state, started }) => [run, pipeline, engine, state, started]);
    ports.stdout.write(table([['RUN', 'PIPELINE', 'WHERE', 'STATE', 'STARTED'], ...rows]));
  }
  return ExitCode.ok;
}

/** A run whose runner is no more is left: its Jobs may go on. */
async function stateOf({ folder, state }: KnownRun): Promise<string> {
  if (folder === undefined || state === undefined) return 'started elsewhere';
  if ((await lockHolder(new RunFolder(folder).lock)) !== undefined) return 'running';
  if (state.status !== 'running' && state.status !== 'interrupted') return state.status;
  return state.engine === 'local' ? 'interrupted' : 'detached';
}

async function askCluster(
  ports: Ports,
  known: KnownRun,
  flags: StatusFlags,
  diagnostics: Collector,
): Promise<{ readonly pods: ReadonlyMap<string, PodCounts>; readonly code: number }> {
  let client: KubernetesClient | undefined;
  try {
    client = await connectToRun(ports, known, flags);
    return { pods: await podsByTask(client, known), code: ExitCode.ok };
  } catch (error) {
    reportClusterProblem(error, client?.server, diagnostics);
    return { pods: NONE, code: exitCodeOf(error) };
  } finally {
    client?.close();
  }
}

/** Jobs count their pods; those of a Workflow are counted here, a page of them in memory at a time. */
async function podsByTask(client: KubernetesClient, { run, state }: KnownRun): Promise<ReadonlyMap<string, PodCounts>> {
  const query = { namespace: client.namespace, labelSelector: selectorOf(run) };
  const counts = new Map<string, PodCounts>();
  const add = ({ metadata }: KubernetesObject, more: PodCounts): void => {
    const task = metadata.labels?.[TASK_LABEL];
    if (task === undefined) return; // makes a Job
    const { running, pending, succeeded, failed } = counts.get(task) ?? NO_PODS;
    counts.set(task, {
      ...{ running: running + more.running, pending: pending + more.pending },
      ...{ succeeded: succeeded + more.succeeded, failed: failed + more.failed },
    });
  };
  if (state?.engine !== 'argo') {
    for await (const job of client.items({ apiVersion: 'batch/v1', kind: 'Job', ...query })) add(job, countedBy(job));
    // Of a run that was started elsewhere nobody here knows what runs it.
    if (state !== undefined || counts.size > 0) return counts;
  }
  for await (const pod of client.items({ apiVersion: 'v1', kind: 'Pod', ...query })) add(pod, countOf(pod));
  return counts;
}

function countedBy(job: KubernetesObject): PodCounts {
  const { active = 0, ready = 0, succeeded = 0, failed = 0 } = (job['status'] ?? {}) as JobCounts;
  return { running: ready, pending: active - ready, succeeded, failed };
}

function countOf(pod: KubernetesObject): PodCounts {
  const { phase = 'Pending' } = (pod['status'] ?? {}) as { readonly phase?: string };
  const name = phase.toLowerCase();
  return name in NO_PODS ? { ...NO_PODS, [name]: 1 } : NO_PODS; // or `Unknown`
}

async function tasksOf({ folder, state }: KnownRun, pods: ReadonlyMap<string, PodCounts>): Promise<TaskStatus[]> {
  const ended = new Map(state?.tasks.map((task) => [task.name, task]));
  const plan = state?.plan ?? [...pods.keys()].sort().map((name) => ({ name, total: undefined }));
  return Promise.all(
    plan.map(async ({ name, total }) => {
      const [done, failed, open] = await logCounts(folder && join(folder, name));
      const own = pods.get(name);
      const summary = ended.get(name);
      const word = (own !== undefined && own.running + own.pending > 0) || open > 0 ? 'running' : 'waiting';
      return {
        ...{ task: name, done, failed, total: summary !== undefined && summary.total > 0 ? summary.total : total },
        state: summary === undefined || summary.status === 'interrupted' ? word : summary.status,
        ...(own !== undefined && { pods: own }),
      };
    }),
  );
}

/** Logs of items that are done, have failed, are being written. */
async function logCounts(folder: string | undefined): Promise<[number, number, number]> {
  const files = folder === undefined ? [] : await readdir(folder).catch(() => []);
  const count = (ending: string): number => files.filter((file) => file.endsWith(ending)).length;
  return [count('.log'), count('.err'), count('.part')];
}

async function print(
  ports: Ports,
  known: KnownRun,
  tasks: readonly TaskStatus[],
  { output }: StatusFlags,
): Promise<void> {
  const { run, state } = known;
  const word = await stateOf(known);
  if (output === 'json') {
    const { pipeline, engine, cluster, started, ended, parameters } = state ?? {};
    const data = { run, pipeline, engine, cluster, state: word, started, ended, parameters, tasks };
    ports.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
    return;
  }
  const took = state === undefined ? '' : ` after ${duration((state.ended ?? systemClock.now()) - state.started)}`;
  const of = state === undefined ? '' : ` of pipeline ${state.pipeline}`;
  const { context, namespace } = state?.cluster ?? {};
  const where =
    namespace === undefined ? '' : `, ${context === undefined ? '' : `context ${context}, `}namespace ${namespace}`;
  ports.stdout.write(`run ${run}${of}: ${word}${took}${where}\n\n`);
  const rows = tasks.map(({ task, state: taskState, total, done, failed, pods }) => [
    ...[task, taskState, `${done}/${total ?? '?'}`, String(failed)],
    ...(pods === undefined ? ['', ''] : [String(pods.running), String(pods.pending)]),
  ]);
  ports.stdout.write(table([['TASK', 'STATE', 'DONE', 'FAILED', 'RUNNING', 'PENDING'], ...rows]));
}
