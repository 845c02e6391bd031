import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { Diagnostic } from '../../../src/diagnostics/diagnostic.ts';
import type { Emit } from '../../../src/runner/event.ts';
import type { RunResult } from '../../../src/runner/run.ts';
import { runInCluster } from '../../../src/runner/run-in-cluster.ts';
import { runOnArgo } from '../../../src/runner/run-on-argo.ts';
import type { AttemptLine } from '../../../src/runner/state/run-record.ts';
import { argoObjects } from '../../../src/targets/argo/run-objects.ts';
import { runObjects } from '../../../src/targets/jobs/run-objects.ts';
import { LAB_PROFILE } from '../order/lab-profile.ts';
import { manyKinds } from './argo-run-pipeline.ts';

export interface WhatToRun {
  readonly target: 'argo' | 'jobs';
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly run: string;
  /** Where runs are kept. */
  readonly folder: string;
}

/** Runs the pipeline of these tests with a runner in this process. */
export async function runKinds(
  { target, kubeconfig, namespace, run, folder }: WhatToRun,
  emit: Emit = () => {},
  interrupt?: AbortSignal,
): Promise<RunResult> {
  const client = await KubernetesClient.connect({ kubeconfig, namespace });
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(manyKinds(namespace), diagnostics);
  const common = {
    ...{ pipeline, root: folder, runsFolder: folder, run, client, emit, interrupt },
    report: (found: readonly Diagnostic[]) => {
      const errors = found.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
    },
  };
  try {
    return target === 'argo'
      ? await runOnArgo({ ...common, objects: argoObjects(pipeline, LAB_PROFILE) })
      : await runInCluster({ ...common, objectsOf: (name) => runObjects(pipeline, LAB_PROFILE, name) });
  } finally {
    client.close();
  }
}

/** All files of a run that have no times or names of pods in them, by path. Argo takes the last newline off outputs. */
export async function filesOf(folder: string): Promise<{ readonly [path: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: { [path: string]: string } = {};
  for (const entry of entries) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (!entry.isFile() || ['run.json', 'attempts.jsonl', 'run.lock'].includes(path)) continue;
    const text = await readFile(join(folder, path), 'utf8');
    files[path] = path.startsWith('_outputs/') ? text.trimEnd() : text.split('\n').sort().join('\n');
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The attempts that a run has written down: `loop/bad 2 exit`. */
export async function attemptsOf(folder: string): Promise<string[]> {
  const lines = (await readFile(join(folder, 'attempts.jsonl'), 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as AttemptLine)
    .map(({ task, item, attempt, failure }) => `${task}/${item} ${attempt} ${failure?.kind ?? 'done'}`)
    .sort();
}
