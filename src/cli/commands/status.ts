import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
  /** Of its pods in the cluster, as its Jobs count them. */
  readonly pods?: {
    readonly running: number;
    readonly pending: number;
    readonly succeeded: number;
    readonly failed: number;
  };
}

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
  const { jobs, code } = inCluster ? await jobsOf(ports, known, flags, problems) : { jobs: [], code: ExitCode.ok };
  await reportDiagnostics(ports, problems, workspace.root, flags, true);
  if (known.state === undefined && jobs.length === 0) {
    if (code === ExitCode.ok) ports.stderr.write(`error: nothing is known of a run ${known.run}\n`);
    return code === ExitCode.ok ? ExitCode.badInput : code;
  }
  await print(ports, known, await tasksOf(known, jobs), flags);
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

async function jobsOf(
  ports: Ports,
  known: KnownRun,
  flags: StatusFlags,
  diagnostics: Collector,
): Promise<{ readonly jobs: readonly KubernetesObject[]; readonly code: number }> {
  let server: string | undefined;
  try {
    const client = await connectToRun(ports, known, flags);
    server = client.server;
    try {
      const { namespace } = client;
      const query = { apiVersion: 'batch/v1', kind: 'Job', namespace, labelSelector: selectorOf(known.run) };
      return { jobs: (await client.list(query)).items, code: ExitCode.ok };
    } finally {
      client.close();
    }
  } catch (error) {
    reportClusterProblem(error, server, diagnostics);
    return { jobs: [], code: exitCodeOf(error) };
  }
}

async function tasksOf({ folder, state }: KnownRun, jobs: readonly KubernetesObject[]): Promise<TaskStatus[]> {
  const byTask = Map.groupBy(jobs, ({ metadata }) => metadata.labels?.[TASK_LABEL] ?? '');
  const ended = new Map(state?.tasks.map((task) => [task.name, task]));
  const plan = state?.plan ?? [...byTask.keys()].sort().map((name) => ({ name, total: undefined }));
  return Promise.all(
    plan.map(async ({ name, total }) => {
      const [done, failed, open] = await logCounts(folder && join(folder, name));
      const own = byTask.get(name);
      const summary = ended.get(name);
      const word = own?.some((job) => (countsOf(job).active ?? 0) > 0) || open > 0 ? 'running' : 'waiting';
      return {
        ...{ task: name, done, failed, total: summary !== undefined && summary.total > 0 ? summary.total : total },
        state: summary === undefined || summary.status === 'interrupted' ? word : summary.status,
        ...(own !== undefined && { pods: podCounts(own) }),
      };
    }),
  );
}

function podCounts(jobs: readonly KubernetesObject[]): NonNullable<TaskStatus['pods']> {
  const sum = (field: keyof JobCounts): number => jobs.reduce((total, job) => total + (countsOf(job)[field] ?? 0), 0);
  const running = sum('ready');
  return { running, pending: sum('active') - running, succeeded: sum('succeeded'), failed: sum('failed') };
}

function countsOf(job: KubernetesObject): JobCounts {
  return (job['status'] ?? {}) as JobCounts;
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
