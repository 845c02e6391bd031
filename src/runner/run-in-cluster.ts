import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { KubernetesClient } from '../cluster/client.ts';
import type { RunObjects } from '../ir/run-objects.ts';
import { ClusterEngine } from './cluster/cluster-engine.ts';
import { PodLogs } from './cluster/pod-logs.ts';
import { type RunOptions, type RunResult, runWith } from './run.ts';
import type { AttemptLine, RunPlace } from './state/run-record.ts';

export interface RunInClusterOptions extends RunOptions {
  /** Its namespace is that of the run. */
  readonly client: KubernetesClient;
  /** What the jobs target makes of the run of that name. */
  readonly objectsOf: (run: string) => RunObjects;
  /** Items that run at once, at most. Default: what the pipeline says. */
  readonly maxRunning?: number | undefined;
  /** Where the cluster is, for the record. */
  readonly cluster?: RunPlace | undefined;
  /** The connection to the cluster was lost, or (undefined) is there again. */
  readonly onConnection: (problem: Error | undefined) => void;
}

/**
 * Runs a pipeline as Jobs of a cluster and follows it to its end. When it is interrupted the Jobs go on, and the next run of
 * the same name takes them over.
 */
export function runInCluster(options: RunInClusterOptions): Promise<RunResult> {
  const { client, objectsOf, onConnection, maxRunning } = options;
  const isExact = isWindowExact(options);
  const { namespace } = client;
  return runWith(
    {
      engine: 'cluster',
      cluster: options.cluster,
      check: () => {},
      start: async ({ folder, values, clock, fail }) => {
        const { run } = values;
        return ClusterEngine.start({
          ...{ client, namespace, run, folder, values, clock, onConnection, maxRunning, isExact },
          objects: objectsOf(run),
          collected: await collectedPods(folder.attempts),
          logs: new PodLogs({ client, clock }),
          onError: fail,
        });
      },
      maxRunning: isExact ? (maxRunning ?? options.pipeline.maxRunning!) : Number.POSITIVE_INFINITY,
    },
    options,
  );
}

/**
 * One Job keeps a bound by its parallelism, at no cost. Where several could run at once, gates keep it, at one request for each item.
 */
function isWindowExact({ pipeline, maxRunning }: RunInClusterOptions): boolean {
  return (maxRunning ?? pipeline.maxRunning) !== undefined && pipeline.tasks.length > 1;
}

/** Pods whose logs are here already. A line that a killed runner left half written says nothing: that log is read again. */
async function collectedPods(file: string): Promise<ReadonlySet<string>> {
  const pods = new Set<string>();
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      const pod = podOf(text);
      if (pod !== undefined) pods.add(pod);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return pods;
}

function podOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as AttemptLine).pod;
  } catch {
    return undefined;
  }
}
