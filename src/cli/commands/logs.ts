import { basename } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import { Collector } from '../../diagnostics/collector.ts';
import type { Task } from '../../ir/task.ts';
import { systemClock } from '../../runner/clock.ts';
import { pause } from '../../runner/cluster/patience.ts';
import { lockHolder } from '../../runner/state/lock.ts';
import { RunFolder } from '../../runner/state/run-folder.ts';
import type { ClusterFlags } from '../cluster-connection.ts';
import { reportClusterProblem } from '../cluster-problem.ts';
import { ExitCode } from '../exit-code.ts';
import { connectToRun } from '../known-run.ts';
import { GrowingLog, type LogFile, type LogWish, logFiles, parseWish, whyNone } from '../log-files.ts';
import { LogPrinter } from '../log-printer.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { type FoundRun, findRun } from '../runs.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';
import { exitCodeOf } from '../write-problem.ts';

export interface LogsFlags extends ClusterFlags, DiagnosticOptions {
  readonly follow?: true | undefined;
  readonly run?: string | undefined;
  readonly logdir?: string | undefined;
}

const POLL_MILLISECONDS = 300;

/** `podloom logs [task[/item]]` */
export async function logs(ports: Ports, word: string | undefined, flags: LogsFlags): Promise<number> {
  const diagnostics = new Collector();
  const workspace = await openWorkspace(ports.cwd, diagnostics);
  const found = await findRun(ports, workspace, flags.run, flags.logdir, diagnostics);
  await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
  if (found === undefined || diagnostics.hasErrors) return ExitCode.badInput;
  const wish = parseWish(word);
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => interrupt.abort());
  try {
    const files = await logFiles(found.folder, wish);
    const isLive = await isFollowed(found);
    if (flags.follow && isLive) await follow(ports, found, wish, interrupt.signal);
    else if (files.length > 0) await printAll(ports, files, wish, interrupt.signal);
    else return await printLive(ports, workspace, found, wish, flags, interrupt.signal);
    return interrupt.signal.aborted ? ExitCode.interrupted : ExitCode.ok;
  } finally {
    release();
  }
}

/** Whether a runner is at work on the run, so that logs come by themselves. */
async function isFollowed({ folder }: FoundRun): Promise<boolean> {
  return (await lockHolder(new RunFolder(folder).lock)) !== undefined;
}

function printerFor(ports: Ports, { task, item }: LogFile, wish: LogWish): LogPrinter {
  return new LogPrinter(ports.stdout, wish.item === undefined ? `${task}/${item} | ` : undefined);
}

async function printAll(ports: Ports, files: readonly LogFile[], wish: LogWish, stop: AbortSignal): Promise<void> {
  for (const file of files) {
    const log = await GrowingLog.open(file.path);
    if (log === undefined) continue;
    const printer = printerFor(ports, file, wish);
    for await (const bytes of log.news()) {
      if (stop.aborted) break;
      await printer.print(bytes);
    }
    printer.end();
    await log.close();
  }
}

interface Followed {
  readonly log: GrowingLog;
  readonly printer: LogPrinter;
}

/** Prints what there is and what comes, until the runner has ended, or the one item that is wished for has succeeded. */
async function follow(ports: Ports, found: FoundRun, wish: LogWish, stop: AbortSignal): Promise<void> {
  const open = new Map<string, Followed>();
  const done = new Set<string>();
  for (let last = false; !stop.aborted; ) {
    const files = await logFiles(found.folder, wish);
    for (const file of files) await readOn(ports, file, wish, open, done);
    const succeeded = wish.item !== undefined && files.length > 0 && files.every(({ ending }) => ending === 'log');
    if (last || succeeded) break;
    last = !(await isFollowed(found)); // once more, for what came meanwhile
    if (!last) await pause(systemClock, POLL_MILLISECONDS, stop);
  }
  for (const { log, printer } of open.values()) {
    printer.end();
    await log.close();
  }
}

/** Prints the news of a log. One that has got its final name and was read to its end is done. */
async function readOn(
  ports: Ports,
  file: LogFile,
  wish: LogWish,
  open: Map<string, Followed>,
  done: Set<string>,
): Promise<void> {
  const key = `${file.task}/${file.item}`;
  if (done.has(`${key}.${file.ending}`)) return;
  let followed = open.get(key);
  if (followed === undefined) {
    const log = await GrowingLog.open(file.path);
    if (log === undefined) return; // it is there under its new name the next time
    followed = { log, printer: printerFor(ports, file, wish) };
    open.set(key, followed);
  }
  for await (const bytes of followed.log.news()) await followed.printer.print(bytes);
  if (file.ending === 'part') {
    done.delete(`${key}.err`); // another attempt
    return;
  }
  followed.printer.end();
  await followed.log.close();
  open.delete(key);
  done.add(`${key}.${file.ending}`);
}

/** No file is here: reads the pod of the one item that is wished for, when its run is in a cluster. */
async function printLive(
  ports: Ports,
  workspace: Workspace,
  found: FoundRun,
  wish: LogWish,
  flags: LogsFlags,
  signal: AbortSignal,
): Promise<number> {
  const diagnostics = new Collector();
  const what = wish.task === undefined ? 'anything' : [wish.task, ...((wish.item ?? '') ? [wish.item] : [])].join('/');
  const run = basename(found.folder);
  let client: KubernetesClient | undefined;
  try {
    const wished = await unitOf(ports, workspace, found, wish, flags);
    if (wished !== undefined) {
      const { livePodLog, podOfArgoUnit, podOfUnit } = await import('../live-log.ts');
      client = await connectToRun(ports, { run: found.state.run, ...found }, flags);
      const pod =
        found.state.engine === 'argo'
          ? await podOfArgoUnit(client, found.state.run, wished.task, wished, signal)
          : await podOfUnit(client, found.state.run, wished.task.name, wished.unit, signal);
      const problem = pod && (await printPod(ports, livePodLog(client, pod, flags.follow === true, signal)));
      if (pod !== undefined && problem === undefined) return signal.aborted ? ExitCode.interrupted : ExitCode.ok;
      const why = pod === undefined ? 'it has no pod yet' : `its pod ${pod.name} has none: ${problem}`;
      diagnostics.report('PL457', { what, run, problem: why });
    } else diagnostics.report('PL457', { what, run, problem: await whyNone(found.folder, wish) });
    await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
    return ExitCode.badInput;
  } catch (error) {
    if (signal.aborted) return ExitCode.interrupted;
    reportClusterProblem(error, client?.server, diagnostics);
    await reportDiagnostics(ports, diagnostics, workspace.root, flags, true);
    return exitCodeOf(error);
  } finally {
    client?.close();
  }
}

async function printPod(
  ports: Ports,
  log: AsyncGenerator<Uint8Array, string | undefined>,
): Promise<string | undefined> {
  const printer = new LogPrinter(ports.stdout, undefined);
  for (;;) {
    const next = await log.next();
    if (next.done === true) {
      printer.end();
      return next.value;
    }
    await printer.print(next.value);
  }
}

interface WishedUnit {
  readonly task: Task;
  /** Number of the item, from 0. */
  readonly unit: number;
  /** Of the task's items. */
  readonly count: number;
}

/** An item, from the pipeline as it is now. undefined: no item of a cluster is meant. */
async function unitOf(
  ports: Ports,
  workspace: Workspace,
  { state }: FoundRun,
  { task: name, item = 'main' }: LogWish,
  flags: LogsFlags,
): Promise<WishedUnit | undefined> {
  if (state.engine === 'local' || name === undefined) return undefined;
  const [{ openPipeline }, { pipelineWord }, { unitsOf }] = await Promise.all([
    import('../one-pipeline.ts'),
    import('./resume.ts'),
    import('../../runner/units.ts'),
  ]);
  const words = { word: pipelineWord(workspace, state), name: state.pipeline };
  const opened = await openPipeline(ports, words, { target: 'none', profile: undefined }, flags);
  const task = opened?.pipeline.tasks.find((each) => each.name === name);
  if (task === undefined || task.forEach?.items.kind === 'output') return undefined;
  const units = unitsOf(task, undefined);
  const { count } = units;
  for (let unit = 0; unit < count; unit++) if (units.name(unit) === item) return { task, unit, count };
  return undefined;
}
