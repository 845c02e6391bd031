import type { Collector } from '../../diagnostics/collector.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { Task } from '../../ir/task.ts';
import { argoItems, countChunks, supportsItems } from '../items/index.ts';
import { firstVersionOf, serves, supportsPods } from '../pod/index.ts';
import { boundOf } from './dag.ts';
import { itemGroups } from './itemwise.ts';
import { FORCED_LOOP_BYTES, loopBytes, loopObstacle, podsOf } from './plan.ts';
import { isParameter, outputOf, podOutputs, usedOutputs } from './references.ts';
import { type Scene, sceneOf } from './scene.ts';

/** Parameters of a workflow in the full CRDs of Argo 4. */
const MAX_PARAMETERS = 500;

/** Reports all that Argo Workflows cannot mean. */
export function supports(pipeline: Pipeline, profile: Profile, diagnostics: Collector): void {
  supportsItems(pipeline, argoItems, diagnostics);
  supportsPods(pipeline, diagnostics);
  const scene = sceneOf(pipeline, profile);
  checkParameters(scene, diagnostics);
  for (const task of pipeline.tasks) {
    checkStrategy(task, scene, diagnostics);
    checkEdges(task, scene, diagnostics);
    checkOutputs(task, scene, diagnostics);
    checkRetries(task, scene, diagnostics);
    checkAnnotations(task, diagnostics);
  }
  checkItemwise(scene, diagnostics);
  checkBound(scene, diagnostics);
  if (pipeline.runOnChange) diagnostics.report('PL240', undefined, { origin: pipeline.origin });
}

function checkParameters({ pipeline, profile }: Scene, diagnostics: Collector): void {
  const { origin, parameters } = pipeline;
  for (const { name, default: value } of parameters) {
    if (typeof value === 'string' && value.includes('{{')) diagnostics.report('PL232', { parameter: name }, { origin });
  }
  if (profile.argo !== '3.7' && parameters.length > MAX_PARAMETERS) {
    diagnostics.report('PL234', { count: parameters.length, argo: profile.argo }, { origin });
  }
}

function checkStrategy(task: Task, scene: Scene, diagnostics: Collector): void {
  const { name, origin, forEach, argoStrategy } = task;
  const { profile } = scene;
  const obstacle = loopObstacle(task);
  if (forEach?.items.kind === 'output') {
    const problem = argoStrategy === 'job' ? "argoStrategy is 'job'" : obstacle;
    if (problem !== undefined) diagnostics.report('PL235', { task: name, problem }, { origin });
    return;
  }
  if (argoStrategy === 'loop') {
    const bytes = loopBytes(task);
    const size = `its ${podsOf(task)} pods would take about ${bytes} bytes of the 1,048,576 that a workflow may have`;
    const problem = obstacle ?? (bytes > FORCED_LOOP_BYTES ? size : undefined);
    if (problem !== undefined) diagnostics.report('PL220', { task: name, problem }, { origin });
  }
  if (scene.strategies.get(name) !== 'job' || task.replicas !== undefined) return;
  if (!serves(profile, 'backoffLimitPerIndex')) {
    const first = firstVersionOf('backoffLimitPerIndex');
    diagnostics.report('PL262', { task: name, version: profile.kubernetes, first }, { origin });
  }
  const jobs = countChunks(task);
  if (jobs > 1 && task.maxFailed !== undefined) diagnostics.report('PL238', { task: name, jobs }, { origin });
}

/** Edges that look at single items need the items to be nodes of the same DAG. */
function checkEdges(task: Task, scene: Scene, diagnostics: Collector): void {
  for (const { task: upstream, on } of task.after) {
    if (on !== 'anySucceeded' && on !== 'allFailed') continue;
    const other = scene.tasks.get(upstream);
    if (other?.forEach === undefined) continue;
    const strategy = scene.strategies.get(upstream);
    const reason =
      strategy === 'job'
        ? `it runs as an Indexed Job${reasonOf(other)}`
        : boundOf([other]) !== undefined
          ? 'its maxRunning puts its items into a DAG of their own'
          : undefined;
    if (reason === undefined) continue;
    diagnostics.report('PL228', { task: task.name, upstream, on, reason }, { origin: task.origin });
  }
}

function reasonOf(task: Task): string {
  const obstacle = loopObstacle(task);
  return obstacle === undefined ? '' : `, because ${obstacle}`;
}

/** A Job tells Argo how it ended, and nothing else. */
function checkOutputs(task: Task, scene: Scene, diagnostics: Collector): void {
  const { tasks, strategies } = scene;
  for (const reference of usedOutputs(task)) {
    const producer = tasks.get(reference.task);
    if (producer === undefined || strategies.get(producer.name) !== 'job') continue;
    if (!isParameter(outputOf(tasks, reference))) continue;
    const params = { task: task.name, upstream: producer.name, output: reference.output };
    diagnostics.report('PL230', params, { origin: task.origin });
  }
  if (strategies.get(task.name) !== 'job') return;
  const files = [
    ...task.outputs.filter(({ kind }) => kind === 's3').map(({ name }) => name),
    ...podOutputs(task)
      .filter((reference) => outputOf(tasks, reference)?.kind === 's3')
      .map(({ task: from, output }) => `${from}.${output}`),
  ];
  for (const file of files) diagnostics.report('PL231', { task: task.name, file }, { origin: task.origin });
}

function checkRetries(task: Task, { strategies }: Scene, diagnostics: Collector): void {
  const { name, origin, retries } = task;
  const { backoff } = retries;
  if (backoff === undefined || retries.limit === 0) return;
  if (strategies.get(name) === 'job') diagnostics.report('PL233', { task: name }, { origin });
  else if (!Number.isInteger(backoff.factor)) {
    diagnostics.report('PL239', { task: name, factor: backoff.factor }, { origin });
  }
}

/** Commands and environment have a way around Argo's tags; annotations have none that holds for every text. */
function checkAnnotations({ name, origin, podAnnotations }: Task, diagnostics: Collector): void {
  for (const [annotation, text] of Object.entries(podAnnotations)) {
    if (text.includes('{{')) diagnostics.report('PL236', { task: name, annotation }, { origin });
  }
}

function checkItemwise(scene: Scene, diagnostics: Collector): void {
  for (const { tasks, obstacle } of itemGroups(scene.pipeline.tasks)) {
    const bytes = tasks.reduce((sum, task) => sum + loopBytes(task), 0);
    const unlooped = tasks.find(({ name }) => scene.strategies.get(name) !== 'loop');
    const problem =
      obstacle ??
      (unlooped !== undefined
        ? `'${unlooped.name}' cannot be a loop${unlooped.argoStrategy === 'job' ? ", argoStrategy is 'job'" : reasonOf(unlooped)}`
        : bytes > FORCED_LOOP_BYTES
          ? `their nodes would take about ${bytes} bytes of the 1,048,576 that a workflow may have`
          : undefined);
    if (problem === undefined) continue;
    const names = tasks.map(({ name }) => name);
    diagnostics.report('PL229', { tasks: names, problem }, { origin: tasks.at(-1)?.origin });
  }
}

/** Argo counts its own pods; those of Jobs are bounded for each Job. */
function checkBound(scene: Scene, diagnostics: Collector): void {
  const { pipeline, strategies, tasks } = scene;
  const { maxRunning, origin } = pipeline;
  if (maxRunning === undefined) return;
  const jobs = pipeline.tasks.filter(({ name, phase }) => phase === 'main' && strategies.get(name) === 'job');
  for (const [number, job] of jobs.entries()) {
    const before = ancestors(job, tasks);
    const beside = jobs
      .slice(0, number)
      .find((other) => !before.has(other.name) && !ancestors(other, tasks).has(job.name));
    if (beside === undefined) continue;
    diagnostics.report('PL237', { maxRunning, first: beside.name, second: job.name }, { origin });
    return;
  }
}

function ancestors(task: Task, tasks: ReadonlyMap<string, Task>): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = task.after.map((edge) => edge.task);
  for (const name of queue) {
    if (found.has(name)) continue;
    found.add(name);
    for (const edge of tasks.get(name)?.after ?? []) queue.push(edge.task);
  }
  return found;
}
