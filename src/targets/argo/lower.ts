import type { Collector } from '../../diagnostics/collector.ts';
import type { Bundle, Manifest } from '../../ir/bundle.ts';
import type { Pipeline } from '../../ir/pipeline.ts';
import type { Profile } from '../../ir/profile.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { argoItems, tableChunks } from '../items/index.ts';
import { contentConfigMap, headlessService } from '../supporting/index.ts';
import { accounts } from './accounts.ts';
import { checkCollisions, checkSize, checkTemplates } from './budget.ts';
import { DagWriter } from './dag.ts';
import { jobLeaf } from './job-leaf.ts';
import { podLeaf } from './leaf.ts';
import { dagNames } from './names.ts';
import { MAX_DAG_TASKS, nest, nestByLevel } from './nesting.ts';
import { type Leaf, type Scene, sceneOf } from './scene.ts';
import { shareTemplates } from './sharing.ts';
import type { Unit } from './unit.ts';
import { flatUnits } from './units.ts';
import { cronWorkflow, type Templates, workflowTemplate } from './workflow.ts';

/** IR to `argo/<pipeline>.yaml`. */
export function lower(pipeline: Pipeline, profile: Profile, diagnostics: Collector): Bundle {
  const scene = sceneOf(pipeline, profile);
  const main = phaseUnits(scene, 'main', diagnostics);
  const exit = phaseUnits(scene, 'exit', diagnostics);
  const templates = templatesOf(scene, main, exit);
  const workflow = workflowTemplate(pipeline, templates);
  checkTemplates(scene, templates.templates, diagnostics);
  checkSize(scene, workflow, [...main, ...exit], diagnostics);
  checkCollisions(scene, main, exit, diagnostics);
  return {
    target: 'argo',
    pipeline: pipeline.name,
    files: [{ path: `argo/${pipeline.name}.yaml`, gitops: true, manifests: manifests(scene, workflow) }],
  };
}

function phaseUnits(scene: Scene, phase: Task['phase'], diagnostics: Collector): readonly Unit[] {
  const tasks = scene.pipeline.tasks.filter((task) => task.phase === phase);
  const units = flatUnits(tasks);
  const names = dagNames(tasks.map(({ name }) => name));
  const exporting = new Set([...scene.exporting].map((name) => names.get(name) ?? name));
  const exact = nest(units, exporting);
  if (exact.length <= MAX_DAG_TASKS) return exact;
  const { origin } = scene.pipeline;
  const levels = nestByLevel(units, exporting);
  if (levels !== undefined && levels.length <= MAX_DAG_TASKS) {
    diagnostics.report('PL223', { tasks: tasks.length, left: exact.length }, { origin });
    return levels;
  }
  diagnostics.report('PL222', { tasks: tasks.length, left: exact.length }, { origin });
  return exact;
}

function templatesOf(scene: Scene, main: readonly Unit[], exit: readonly Unit[]): Templates {
  const own = new Map(scene.pipeline.tasks.map((task) => [task.name, leafOf(task, scene)]));
  const leaves = scene.sharing ? shareTemplates(own) : own;
  const leafTemplates = [...new Set([...leaves.values()].map(({ template }) => template))];
  const below = [...leaves.values()].flatMap((leaf) => leaf.below);
  const names = new Set([...leafTemplates, ...below].map(({ name }) => name as string));
  const writer = new DagWriter(scene, leaves, names);
  const entrypoint = writer.write('main', main);
  const onExit = exit.length === 0 ? undefined : writer.write('on-exit', exit);
  return { entrypoint, onExit, templates: [...writer.templates, ...leafTemplates, ...below] };
}

function leafOf(task: Task, scene: Scene): Leaf {
  return scene.strategies.get(task.name) === 'job' ? jobLeaf(task, scene) : podLeaf(task, scene);
}

function manifests(scene: Scene, workflow: JsonObject): Manifest[] {
  const { pipeline, strategies } = scene;
  const { origin } = pipeline;
  const own = pipeline.tasks.flatMap(({ name, serviceAccount }) =>
    serviceAccount === undefined || strategies.get(name) === 'job' ? [] : [serviceAccount],
  );
  const launches = [...strategies.values()].includes('job');
  const cron = cronWorkflow(pipeline);
  return [
    ...accounts(pipeline, [...new Set(own)], launches).map((object) => ({ object, origin })),
    ...pipeline.tasks.flatMap((task) => taskObjects(pipeline, task)),
    { object: workflow, origin },
    ...(cron === undefined ? [] : [{ object: cron, origin }]),
    ...pipeline.extras,
  ];
}

/** Tables and services; chunks of one task may share a table, which is there once. */
function taskObjects(pipeline: Pipeline, task: Task): Manifest[] {
  const tables = tableChunks(pipeline, task, argoItems).flatMap(({ configMaps }) => configMaps);
  const once = [...new Map(tables.map((table) => [table.name, table])).values()];
  return [
    ...once.map(({ name, data }) => contentConfigMap(pipeline, name, data, task.name)),
    ...(task.replicas === undefined ? [] : [headlessService(pipeline, task)]),
  ].map((object) => ({ object, origin: task.origin, task: task.name }));
}
