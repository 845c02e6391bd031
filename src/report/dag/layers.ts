import type { EdgeCondition } from '../../ir/task.ts';

export interface DagTask {
  readonly name: string;
  readonly phase: 'main' | 'exit';
  readonly after: readonly { readonly task: string; readonly on: EdgeCondition }[];
}

/** A task, or a place where an edge that is longer than one layer goes through. */
export interface Vertex {
  /** Number of the task; undefined for a bend. */
  readonly task: number | undefined;
  readonly layer: number;
}

/** A piece of an edge, from one layer to the next. Numbers of vertices. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly on: EdgeCondition;
}

export interface LayeredGraph {
  /** Tasks first, by their number. */
  readonly vertices: readonly Vertex[];
  readonly segments: readonly Segment[];
  /** Vertices of each layer, in the order of the pipeline. */
  readonly layers: readonly (readonly number[])[];
}

/**
 * Puts each task one layer behind the last of those it comes after; exit tasks come behind all others. Edges of one kind that
 * lead to the same task share their bends, so that a task after hundreds of others is reached by one line.
 */
export function layerGraph(tasks: readonly DagTask[]): LayeredGraph {
  const layerOf = assignLayers(tasks);
  const numbers = new Map(tasks.map(({ name }, number) => [name, number]));
  const vertices: Vertex[] = tasks.map((_task, task) => ({ task, layer: layerOf[task]! }));
  const segments = new Map<string, Segment>();
  const connect = (from: number, to: number, on: EdgeCondition): void => {
    segments.set(`${from} ${to} ${on}`, { from, to, on });
  };
  tasks.forEach((task, number) => {
    const bends = new Map<string, number>();
    for (const { task: name, on } of task.after) {
      const from = numbers.get(name);
      if (from === undefined || layerOf[from]! >= layerOf[number]!) continue;
      let at = from;
      for (let layer = layerOf[from]! + 1; layer < layerOf[number]!; layer++) {
        const key = `${layer} ${on}`;
        let bend = bends.get(key);
        if (bend === undefined) {
          bend = vertices.push({ task: undefined, layer }) - 1;
          bends.set(key, bend);
        }
        connect(at, bend, on);
        at = bend;
      }
      connect(at, number, on);
    }
  });
  const layers: number[][] = Array.from({ length: Math.max(0, ...layerOf) + 1 }, () => []);
  vertices.forEach(({ layer }, vertex) => {
    layers[layer]!.push(vertex);
  });
  return { vertices, segments: [...segments.values()], layers: layers.filter((layer) => layer.length > 0) };
}

/** By the longest way to each task. Tasks that wait for each other, which no compiler lets through, come at the end. */
function assignLayers(tasks: readonly DagTask[]): number[] {
  const main = longestWays(tasks, 'main', 0);
  const exit = longestWays(tasks, 'exit', main.next);
  return tasks.map(({ name, phase }) => (phase === 'exit' ? exit : main).layers.get(name)!);
}

function longestWays(
  tasks: readonly DagTask[],
  phase: 'main' | 'exit',
  first: number,
): { readonly layers: ReadonlyMap<string, number>; readonly next: number } {
  const own = new Map(tasks.filter((task) => task.phase === phase).map((task) => [task.name, task]));
  const missing = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const { name, after } of own.values()) {
    const upstream = new Set(after.map(({ task }) => task).filter((task) => own.has(task)));
    missing.set(name, upstream.size);
    for (const task of upstream) dependents.set(task, [...(dependents.get(task) ?? []), name]);
  }
  const layers = new Map<string, number>();
  let ready = [...own.keys()].filter((name) => missing.get(name) === 0);
  let layer = first;
  for (; ready.length > 0; layer++) {
    const next: string[] = [];
    for (const name of ready) {
      layers.set(name, layer);
      for (const dependent of dependents.get(name) ?? []) {
        const left = missing.get(dependent)! - 1;
        missing.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    ready = next;
  }
  const waiting = [...own.keys()].filter((name) => !layers.has(name));
  for (const name of waiting) layers.set(name, layer);
  return { layers, next: waiting.length > 0 ? layer + 1 : layer };
}
