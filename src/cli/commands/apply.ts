import type { KubernetesClient } from '../../cluster/client.ts';
import type { KubernetesObject } from '../../cluster/objects.ts';
import type { Change } from '../apply-plan.ts';
import { announceCluster } from '../cluster-connection.ts';
import { confirmed } from '../confirm.ts';
import { ExitCode } from '../exit-code.ts';
import { objectDiff } from '../object-diff.ts';
import { parseParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { UsageError } from '../usage-error.ts';
import { type PlanFlags, type Planned, withPlan } from './plan-apply.ts';
import type { ClusterRunFlags } from './run-in-cluster.ts';

export interface ApplyFlags extends PlanFlags, ClusterRunFlags {
  readonly watch?: true | undefined;
  /** Start a run that goes on in the cluster. */
  readonly detach?: true | undefined;
  /** `name=value` each. */
  readonly parameter?: readonly string[] | undefined;
  readonly dryRun?: 'client' | 'server' | undefined;
  readonly prune?: true | undefined;
}

/** `podloom apply [pipeline]`: what GitOps would apply, or with `--watch` the run whose name is the pipeline's. */
export async function apply(ports: Ports, word: string | undefined, flags: ApplyFlags): Promise<number> {
  refuseFlags(flags);
  if (flags.watch) {
    const { runPipeline } = await import('./run-in-cluster.ts');
    return runPipeline(ports, { word, parameters: parseParameters(flags.parameter ?? []) }, flags);
  }
  if (flags.detach) return applyDetached(ports, word, flags);
  if (flags.dryRun === 'client') return (await import('./print-apply.ts')).printObjects(ports, word, flags);
  return withPlan(ports, word, flags, (planned, signal) => applyPlanned(ports, planned, flags, signal));
}

/** And then starts a run, which a conductor drives in the cluster. */
function applyDetached(ports: Ports, word: string | undefined, flags: ApplyFlags): Promise<number> {
  return withPlan(ports, word, { ...flags, target: 'jobs' }, async (planned, signal) => {
    const { detachedRun, startConductor } = await import('./detach.ts');
    const detached = await detachedRun(ports, planned.pipelines, planned.root, flags);
    if (detached === undefined) return ExitCode.badInput;
    const code = await applyPlanned(ports, planned, flags, signal);
    return code === ExitCode.ok ? startConductor(ports, planned.client, detached, flags, signal) : code;
  });
}

async function applyPlanned(ports: Ports, planned: Planned, flags: ApplyFlags, signal: AbortSignal): Promise<number> {
  const { client, changes, old } = planned;
  announceCluster(ports, client);
  const todo = changes.filter(({ kind }) => kind !== 'same');
  for (const change of todo) ports.stderr.write(changeText(change));
  for (const object of old) ports.stderr.write(`remove  ${object.kind} "${object.metadata.name}"\n`);
  if (todo.length + old.length === 0) {
    ports.stderr.write(`Nothing to do: all ${changes.length} objects are as they should be.\n`);
    return ExitCode.ok;
  }
  const what = summary(planned);
  if (flags.dryRun === 'server') {
    ports.stderr.write(`${what}; nothing was done (--dry-run).\n`);
    return ExitCode.ok;
  }
  const question = flags.detach ? `${what}, and a run to start. Do it?` : `${what}. Do it?`;
  if (!(await confirmed(ports, question, flags.yes))) return ExitCode.interrupted;
  await applyAll(ports, client, todo, old, flags.forceConflicts === true, signal);
  ports.stderr.write(`Done: ${what}.\n`);
  return ExitCode.ok;
}

/** Flags that would do nothing. */
function refuseFlags(flags: ApplyFlags): void {
  const { rerun, output, parameter, timeout, pendingTimeout, logdir, prune, forceConflicts } = flags;
  const { maxRunning, maxPending, submitRate } = flags;
  const ofRuns = {
    ...{
      parameter: flags.detach ? undefined : parameter,
      'max-running': maxRunning,
      timeout,
      'pending-timeout': pendingTimeout,
      logdir,
    },
    ...{ 'max-pending': maxPending, 'submit-rate': submitRate },
    ...(flags.detach ? {} : { 'fail-fast': flags.failFast, 'keep-going': flags.keepGoing }),
    rerun: rerun === 'failed' ? undefined : rerun,
    output: output === 'human' ? undefined : output,
  };
  const [word, others, help] = flags.watch
    ? ['with', { prune, 'force-conflicts': forceConflicts }, 'Leave one of them out.']
    : ['without', ofRuns, 'Add --watch, or use `podloom run`.'];
  const [flag] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined) throw new UsageError(`--${flag} means nothing ${word} --watch`, help);
}

/** New objects in one line; of others what changes. */
function changeText({ kind, name, before, after }: Change): string {
  const head = `${kind.padEnd(6)}  ${name}\n`;
  return kind === 'create' ? head : `${head}${objectDiff(name, before, after)}`;
}

function summary({ changes, old }: Planned): string {
  const count = (wanted: Change['kind']): number => changes.filter(({ kind }) => kind === wanted).length;
  const parts = [`${count('create')} to create`, `${count('change')} to change`, `${count('same')} as they are`];
  return [...parts, ...(old.length > 0 ? [`${old.length} to remove`] : [])].join(', ');
}

/** One by one; when one is refused, says what was done and what was not. */
async function applyAll(
  ports: Ports,
  client: KubernetesClient,
  changes: readonly Change[],
  old: readonly KubernetesObject[],
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  const done: string[] = [];
  const steps = [
    ...changes.map(({ object, name }) => ({ name, work: () => client.apply(object, { force, signal }) })),
    ...old.map(({ apiVersion, kind, metadata }) => ({
      name: `${kind} "${metadata.name}"`,
      work: () => client.delete({ apiVersion, kind, name: metadata.name }, { uid: metadata.uid!, signal }),
    })),
  ];
  try {
    for (const { name, work } of steps) {
      await work();
      done.push(name);
    }
  } catch (error) {
    const rest = steps.slice(done.length).map(({ name }) => name);
    ports.stderr.write(`Done: ${done.join(', ') || 'nothing'}.\nNot done: ${rest.join(', ')}.\n`);
    throw error;
  }
}
