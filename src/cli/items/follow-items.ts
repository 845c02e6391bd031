import type { KubernetesClient } from '../../cluster/client.ts';
import { ApiError } from '../../cluster/errors.ts';
import { Collector } from '../../diagnostics/collector.ts';
import type { RunSummary } from '../../runner/event.ts';
import type { ItemsFolder } from '../../runner/items/items-folder.ts';
import type { ItemPods } from '../../runner/items/items-run.ts';
import { forcedBy } from '../../runner/rerun.ts';
import { StorageError } from '../../runner/state/item-log.ts';
import { slugLabel } from '../../units/dns-name.ts';
import { announceCluster, connectToCluster } from '../cluster-connection.ts';
import type { ItemsFlags, ReadyItems } from '../commands/items.ts';
import { confirmed } from '../confirm.ts';
import { ExitCode } from '../exit-code.ts';
import { interruptible } from '../interrupt.ts';
import type { Ports } from '../ports.ts';
import { reportDiagnostics } from '../report.ts';
import { createReporter } from '../run-reporter.ts';
import { shown } from '../workspace.ts';
import { exitCodeOf, reportProblem } from '../write-problem.ts';
import { podObject } from './make-pods.ts';

/** A pod that has a node but not its image, a volume or a Secret fails after so long; one without a node waits for ever. */
const ON_NODE_MILLIS = 600_000;

interface Work extends ReadyItems {
  readonly flags: ItemsFlags;
  readonly command: string;
  readonly client: KubernetesClient;
  readonly folder: ItemsFolder;
  readonly interrupt: AbortController;
}

/** Makes the pods in a cluster and follows them to their end. */
export async function followItems(
  ports: Ports,
  ready: ReadyItems,
  flags: ItemsFlags,
  folderPath: string,
  command: string,
): Promise<number> {
  const { interrupt, release } = interruptible(ports);
  const diagnostics = new Collector();
  let client: KubernetesClient | undefined;
  let folder: ItemsFolder | undefined;
  try {
    folder = await openFolder(ports, folderPath, diagnostics);
    if (folder === undefined) return ExitCode.badInput;
    client = await connectToCluster(ports, flags, ready.pod.namespace);
    announceCluster(ports, client);
    return await follow(ports, { ...ready, flags, command, client, folder, interrupt });
  } catch (error) {
    if (interrupt.signal.aborted && !(error instanceof StorageError)) return ExitCode.interrupted;
    return reportEnd(ports, error, client, diagnostics);
  } finally {
    await reportDiagnostics(ports, diagnostics, ports.cwd, flags, true);
    release();
    client?.close();
    await folder?.close();
  }
}

function reportEnd(ports: Ports, error: unknown, client: KubernetesClient | undefined, diagnostics: Collector): number {
  if (error instanceof StorageError) {
    diagnostics.report('PL303', { path: shown(ports.cwd, error.path), code: error.code }, { subject: 'items' });
    return ExitCode.badInput;
  }
  const { server, namespace = 'default' } = client ?? { server: undefined };
  const role = 'kubectl create role podloom-items --verb=create,get,list,watch,delete --resource=pods,pods/log,events';
  reportProblem(error, { server, namespace, object: 'the pod', role }, diagnostics);
  return exitCodeOf(error);
}

async function openFolder(ports: Ports, path: string, diagnostics: Collector): Promise<ItemsFolder | undefined> {
  const { ItemsFolder: Folder } = await import('../../runner/items/items-folder.ts');
  const opened = await Folder.open(path);
  if (typeof opened !== 'number') return opened;
  diagnostics.report('PL499', { folder: shown(ports.cwd, path), pid: opened }, { subject: shown(ports.cwd, path) });
  return undefined;
}

async function follow(ports: Ports, work: Work): Promise<number> {
  const { flags, client, folder, command, interrupt } = work;
  const pods = podsOf(work);
  const isForced = forcedBy(flags.rerun);
  const open = work.names.findIndex((name) => isForced(pods.name, name) || !folder.isDone(name));
  if (open >= 0) await tryFirst(client, pods.objectOf(open, folder.id), interrupt.signal);
  const left = work.names.filter((name) => isForced(pods.name, name) || !folder.isDone(name)).length;
  const question = `Make ${left.toLocaleString('en-US')} ${left === 1 ? 'pod' : 'pods'} there, a few at a time?`;
  if (left > 0 && !(await confirmed(ports, question, flags.yes))) return ExitCode.interrupted;
  const [{ ItemsRun }, { systemClock }, { renderYaml }] = await Promise.all([
    import('../../runner/items/items-run.ts'),
    import('../../runner/clock.ts'),
    import('../../emit/yaml.ts'),
  ]);
  const reporter = await createReporter(ports, { root: ports.cwd, command, detaches: true }, flags.output);
  try {
    const { pendingTimeout, skipFailed = false, wait, printSpecs } = flags;
    const run = new ItemsRun({
      ...{ client, folder, pods, isForced, skipFailed, clock: systemClock, waits: wait },
      window: { maxPending: flags.maxPending, maxRunning: flags.maxRunning, paceMillis: flags.pace * 1000 },
      pendingMillis: { any: pendingTimeout && pendingTimeout * 1000, onNode: ON_NODE_MILLIS },
      emit: (event) => reporter.handle(event),
      onSpec: printSpecs && ((object) => ports.stdout.write(`---\n${renderYaml(object)}`)),
      interrupt: interrupt.signal,
    });
    return exitCode(await run.run(), interrupt.signal);
  } finally {
    reporter.close();
  }
}

function exitCode({ status, tasks }: RunSummary, interrupt: AbortSignal): number {
  if (status === 'interrupted' && interrupt.aborted) return ExitCode.interrupted;
  return tasks.some(({ failed }) => failed > 0) ? ExitCode.failed : ExitCode.ok;
}

/** The API server checks the first pod before anything is made: what is wrong with it is wrong with all. */
async function tryFirst(client: KubernetesClient, object: object, signal: AbortSignal): Promise<void> {
  try {
    await client.create(object, { dryRun: true, signal });
  } catch (error) {
    const isTaken = error instanceof ApiError && error.status === 409;
    const isFull = error instanceof ApiError && error.message.includes('exceeded quota');
    if (!isTaken && !isFull) throw error;
  }
}

function podsOf({ pod, items, names, client }: Work): ItemPods {
  const location = pod.at(['kind']);
  const name = slugLabel(pod.prefix);
  return {
    name,
    origin: { location, callers: [], path: name },
    count: items.length,
    container: pod.container,
    nameOf: (index) => names[index] as string,
    objectOf: (index, folder) => podObject(pod, items[index]!, names[index]!, client.namespace, folder),
  };
}
