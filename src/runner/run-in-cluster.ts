import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { KubernetesClient } from '../cluster/client.ts';
import type { Pipeline } from '../ir/pipeline.ts';
import type { RunObjects } from '../ir/run-objects.ts';
import type { Scalar } from '../ir/scalar.ts';
import { type Clock, systemClock } from './clock.ts';
import { ClusterEngine } from './cluster/cluster-engine.ts';
import { FetchedLogs } from './cluster/fetched-logs.ts';
import { Conductor } from './conductor.ts';
import type { Emit, RunSummary } from './event.ts';
import { forcedBy } from './rerun.ts';
import { stored } from './state/item-log.ts';
import { RunFolder } from './state/run-folder.ts';
import { type AttemptLine, RunRecord } from './state/run-record.ts';
import { RunValues } from './values.ts';

export interface RunInClusterOptions {
  readonly pipeline: Pipeline;
  /** Its namespace is that of the run. */
  readonly client: KubernetesClient;
  readonly objects: RunObjects;
  /** Folder of the run, absolute. */
  readonly folder: string;
  readonly run: string;
  readonly parameters: ReadonlyMap<string, Scalar>;
  /** What runs although it ran before: `failed`, `all`, a task, an item or `<task>/<item>`. */
  readonly rerun: string;
  readonly emit: Emit;
  /** The connection to the cluster was lost, or (undefined) is there again. */
  readonly onConnection: (problem: Error | undefined) => void;
  /** Aborted by the first Ctrl-C: the runner leaves, the Jobs go on. */
  readonly detach?: AbortSignal | undefined;
  /** Default: this machine's. */
  readonly clock?: Clock | undefined;
}

/** Runs a pipeline as Jobs of a cluster and follows it to its end. */
export async function runInCluster(options: RunInClusterOptions): Promise<RunSummary> {
  const { pipeline, client, objects, run, rerun, detach } = options;
  const clock = options.clock ?? systemClock;
  const folder = new RunFolder(options.folder);
  await stored(folder.path, mkdir(folder.path, { recursive: true }));
  const values = new RunValues(run, options.parameters);
  const collected = await collectedPods(folder.attempts);
  let conductor: Conductor | undefined;
  const fail = (error: unknown): void => conductor?.fail(error);
  const state = { pipeline: pipeline.name, run, engine: 'cluster', parameters: Object.fromEntries(values.parameters) };
  const record = new RunRecord({ folder, clock, state, onError: fail });
  const { namespace } = client;
  const engine = await ClusterEngine.start({
    ...{ client, namespace, objects, run, folder, values, clock, collected },
    logs: new FetchedLogs(client, namespace, clock),
    onConnection: options.onConnection,
    onError: fail,
  });
  conductor = new Conductor({
    ...{ pipeline, engine, clock, folder, values },
    emit: (event) => {
      record.handle(event);
      options.emit(event);
    },
    isForced: forcedBy(rerun),
    maxRunning: Number.POSITIVE_INFINITY,
  });
  const leave = (): void => conductor?.interrupt();
  detach?.addEventListener('abort', leave, { once: true });
  try {
    const running = conductor.run();
    if (detach?.aborted) leave();
    return await running;
  } finally {
    detach?.removeEventListener('abort', leave);
    await engine.close();
    await record.close();
  }
}

/** Pods whose logs are here already. A line that a killed runner left half written says nothing: that log is read again. */
async function collectedPods(file: string): Promise<ReadonlySet<string>> {
  const pods = new Set<string>();
  try {
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      try {
        const { pod } = JSON.parse(text) as AttemptLine;
        if (pod !== undefined) pods.add(pod);
      } catch {}
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return pods;
}
