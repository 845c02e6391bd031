import { readdir, readFile, truncate } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { KubernetesClient } from '../../cluster/client.ts';
import type { RunObjects } from '../../ir/run-objects.ts';
import { systemClock } from '../../runner/clock.ts';
import { patiently } from '../../runner/cluster/patience.ts';
import { untilGone } from '../../runner/cluster/removal.ts';
import type { RunEvent } from '../../runner/event.ts';
import { connectToCluster, placeOf } from '../cluster-connection.ts';
import { type ConductorJob, conductedObjects, isLeftover, planFrom } from '../conducted-run.ts';
import { ExitCode } from '../exit-code.ts';
import { parseParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import type { DiagnosticOptions } from '../report.ts';
import { createReporter, diagnosticsAbove } from '../run-reporter.ts';
import { UsageError } from '../usage-error.ts';
import { reportFailure } from '../write-problem.ts';

export interface ConductFlags extends DiagnosticOptions {
  /** Folder whose files are the parts of the plan, in the order of their names. */
  readonly plan: string;
  readonly logdir: string;
  /** `name=value` each. */
  readonly parameter?: readonly string[] | undefined;
  readonly failFast?: true | undefined;
}

/**
 * `podloom conduct`: what the pod of a conductor runs. It ends with 1 when items failed and with 2 when the plan cannot run; any other
 * end is a matter of this pod, and the next one goes on where the run stands.
 */
export async function conduct(ports: Ports, flags: ConductFlags): Promise<number> {
  const run = ports.env['PODLOOM_RUN'];
  if (run === undefined)
    throw new UsageError('PODLOOM_RUN is not set', 'The pod of a conductor has it: `podloom conduct` is its program.');
  const uid = ports.env['PODLOOM_JOB_UID'];
  const job = uid === undefined ? undefined : { name: run, uid };
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => interrupt.abort());
  let client: KubernetesClient | undefined;
  try {
    const parameters = parseParameters(flags.parameter ?? []);
    const parts = await readParts(resolve(ports.cwd, flags.plan));
    client = await connectToCluster(ports, { namespace: ports.env['PODLOOM_NAMESPACE'] }, undefined);
    return await conductIn(ports, { client, run, job, parts, parameters, interrupt: interrupt.signal }, flags);
  } catch (error) {
    if (interrupt.signal.aborted) return ExitCode.interrupted;
    const context = { server: client?.server, namespace: client?.namespace ?? 'default', role: 'podloom synth' };
    return reportFailure(ports, error, context, ports.cwd, flags);
  } finally {
    release();
    client?.close();
  }
}

/** A mounted ConfigMap also has names that begin with `..`, which are how the kubelet swaps it. */
async function readParts(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`the folder ${folder} cannot be read (${code})`, '--plan names the folder of a plan.');
  }
  if (names.length === 0)
    throw new UsageError(`the folder ${folder} has no plan`, 'Its files are called 0000, 0001, …');
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
}

/** A conductor whose pod was deleted at once may go on for some seconds: then the next one comes too early, and comes again. */
const HELD = 'PL307';

interface Conducted {
  readonly client: KubernetesClient;
  readonly run: string;
  readonly job: ConductorJob | undefined;
  readonly parts: readonly string[];
  readonly parameters: { readonly [name: string]: string };
  readonly interrupt: AbortSignal;
}

async function conductIn(ports: Ports, conducted: Conducted, flags: ConductFlags): Promise<number> {
  const { client, run, job, parts, parameters, interrupt } = conducted;
  const plan = await patiently(systemClock, interrupt, () => planFrom(client, parts, interrupt));
  const objects = conductedObjects(plan, job, run);
  if (job !== undefined) await leftoversGone(client, objects, job, interrupt);
  const { runInCluster } = await import('../../runner/run-in-cluster.ts');
  const runsFolder = resolve(ports.cwd, flags.logdir);
  const root = dirname(runsFolder);
  const command = `podloom resume ${run}`;
  const reporter = await createReporter(ports, { root, command, detaches: true }, 'human');
  const show = await diagnosticsAbove(ports, reporter, root, flags);
  const emit = (event: RunEvent): void => {
    reporter.handle(event);
    if (event.kind === 'item-succeeded') void emptied(event.log);
  };
  let isHeld = false;
  try {
    const result = await runInCluster({
      ...{ client, root, runsFolder, run, parameters, command, emit, interrupt },
      pipeline: plan.pipeline,
      failFast: flags.failFast,
      cluster: placeOf(ports, client, {}),
      objectsOf: () => objects,
      failuresStay: true,
      report: (found) => {
        isHeld = found.some(({ code }) => code === HELD);
        show(found);
      },
    });
    return isHeld ? ExitCode.unreachable : result.exitCode;
  } finally {
    reporter.close();
  }
}

/** A Job of this name that was removed takes its run with it; what is still there must not be taken for ours. */
async function leftoversGone(
  client: KubernetesClient,
  objects: RunObjects,
  job: ConductorJob,
  signal: AbortSignal,
): Promise<void> {
  const { name } = objects.run['metadata'] as { readonly name: string };
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: client.namespace, name };
  const found = await patiently(systemClock, signal, () => client.get(ref, { signal }));
  if (found !== undefined && isLeftover(found, job)) await untilGone({ client, clock: systemClock, signal }, found);
}

/** Nobody can read the logs of items in this pod, and the disk is the node's: that an item is done is said by the file alone. */
async function emptied(log: string): Promise<void> {
  await truncate(log).catch(() => {}); // then it takes some room
}
