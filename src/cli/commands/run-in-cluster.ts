import { randomInt } from 'node:crypto';
import type { KubernetesClient } from '../../cluster/client.ts';
import { Collector } from '../../diagnostics/collector.ts';
import type { TargetName } from '../../ir/bundle.ts';
import { countUnits } from '../../ir/item-values.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import { announceCluster, type ClusterFlags, connectToCluster, placeOf } from '../cluster-connection.ts';
import { confirmed } from '../confirm.ts';
import { checkContext } from '../contexts.ts';
import { ExitCode } from '../exit-code.ts';
import { interruptible } from '../interrupt.ts';
import { RUN_NAME } from '../known-run.ts';
import { type OpenedPipeline, openPipeline, type PipelineWord } from '../one-pipeline.ts';
import type { Ports } from '../ports.ts';
import { preflight, withoutKnownClasses } from '../preflight.ts';
import { reportDiagnostics } from '../report.ts';
import { reportFailure } from '../write-problem.ts';
import { type FollowFlags, type FollowRequest, followRun } from './follow-run.ts';
import { prepareArgo, refuseRunnerFlags } from './prepare-argo.ts';

export interface ClusterRunFlags extends FollowFlags, ClusterFlags {
  readonly profile?: string | undefined;
  readonly yes?: true | undefined;
  /** Who conducts: the runner (`jobs`, the default), or Argo. */
  readonly target?: TargetName | undefined;
}

export interface RunRequest extends PipelineWord {
  /** Name of the run. Default: the pipeline's. */
  readonly runOf?: ((pipeline: string) => string) | undefined;
  readonly parameters: { readonly [name: string]: string };
  /** The run is there already, so that nobody has to be asked. */
  readonly goesOn?: boolean;
}

/** Letters and digits of the names that Kubernetes makes: no word comes of them by chance. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
/** Longest name of a run: it is the value of a label. */
const LONGEST_RUN = 63;

/** `podloom run <pipeline>` in a cluster: a run of its own each time, unless `--run` names one. */
export function newRun(
  ports: Ports,
  word: string,
  flags: ClusterRunFlags & { readonly run?: string | undefined },
  parameters: { readonly [name: string]: string },
): Promise<number> {
  const runOf = (pipeline: string): string => flags.run ?? newName(pipeline);
  return runPipeline(ports, { word, parameters, runOf }, flags);
}

/** A name for a run that there was none of. */
export function newName(pipeline: string): string {
  const suffix = Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return `${pipeline.slice(0, LONGEST_RUN - suffix.length - 1).replace(/-+$/, '')}-${suffix}`;
}

/** Loads, compiles, connects, asks whether it can be, and follows the run to its end. */
export async function runPipeline(ports: Ports, request: RunRequest, flags: ClusterRunFlags): Promise<number> {
  const { target = 'jobs' } = flags;
  if (target === 'argo') refuseRunnerFlags(flags);
  const opened = await openPipeline(ports, request, { target, profile: flags.profile }, flags);
  if (opened === undefined) return ExitCode.badInput;
  const { interrupt, release } = interruptible(ports);
  const diagnostics = new Collector();
  let client: KubernetesClient | undefined;
  let made = false;
  const run = request.runOf?.(opened.pipeline.name) ?? opened.pipeline.name;
  try {
    if (!RUN_NAME.test(run)) diagnostics.report('PL301', { run });
    client = await connectToCluster(ports, flags, opened.pipeline.namespace);
    checkContext(opened.pipeline, client.context, diagnostics);
    const prepared = diagnostics.hasErrors
      ? undefined
      : await prepare(ports, opened, request, run, client, flags, interrupt, diagnostics);
    await reportDiagnostics(ports, diagnostics, opened.workspace.root, flags, true);
    if (typeof prepared !== 'function') return prepared ?? ExitCode.badInput;
    made = true;
    return await prepared();
  } catch (error) {
    if (interrupt.signal.aborted && !made) return ExitCode.interrupted;
    const context = contextOf(client, opened.pipeline, flags);
    const code = await reportFailure(ports, error, context, opened.workspace.root, flags);
    if (made)
      ports.stderr.write(
        `What there is of the run ${run} stays: \`podloom resume ${run}\` goes on with it, \`podloom cancel ${run}\` removes it.\n`,
      );
    return code;
  } finally {
    release();
    client?.close();
  }
}

/** All that comes before the first write. Gives what follows the run, or the exit code when it shall not be. */
async function prepare(
  ports: Ports,
  opened: OpenedPipeline,
  request: RunRequest,
  run: string,
  client: KubernetesClient,
  flags: ClusterRunFlags,
  interrupt: AbortController,
  diagnostics: Collector,
): Promise<(() => Promise<number>) | number | undefined> {
  const { signal } = interrupt;
  const pipeline: Pipeline = { ...opened.pipeline, namespace: client.namespace };
  announceCluster(ports, client);
  await client.request('GET', '/version', { signal, retry: false });
  const objects = await objectsFor({ client, pipeline, profile: opened.profile, run, signal, flags }, diagnostics);
  if (diagnostics.hasErrors) return undefined;
  const question = `Run ${pipeline.name} (${sizeOf(pipeline)}) there as ${run}?`;
  if (request.goesOn !== true && !(await confirmed(ports, question, flags.yes))) return ExitCode.interrupted;
  const { workspace, file } = opened;
  const { parameters } = request;
  const cluster = placeOf(ports, client, flags);
  return () =>
    followRun(ports, { workspace, pipeline, file, run, parameters, client, objects, cluster, interrupt }, flags);
}

interface Wish {
  readonly client: KubernetesClient;
  readonly pipeline: Pipeline;
  readonly profile: Profile;
  readonly run: string;
  readonly signal: AbortSignal;
  readonly flags: ClusterRunFlags;
}

/** What the run is made of, after the API server was asked whether it could be. */
async function objectsFor(wish: Wish, diagnostics: Collector): Promise<FollowRequest['objects']> {
  const { client, pipeline, profile, run, signal, flags } = wish;
  const context = contextOf(client, pipeline, flags);
  if (flags.target === 'argo') return { argo: await prepareArgo({ ...wish, context }, diagnostics) };
  const { runObjects } = await import('../../targets/jobs/run-objects.ts');
  const objects = await withoutKnownClasses(client, runObjects(pipeline, profile, run), signal);
  const isGated = [flags.maxRunning, flags.maxPending, flags.submitRate].some((bound) => bound !== undefined);
  await preflight({ client, pipeline, objects, isGated, signal, context }, diagnostics);
  return objects;
}

function contextOf(client: KubernetesClient | undefined, pipeline: Pipeline, flags: ClusterRunFlags) {
  return {
    server: client?.server,
    namespace: client?.namespace ?? flags.namespace ?? 'default',
    role: `podloom rbac ${pipeline.name}${flags.target === 'argo' ? ' --target argo' : ''}`,
  };
}

/** `3 tasks, 5,000 items` */
function sizeOf({ tasks }: Pipeline): string {
  const items = tasks.reduce((sum, { forEach }) => sum + (forEach === undefined ? 1 : (countUnits(forEach) ?? 0)), 0);
  const open = tasks.some(({ forEach }) => forEach?.items.kind === 'output');
  const count = (number: number, noun: string): string =>
    `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
  return `${count(tasks.length, 'task')}, ${count(items, 'item')}${open ? ' and those of lists made on the way' : ''}`;
}
