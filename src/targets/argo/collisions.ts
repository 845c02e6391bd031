import { fnv1a } from '../../units/fnv.ts';
import { podsOf } from './plan.ts';
import type { Scene } from './scene.ts';
import type { Unit } from './unit.ts';

/** Two nodes of a run that Argo cannot tell apart. */
export interface Collision {
  readonly first: string;
  readonly second: string;
}

/**
 * Names of the nodes below an entry point as Argo makes them (dag.go taskNodeName, operator.go generateNodeName). A retry
 * parent has the name of its task, and its first attempt `(0)` at the end.
 */
export function* nodeNames(prefix: string, units: readonly Unit[], scene: Scene): Generator<string> {
  for (const unit of units) {
    const name = `${prefix}.${unit.name}`;
    yield name;
    if (unit.kind === 'group') yield* nodeNames(name, unit.units, scene);
    else if (unit.kind === 'items') {
      const [first] = unit.tasks;
      const pods = first === undefined ? 0 : podsOf(first);
      for (let index = 0; index < pods; index++) {
        yield `${name}(${index}:${index})`;
        for (const task of unit.tasks) yield* attempts(`${name}(${index}:${index}).${task.name}`, task.retries.limit);
      }
    } else if (scene.strategies.get(unit.task.name) === 'loop') {
      for (let index = 0; index < podsOf(unit.task); index++) {
        const item = `${name}(${index}:${index})`;
        yield item;
        if (unit.task.retries.limit > 0) yield `${item}(0)`;
      }
    } else if (unit.task.retries.limit > 0) yield `${name}(0)`;
  }
}

function* attempts(name: string, retries: number): Generator<string> {
  yield name;
  if (retries > 0) yield `${name}(0)`;
}

/**
 * Nodes whose ids, FNV-1a of their names in 32 bits, coincide. What is below two such nodes coincides too, and goes
 * without saying.
 */
export function findCollisions(names: Iterable<string>): Collision[] {
  const seen = new Map<number, string>();
  const collisions: Collision[] = [];
  for (const name of names) {
    const id = fnv1a(name);
    const first = seen.get(id);
    if (first === undefined) seen.set(id, name);
    else if (first !== name && !collisions.some((other) => isBelow(first, name, other))) {
      collisions.push({ first, second: name });
    }
  }
  return collisions;
}

function isBelow(first: string, second: string, other: Collision): boolean {
  return first.startsWith(other.first) && second.startsWith(other.second);
}

/** How likely it is that any two of so many nodes have the same id, for a run whose name is not known yet. */
export function collisionProbability(nodes: number): number {
  return -Math.expm1((-nodes * (nodes - 1)) / 2 ** 33);
}
