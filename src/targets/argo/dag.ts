import type { JsonObject } from '../../ir/scalar.ts';
import type { Task } from '../../ir/task.ts';
import { dependsOf } from './depends.ts';
import { argoExpression } from './expression.ts';
import { freshName } from './names.ts';
import { podsOf } from './plan.ts';
import type { Leaf, Scene } from './scene.ts';
import type { Unit } from './unit.ts';
import { tasksOf } from './unit.ts';
import { type Import, importArgument, podImports, taskImports, unique, whenValue } from './values.ts';

/** Writes the DAG templates of a pipeline; `templates` has them in the order in which they were needed. */
export class DagWriter {
  readonly templates: JsonObject[] = [];
  readonly #scene: Scene;
  readonly #leaves: ReadonlyMap<string, Leaf>;
  readonly #names: Set<string>;

  /** `names`: of all templates that there are already; new names are added. */
  constructor(scene: Scene, leaves: ReadonlyMap<string, Leaf>, names: Set<string>) {
    this.#scene = scene;
    this.#leaves = leaves;
    this.#names = names;
  }

  /** A DAG of these units, and all below it. Gives the name of its template. */
  write(wanted: string, units: readonly Unit[]): string {
    const local = localNames(units);
    const name = freshName(wanted, this.#names);
    const position = this.templates.push({}) - 1;
    const target = targets(units);
    const imports = unique(units.flatMap((unit) => this.#imports(unit))).filter(
      ({ reference }) => !local.has(reference.task),
    );
    this.templates[position] = {
      name,
      ...inputs(imports.map((each) => each.name)),
      dag: {
        failFast: false,
        ...(target !== undefined && { target }),
        tasks: units.map((unit) => this.#entry(unit, local)),
      },
    };
    return name;
  }

  /** What a unit needs from outside of it. */
  #imports(unit: Unit): Import[] {
    const inside = new Set(unit.kind === 'task' ? [] : tasksOf(unit).map(({ name }) => name));
    const all = tasksOf(unit).flatMap((task) => taskImports(task, this.#scene));
    return unique(all).filter(({ reference }) => !inside.has(reference.task));
  }

  #entry(unit: Unit, local: ReadonlyMap<string, string>): JsonObject {
    const depends = dependsOf(unit.edges);
    return {
      name: unit.name,
      ...(depends !== undefined && { depends }),
      ...(unit.kind === 'task' && this.#when(unit.task, local)),
      ...this.#body(unit, local),
    };
  }

  #when({ when }: Task, local: ReadonlyMap<string, string>): JsonObject {
    if (when === undefined) return {};
    return { when: `{{=${argoExpression(when, (reference) => whenValue(reference, local, this.#scene))}}}` };
  }

  #body(unit: Unit, local: ReadonlyMap<string, string>): JsonObject {
    switch (unit.kind) {
      case 'group': {
        const imports = this.#imports(unit);
        return { template: this.write(unit.name, unit.units), ...this.#arguments(imports, local) };
      }
      case 'items':
        return this.#loop(
          unit.name,
          unit.tasks,
          local,
          () => this.#perItem(unit.name, unit.tasks),
          this.#imports(unit),
        );
      case 'task':
        return this.#task(unit.task, unit.name, local);
    }
  }

  #task(task: Task, name: string, local: ReadonlyMap<string, string>): JsonObject {
    const leaf = this.#leaves.get(task.name) as Leaf;
    const template = leaf.template['name'] as string;
    const imports = podImports(task, this.#scene);
    if (this.#scene.strategies.get(task.name) === 'loop') {
      return this.#loop(name, [task], local, () => template, imports, leaf.literals);
    }
    return { template, ...this.#arguments(imports, local, leaf.literals) };
  }

  /** One DAG for each item, in which the tasks that are joined by itemwise edges follow each other. */
  #perItem(wanted: string, tasks: readonly Task[]): string {
    const imports = unique(
      tasks.flatMap((task) => [...podImports(task, this.#scene), ...whenImports(task, this.#scene)]),
    );
    const names = new Map(tasks.map((task) => [task.name, task.name]));
    const name = freshName(wanted, this.#names);
    this.templates.push({
      name,
      ...inputs(['index', ...imports.map((each) => each.name)]),
      dag: {
        failFast: false,
        tasks: tasks.map((task): JsonObject => {
          const leaf = this.#leaves.get(task.name) as Leaf;
          const edges = task.after.filter(({ task: other }) => names.has(other));
          const depends = dependsOf(edges);
          const index = { name: 'index', value: '{{inputs.parameters.index}}' };
          return {
            name: task.name,
            ...(depends !== undefined && { depends }),
            ...this.#when(task, new Map()),
            template: leaf.template['name'] as string,
            ...this.#arguments(podImports(task, this.#scene), new Map(), [index, ...leaf.literals]),
          };
        }),
      },
    });
    return name;
  }

  /** `withSequence` over the number of the item, in a DAG of its own when fewer than all may run at once. */
  #loop(
    name: string,
    tasks: readonly Task[],
    local: ReadonlyMap<string, string>,
    template: () => string,
    imports: readonly Import[],
    literals: Leaf['literals'] = [],
  ): JsonObject {
    const counts = unique(
      tasks.flatMap((task) => taskImports(task, this.#scene).filter(({ kind }) => kind === 'count')),
    );
    const values = imports.filter(({ kind }) => kind === 'value');
    const [count] = counts;
    const bound = boundOf(tasks);
    const index = { name: 'index', value: '{{item}}' };
    const sequence = (where: ReadonlyMap<string, string>) => ({
      withSequence: {
        count: count === undefined ? String(podsOf(tasks[0] as Task)) : importArgument(count, where, this.#scene),
      },
    });
    if (bound === undefined) {
      return { template: template(), ...this.#arguments(values, local, [index, ...literals]), ...sequence(local) };
    }
    const wrapper = freshName(`${name}-items`, this.#names);
    const position = this.templates.push({}) - 1;
    const all = [...values, ...counts];
    this.templates[position] = {
      name: wrapper,
      ...inputs(all.map((each) => each.name)),
      parallelism: bound,
      dag: {
        failFast: false,
        tasks: [
          {
            name,
            template: template(),
            ...this.#arguments(values, new Map(), [index, ...literals]),
            ...sequence(new Map()),
          },
        ],
      },
    };
    return { template: wrapper, ...this.#arguments(all, local) };
  }

  #arguments(
    imports: readonly Import[],
    local: ReadonlyMap<string, string>,
    literals: Leaf['literals'] = [],
  ): JsonObject {
    const parameters = [
      ...literals,
      ...imports.map((each) => ({ name: each.name, value: importArgument(each, local, this.#scene) })),
    ];
    return parameters.length === 0 ? {} : { arguments: { parameters } };
  }
}

function whenImports(task: Task, scene: Scene): Import[] {
  return taskImports(task, scene).filter(({ kind }) => kind === 'value');
}

/** Items that may run at once, when that is fewer than all. Of several tasks the smallest bound holds for all. */
export function boundOf(tasks: readonly Task[]): number | undefined {
  const bounds = tasks.flatMap(({ maxRunning }) => (maxRunning === undefined ? [] : [maxRunning]));
  const pods = podsOf(tasks[0] as Task);
  const bound = Math.min(...bounds);
  return bounds.length > 0 && (pods === 0 || bound < pods) ? bound : undefined;
}

function inputs(names: readonly string[]): JsonObject {
  return names.length === 0 ? {} : { inputs: { parameters: names.map((name) => ({ name })) } };
}

/** Names that the DAG's own tasks have in it. */
function localNames(units: readonly Unit[]): ReadonlyMap<string, string> {
  return new Map(units.flatMap((unit) => (unit.kind === 'task' ? [[unit.task.name, unit.name]] : [])));
}

/**
 * Without targets only the tasks on which no other depends decide how a DAG ends, so that a failed task whose handler
 * succeeds would count for nothing. A run with a failed task has failed, on every target.
 */
function targets(units: readonly Unit[]): string | undefined {
  const last = new Set(units.map(({ name }) => name));
  const watched = new Set<string>();
  for (const { edges } of units) {
    for (const { task, on } of edges) {
      last.delete(task);
      if (on !== 'succeeded' && on !== 'itemwise') watched.add(task);
    }
  }
  if (watched.size === 0) return undefined;
  return units.flatMap(({ name }) => (last.has(name) || watched.has(name) ? [name] : [])).join(' ');
}
