import type { KubernetesClient } from '../cluster/client.ts';
import { Collector } from '../diagnostics/collector.ts';
import type { RunObjects } from '../ir/run-objects.ts';
import { ClusterEngine } from './cluster/cluster-engine.ts';
import { PodLogs } from './cluster/pod-logs.ts';
import { RunHeld } from './cluster/run-lease.ts';
import { type RunOptions, type RunResult, runWith } from './run.ts';
import { attemptLines } from './state/attempt-lines.ts';
import type { RunPlace } from './state/run-record.ts';

export interface RunInClusterOptions extends RunOptions {
  /** Its namespace is that of the run. */
  readonly client: KubernetesClient;
  /** What the jobs target makes of the run of that name. */
  readonly objectsOf: (run: string) => RunObjects;
  /** Items that run at once, at most. Default: what the pipeline says. */
  readonly maxRunning?: number | undefined;
  /** Of those, the ones whose program does not run yet: they wait for a node or an image. Default: any number. */
  readonly maxPending?: number | undefined;
  /** Items that are started in a second, at most. Default: any number. */
  readonly submitRate?: number | undefined;
  /** Items of a task may wait for so long while none of the task starts; then the task fails. Default: for ever. */
  readonly pendingTimeoutSeconds?: number | undefined;
  /** Whether what failed in Jobs that have ended stays failed, so that this goes on with a run rather than rerun it. Default: false. */
  readonly failuresStay?: boolean | undefined;
  /** Whether another runner drives the run, and this one only reads. The client then waits for what it is asked to make. Default: false. */
  readonly follows?: boolean | undefined;
  /** Where the cluster is, for the record. */
  readonly cluster?: RunPlace | undefined;
}

/**
 * Runs a pipeline as Jobs of a cluster and follows it to its end. When it is interrupted the Jobs go on, and the next run of
 * the same name takes them over.
 */
export async function runInCluster(options: RunInClusterOptions): Promise<RunResult> {
  try {
    return await run(options);
  } catch (error) {
    if (options.interrupt?.aborted && error === options.interrupt.reason) return { exitCode: 130, summary: undefined };
    if (!(error instanceof RunHeld)) throw error;
    const problem = new Collector();
    const name = options.run ?? options.pipeline.name;
    problem.report('PL307', { run: name, holder: error.holder }, { origin: options.pipeline.origin });
    options.report(problem.sorted());
    return { exitCode: 2, summary: undefined };
  }
}

function run(options: RunInClusterOptions): Promise<RunResult> {
  const { client, objectsOf, emit, maxRunning, maxPending, submitRate, pipeline, interrupt } = options;
  const isExact = isWindowExact(options);
  const { namespace } = client;
  return runWith(
    {
      engine: 'cluster',
      cluster: options.cluster,
      check: () => {},
      start: async ({ folder, values, clock, fail, continues }) => {
        const { run } = values;
        return ClusterEngine.start({
          ...{ client, namespace, run, folder, values, clock, emit, maxRunning, isExact },
          objects: objectsOf(run),
          collected: await collectedPods(folder.attempts),
          logs: new PodLogs({ client, clock }),
          pipelineMaxRunning: pipeline.maxRunning,
          failuresStay: options.failuresStay ?? continues,
          follows: options.follows,
          pendingTimeoutMillis: options.pendingTimeoutSeconds && options.pendingTimeoutSeconds * 1000,
          interrupt,
          onError: fail,
        });
      },
      maxRunning: isExact ? (maxRunning ?? pipeline.maxRunning ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY,
      maxPending,
      submitRate,
    },
    options,
  );
}

/**
 * One Job keeps a bound by its parallelism, at no cost. Where several could run at once, gates keep it, at one request for each item.
 */
function isWindowExact({ pipeline, maxRunning, maxPending, submitRate }: RunInClusterOptions): boolean {
  if (maxPending !== undefined || submitRate !== undefined) return true;
  return (maxRunning ?? pipeline.maxRunning) !== undefined && pipeline.tasks.length > 1;
}

/** Pods whose logs are here already. */
async function collectedPods(file: string): Promise<ReadonlySet<string>> {
  const pods = new Set<string>();
  for await (const { pod } of attemptLines(file)) if (pod !== undefined) pods.add(pod);
  return pods;
}
