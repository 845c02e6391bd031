import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubernetesClient } from '../../../../src/cluster/client.ts';
import { systemClock as clientClock } from '../../../../src/cluster/clock.ts';
import type { KubernetesObject } from '../../../../src/cluster/objects.ts';
import type { Diagnostic } from '../../../../src/diagnostics/diagnostic.ts';
import type { Pipeline } from '../../../../src/ir/pipeline.ts';
import { systemClock } from '../../../../src/runner/clock.ts';
import { parseIntervals } from '../../../../src/runner/cluster/job-view.ts';
import type { RunOptions, RunResult } from '../../../../src/runner/run.ts';
import { runInCluster } from '../../../../src/runner/run-in-cluster.ts';
import { runOnArgo } from '../../../../src/runner/run-on-argo.ts';
import { argoObjects } from '../../../../src/targets/argo/run-objects.ts';
import { runObjects } from '../../../../src/targets/jobs/run-objects.ts';
import { LAB_PROFILE } from '../../order/lab-profile.ts';

export interface Here {
  /** Default: Jobs. */
  readonly target?: 'argo' | undefined;
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Where runs are kept. */
  readonly folder: string;
  /** How far the clock of the runner's machine is off now, in milliseconds. */
  readonly clockOff?: (() => number) | undefined;
  /** A watch without a byte for so long counts as dead. Default: as the client has it. */
  readonly watchIdleMillis?: number | undefined;
}

/** Runs a pipeline as the CLI does, without the CLI. */
export async function runThere(here: Here, pipeline: Pipeline, more: Partial<RunOptions> = {}): Promise<RunResult> {
  const client = await clientFor(here);
  const options = {
    ...{ pipeline, client, root: here.folder },
    emit: () => {},
    clock: { ...systemClock, now: () => Date.now() + (here.clockOff?.() ?? 0) },
    report: (found: readonly Diagnostic[]) => void process.stderr.write(`${JSON.stringify(found)}\n`),
    ...more,
  };
  try {
    if (here.target === 'argo') return await runOnArgo({ ...options, objects: argoObjects(pipeline, LAB_PROFILE) });
    return await runInCluster({ ...options, objectsOf: (run) => runObjects(pipeline, LAB_PROFILE, run) });
  } finally {
    client.close();
  }
}

export function clientFor({ kubeconfig, namespace, clockOff, watchIdleMillis }: Here): Promise<KubernetesClient> {
  const clock = { ...clientClock, now: () => Date.now() + (clockOff?.() ?? 0) };
  return KubernetesClient.connect({ kubeconfig, namespace, clock, ...(watchIdleMillis && { watchIdleMillis }) });
}

/** Everything that a run has left that people rely on: how each item ended, and its log. */
export interface Left {
  /** `<task>/<item>.log` or `.err`, with the lines of the program in it; names of pods replaced by the number of their index. */
  readonly logs: { readonly [file: string]: string };
  /** `task: status, succeeded or kept / failed / open`. */
  readonly tasks: readonly string[];
}

export async function leftBy(folder: string): Promise<Left> {
  const state = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as {
    tasks: { name: string; status: string; succeeded: number; kept: number; failed: number; open: number }[];
  };
  const logs = await logsBy(
    folder,
    state.tasks.map(({ name }) => name),
  );
  const tasks = state.tasks.map(({ name, status, succeeded, kept, failed, open }) => {
    return `${name}: ${status}, ${succeeded + kept}/${failed}/${open}`;
  });
  return { logs, tasks };
}

/** By `<task>/<file>`. */
export async function logsBy(folder: string, tasks: readonly string[]): Promise<{ readonly [file: string]: string }> {
  const logs: { [file: string]: string } = {};
  for (const task of tasks) {
    for (const file of (await readdir(join(folder, task)).catch(() => [])).sort()) {
      if (!/\.(log|err|part)$/.test(file)) continue;
      logs[`${task}/${file}`] = withoutNames(await readFile(join(folder, task, file), 'utf8'));
    }
  }
  return logs;
}

function withoutNames(log: string): string {
  return log.replace(/^(line \d+ of )(.*)$/gm, (_, line: string, pod: string) => `${line}${podIndex(pod)}`);
}

/** `<job>-<index>-<random>`; a Job without indexes has none. */
function podIndex(pod: string): string {
  return /-(\d+)-[a-z0-9]{5}$/.exec(pod)?.[1] ?? 'the pod';
}

/** Units that succeeded in more than one pod, as the cluster still knows: `task/unit: pods`, under Argo `node: pods`. */
export async function doneTwice(client: KubernetesClient, namespace: string): Promise<string[]> {
  const done = new Map<string, string[]>();
  const units = new Map<string, number[]>();
  for await (const { metadata } of client.items({ apiVersion: 'batch/v1', kind: 'Job', namespace })) {
    units.set(metadata.name, parseUnits(metadata.annotations?.['podloom.dev/units'] ?? '0'));
  }
  for await (const pod of client.items<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace })) {
    if (pod.status?.phase !== 'Succeeded') continue;
    const { labels = {}, annotations = {}, name } = pod.metadata;
    const index = Number(annotations['batch.kubernetes.io/job-completion-index'] ?? 0);
    const job = labels['batch.kubernetes.io/job-name'];
    // The node of an attempt is called `<node that is tried>(<attempt>)`.
    const node = annotations['workflows.argoproj.io/node-name']?.replace(/\(\d+\)$/, '');
    const key = job === undefined ? `${node}` : `${labels['podloom.dev/task']}/${units.get(job)?.[index]}`;
    done.set(key, [...(done.get(key) ?? []), name]);
  }
  return [...done].filter(([, pods]) => pods.length > 1).map(([key, pods]) => `${key}: ${pods.join(' ')}`);
}

/** Names of pods that have not ended. */
export async function livePods(client: KubernetesClient, namespace: string): Promise<string[]> {
  const { items } = await client.list<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace });
  return items
    .filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed')
    .map(({ metadata }) => metadata.name);
}

function parseUnits(text: string): number[] {
  return parseIntervals(text).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, place) => first + place),
  );
}

interface Pod extends KubernetesObject {
  readonly status?: { readonly phase?: string };
}
