import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { App } from 'cdk8s';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { compile } from '../../../src/compile.ts';
import { lowerPipeline } from '../../../src/constructs/lower/pipeline.ts';
import { Collector } from '../../../src/diagnostics/collector.ts';
import type { TargetName } from '../../../src/ir/bundle.ts';
import type { ClusterRun, RunOutcome } from './cluster-run.ts';
import { runOnJobs } from './conductor.ts';
import { LAB_PROFILE } from './lab-profile.ts';
import { describeTask, mostAtOnce, orderProblems, outcomeOf, shortestWait } from './outcome.ts';
import { PodHistory } from './pod-history.ts';
import { runOnArgo } from './run-argo.ts';
import { expectedOn, type Scenario, type TaskTexts } from './scenario.ts';

/** What a scenario did on one target, with what is to be compared in `seen` and `wanted`. */
export interface Column {
  readonly seen: Result;
  readonly wanted: Result;
  readonly trace: readonly string[];
}
export interface Result {
  readonly run: string;
  readonly tasks: TaskTexts;
  /** Broken rules of order, bounds and waits, in words. */
  readonly problems: readonly string[];
}

const runners: { readonly [target in TargetName]: (run: ClusterRun) => Promise<RunOutcome> } = {
  argo: runOnArgo,
  jobs: runOnJobs,
};

/** A scenario may take so long; Jobs wait 10 s and 20 s before their second and third attempts. */
export const MOST_MILLISECONDS = 480_000;

/** Where a scenario runs: in a namespace of its own, which is deleted afterwards. `folder`: of the cluster. */
export interface Place {
  readonly client: KubernetesClient;
  readonly folder: string;
  readonly namespace: string;
}

/** Runs a scenario on one target. */
export async function runScenario(
  scenario: Scenario,
  target: TargetName,
  { client, folder, namespace }: Place,
): Promise<Column> {
  const state = join(folder, 'order', namespace);
  await mkdir(state, { recursive: true });
  const diagnostics = new Collector();
  const pipeline = lowerPipeline(scenario.make({ app: new App(), namespace, state }) as never, diagnostics);
  compile([pipeline], LAB_PROFILE, [target], diagnostics);
  const errors = diagnostics.sorted().filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ code, message }) => `${code} ${message}`).join('\n'));
  const pods = new PodHistory(client, namespace);
  const signal = AbortSignal.timeout(MOST_MILLISECONDS);
  const undos: (() => Promise<unknown>)[] = [];
  try {
    const over = new AbortController();
    const meanwhile = { client, namespace, pods, state, onEnd: (undo: () => Promise<unknown>) => undos.push(undo) };
    const disturbance = scenario
      .meanwhile?.({ ...meanwhile, signal: AbortSignal.any([signal, over.signal]) })
      .catch((error: unknown) => over.signal.aborted || Promise.reject(error));
    const run: ClusterRun = { client, namespace, pipeline, given: scenario.given ?? {}, pods, signal };
    const ended = runners[target](run).finally(() => over.abort());
    const [outcome] = await Promise.all([ended, disturbance]);
    await pods.settle(signal);
    const seen = {
      run: outcome.run,
      tasks: Object.fromEntries(
        [...outcome.tasks].map(([name, { status, units }]) => [
          name,
          describeTask(outcomeOf(status, pods.of(name), units)),
        ]),
      ),
      problems: problemsOf(scenario, pods),
    };
    const wanted = { ...oneOf(expectedOn(target, scenario), seen), problems: [] };
    return { seen, wanted, trace: [...outcome.trace, ...pods.trace()] };
  } finally {
    await pods.close();
    for (const undo of undos) await undo();
    await client.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
  }
}

/** Of what may happen (`this or that`), what did. */
function oneOf(expected: Pick<Result, 'run' | 'tasks'>, seen: Result): Pick<Result, 'run' | 'tasks'> {
  const tasks = Object.entries(expected.tasks).map(([task, text]) => {
    const did = text.split(' or ').find((each) => each === seen.tasks[task]);
    return [task, did ?? text];
  });
  return { run: expected.run, tasks: Object.fromEntries(tasks) };
}

function problemsOf({ order = [], atMost = {}, waits = {} }: Scenario, pods: PodHistory): string[] {
  return [
    ...orderProblems(order, pods),
    ...Object.entries(atMost).flatMap(([task, bound]) => {
      const most = mostAtOnce(task, pods);
      return most <= bound ? [] : [`${most} pods of ${task} at once, not ${bound}`];
    }),
    ...Object.entries(waits).flatMap(([task, seconds]) => {
      const wait = shortestWait(task, pods);
      return wait >= seconds ? [] : [`${task} was tried again after ${wait} s, not ${seconds} s`];
    }),
  ];
}
