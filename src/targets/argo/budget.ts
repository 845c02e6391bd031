import type { Collector } from '../../diagnostics/collector.ts';
import type { JsonObject } from '../../ir/scalar.ts';
import { type Collision, collisionProbability, findCollisions, nodeNames } from './collisions.ts';
import { loopBytes, MAX_WORKFLOW_BYTES, nodeBytes, unitsOf } from './plan.ts';
import type { Scene } from './scene.ts';
import { tasksOf, type Unit } from './unit.ts';

/** `maxItems` of `spec.templates` in the full CRDs of Argo 4; Argo 3.7 has no such bound. */
export const MAX_TEMPLATES = 200;
/** From this probability on that two nodes of a run have the same id, people should know. */
const NOTABLE_PROBABILITY = 0.01;
/** As many pairs are named; more say nothing new. */
const SHOWN_COLLISIONS = 3;

export function checkTemplates(scene: Scene, templates: readonly JsonObject[], diagnostics: Collector): void {
  const { pipeline, profile } = scene;
  if (profile.argo === '3.7' || templates.length <= MAX_TEMPLATES) return;
  const dags = templates.filter(({ dag }) => dag !== undefined).length;
  diagnostics.report('PL221', { templates: templates.length, dags, argo: profile.argo }, { origin: pipeline.origin });
}

/** The spec is stored as it is, the status of its nodes compressed; together they have 1 MiB. */
export function checkSize(scene: Scene, workflow: JsonObject, units: readonly Unit[], diagnostics: Collector): void {
  const { pipeline } = scene;
  const { origin } = pipeline;
  const spec = Buffer.byteLength(JSON.stringify(workflow['spec']));
  if (spec > MAX_WORKFLOW_BYTES) {
    diagnostics.report('PL224', { bytes: spec }, { origin });
    return;
  }
  const tasks = units.flatMap(tasksOf);
  const looped = (name: string) => scene.strategies.get(name) === 'loop';
  const nodes = tasks.reduce((sum, task) => sum + (looped(task.name) ? loopBytes(task) : nodeBytes(task)), 0);
  if (spec + nodes > MAX_WORKFLOW_BYTES) {
    const items = tasks.reduce((sum, task) => sum + (looped(task.name) ? unitsOf(task) : 1), 0);
    diagnostics.report('PL225', { spec, nodes, items }, { origin });
  }
}

/** Ids of nodes have 32 bits, and of two nodes with the same id one never runs (argo-workflows issue 16376). */
export function checkCollisions(
  scene: Scene,
  main: readonly Unit[],
  exit: readonly Unit[],
  diagnostics: Collector,
): void {
  const { pipeline } = scene;
  const { name, origin } = pipeline;
  const names = [
    name,
    ...nodeNames(name, main, scene),
    ...(exit.length === 0 ? [] : [`${name}.onExit`, ...nodeNames(`${name}.onExit`, exit, scene)]),
  ];
  for (const { first, second } of findCollisions(names).slice(0, SHOWN_COLLISIONS) as readonly Collision[]) {
    diagnostics.report('PL226', { first, second, run: name }, { origin });
  }
  const probability = collisionProbability(names.length);
  if (probability >= NOTABLE_PROBABILITY) diagnostics.report('PL227', { nodes: names.length, probability }, { origin });
}
