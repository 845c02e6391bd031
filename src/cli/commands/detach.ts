import type { KubernetesClient } from '../../cluster/client.ts';
import { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import { resolveParameters } from '../../runner/parameters.ts';
import { shellQuote } from '../../units/shell-quote.ts';
import type { ClusterFlags } from '../cluster-connection.ts';
import { jobOfRun } from '../conductor-job.ts';
import { ExitCode } from '../exit-code.ts';
import { parseParameters } from '../parameters.ts';
import type { Ports } from '../ports.ts';
import { type DiagnosticOptions, reportDiagnostics } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { newName } from './run-in-cluster.ts';

export interface DetachFlags extends ClusterFlags, DiagnosticOptions {
  /** `name=value` each. */
  readonly parameter?: readonly string[] | undefined;
  readonly failFast?: true | undefined;
}

/** A run that a conductor is to drive. */
export interface DetachedRun {
  readonly pipeline: string;
  readonly run: string;
  readonly parameters: { readonly [name: string]: string };
}

/** Checked before anything is applied. undefined: it cannot be, and why is reported. */
export async function detachedRun(
  ports: Ports,
  pipelines: readonly Pipeline[],
  root: string,
  flags: DetachFlags,
): Promise<DetachedRun | undefined> {
  const [pipeline, ...others] = pipelines;
  if (pipeline === undefined || others.length > 0) {
    const names = pipelines.map(({ name }) => name).join(', ');
    throw new UsageError(`--detach starts one pipeline; there are ${names || 'none'}`, 'Name one of them.');
  }
  const parameters = parseParameters(flags.parameter ?? []);
  const diagnostics = new Collector();
  resolveParameters(pipeline, parameters, diagnostics);
  await reportDiagnostics(ports, diagnostics, root, flags, true);
  return diagnostics.hasErrors ? undefined : { pipeline: pipeline.name, run: newName(pipeline.name), parameters };
}

/** Starts the run from the CronJob of its pipeline, which is there, and says how to follow it. */
export async function startConductor(
  ports: Ports,
  client: KubernetesClient,
  { pipeline, run, parameters }: DetachedRun,
  flags: DetachFlags,
  signal: AbortSignal,
): Promise<number> {
  const { namespace } = client;
  const ref = { apiVersion: 'batch/v1', kind: 'CronJob', namespace, name: pipeline };
  const cronJob = await client.get(ref, { signal });
  if (cronJob === undefined) throw new UsageError(`CronJob "${pipeline}" is gone again`, 'Does somebody prune it?');
  await client.create(jobOfRun(cronJob, run, { parameters, failFast: flags.failFast }), { signal });
  const words = [`podloom attach ${run}`, `--namespace ${namespace}`];
  if (flags.context !== undefined) words.push(`--context ${shellQuote(flags.context)}`);
  if (flags.kubectl !== undefined) words.push(`--kubectl ${shellQuote(flags.kubectl)}`);
  if (flags.kubeconfig !== undefined) words.push(`--kubeconfig ${shellQuote(flags.kubeconfig)}`);
  ports.stderr.write(
    `Run ${run} goes on in the cluster: Job "${run}" conducts it.\n` +
      `  follow it and fetch its logs: ${words.join(' ')}\n` +
      `  end it and remove it:         kubectl delete job ${run} --namespace ${namespace}\n`,
  );
  ports.stdout.write(`${run}\n`);
  return ExitCode.ok;
}
