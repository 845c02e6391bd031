import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import { Collector } from '../../diagnostics/collector.ts';
import type { TargetName } from '../../ir/bundle.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { applyRules } from '../access-rules.ts';
import { type Change, gitopsObjects, planChanges } from '../apply-plan.ts';
import { type Build, type BuildOptions, build } from '../build.ts';
import { type ClusterFlags, connectToCluster } from '../cluster-connection.ts';
import { checkContext } from '../contexts.ts';
import { ExitCode } from '../exit-code.ts';
import type { Ports } from '../ports.ts';
import { checkAccess } from '../preflight.ts';
import { Progress } from '../progress.ts';
import { leftovers } from '../prune.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { openWorkspace } from '../workspace.ts';
import { type ProblemContext, reportFailure } from '../write-problem.ts';

/** Flags of `apply` and `diff`. */
export interface PlanFlags extends ClusterFlags, DiagnosticOptions {
  readonly target?: TargetName | undefined;
  readonly profile?: string | undefined;
  readonly prune?: true | undefined;
  readonly forceConflicts?: true | undefined;
}

/** What an apply would do in one namespace. */
export interface Planned {
  readonly client: KubernetesClient;
  readonly changes: readonly Change[];
  readonly pipelines: readonly Pipeline[];
  /** Of the project. Absolute. */
  readonly root: string;
  /** To be removed. */
  readonly old: readonly KubernetesObject[];
}

/** Compiles, connects, asks what applying would do, and hands it to `work`. Gives the exit code. All problems are reported. */
export async function withPlan(
  ports: Ports,
  word: string | undefined,
  flags: PlanFlags,
  work: (planned: Planned, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const diagnostics = new Collector();
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => interrupt.abort());
  const { signal } = interrupt;
  let client: KubernetesClient | undefined;
  let root = ports.cwd;
  let role = 'podloom rbac --for apply';
  try {
    const first = await connectToCluster(ports, flags, undefined);
    const built = await buildFor(ports, word, flags, first.namespace);
    root = built.workspace.root;
    await reportDiagnostics(ports, built.diagnostics, root, flags, true);
    if (built.diagnostics.hasErrors) return ExitCode.badInput;
    const { pipelines } = built.selection;
    for (const { pipeline } of pipelines) checkContext(pipeline, first.context, diagnostics);
    client = await inNamespaceOf(ports, flags, built, first);
    role = `podloom rbac ${word ?? ''} --for apply`.replace('  ', ' ');
    const context: ProblemContext = { server: client.server, namespace: client.namespace, role };
    const planned = diagnostics.hasErrors ? undefined : await plan(client, built, flags, context, signal, diagnostics);
    await reportDiagnostics(ports, diagnostics, root, flags, true);
    return planned === undefined || diagnostics.hasErrors ? ExitCode.badInput : await work(planned, signal);
  } catch (error) {
    if (signal.aborted) return ExitCode.interrupted;
    const context = { server: client?.server, namespace: client?.namespace ?? '', role };
    return reportFailure(ports, error, context, root, flags);
  } finally {
    release();
    client?.close();
  }
}

/** `fallback`: namespace of pipelines that name none, when the flags do not either. undefined: left open. */
export async function buildFor(
  ports: Ports,
  word: string | undefined,
  flags: PlanFlags,
  fallback: string | undefined,
): Promise<Build> {
  const progress = new Progress(ports.stderr);
  const words = word === undefined ? [] : [word];
  const target = flags.target ?? (await targetOf(ports));
  const namespace: BuildOptions['namespace'] =
    fallback === undefined && flags.namespace === undefined
      ? undefined
      : { flag: flags.namespace, fallback: fallback ?? flags.namespace! };
  const built = await build(ports, words, { target, profile: flags.profile, scan: false, namespace }, progress);
  progress.done();
  return built;
}

/** Applied to one cluster, both targets would run each schedule twice: the configuration's, when it has one, else Jobs. */
async function targetOf(ports: Ports): Promise<TargetName> {
  const { config } = await openWorkspace(ports.cwd, new Collector());
  const [only, ...others] = config.targets ?? [];
  return only !== undefined && others.length === 0 ? only : 'jobs';
}

/** A client whose namespace is that of the pipelines. */
async function inNamespaceOf(
  ports: Ports,
  flags: PlanFlags,
  { selection }: Build,
  first: KubernetesClient,
): Promise<KubernetesClient> {
  const namespaces = [...new Set(selection.pipelines.map(({ pipeline }) => pipeline.namespace ?? first.namespace))];
  if (namespaces.length > 1)
    throw new UsageError(
      `the pipelines go to several namespaces: ${namespaces.sort().join(', ')}`,
      'Apply them one by one, or all to one with --namespace.',
    );
  return namespaces[0] === undefined || namespaces[0] === first.namespace
    ? first
    : connectToCluster(ports, { ...flags, namespace: namespaces[0] }, undefined);
}

async function plan(
  client: KubernetesClient,
  { bundles, selection, workspace }: Build,
  flags: PlanFlags,
  context: ProblemContext,
  signal: AbortSignal,
  diagnostics: Collector,
): Promise<Planned | undefined> {
  await client.request('GET', '/version', { signal, retry: false });
  const objects = gitopsObjects(bundles);
  const rules = applyRules(withoutClasses(objects), flags.prune === true);
  await checkAccess(client, rules, context, signal, diagnostics);
  if (diagnostics.hasErrors) return undefined;
  const options = { force: flags.forceConflicts === true, signal, context };
  const changes = await planChanges(client, objects, options, diagnostics);
  const pipelines = selection.pipelines.map(({ pipeline }) => pipeline);
  const names = pipelines.map(({ name }) => name);
  const old = flags.prune === true ? await leftovers(client, names, objects, signal) : [];
  const { root } = workspace;
  return { client, changes, pipelines, root, old };
}

/** PriorityClasses may be there already, which needs no right. */
function withoutClasses(objects: readonly JsonObject[]): readonly JsonObject[] {
  return objects.filter(({ kind }) => kind !== 'PriorityClass');
}
