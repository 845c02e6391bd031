import type { EdgeCondition } from '../../ir/task.ts';
import { tasksOf, type Unit, type UnitEdge } from './unit.ts';

/** `maxItems` of DAG tasks, and of templates, in the full CRDs of Argo 4. */
export const MAX_DAG_TASKS = 200;

interface Link {
  readonly to: number;
  readonly on: EdgeCondition;
}
interface Node {
  readonly unit: Unit;
  readonly links: readonly Link[];
  /** Outputs of it are used by others: they have to be in the same DAG or below it. */
  readonly exporting: boolean;
}

/**
 * Nested DAGs with the same meaning, until at most `limit` units are left (or nothing more can be put together exactly).
 * Two rules, by turns: a chain u → v of `succeeded`, where u has no other successor and v no other predecessor, is one
 * unit; and so are twins, units with the same predecessors and successors. Nobody outside can tell the difference when
 * all edges that leave are `succeeded` or `completed`: a nested DAG fails when one of its tasks does.
 */
export function nest(units: readonly Unit[], exporting: ReadonlySet<string>, limit = MAX_DAG_TASKS): readonly Unit[] {
  if (units.length <= limit) return units;
  const names = new Set(units.map(({ name }) => name));
  let nodes = toNodes(units, exporting);
  for (let before = Number.POSITIVE_INFINITY; nodes.length > limit && nodes.length < before; ) {
    before = nodes.length;
    nodes = contract(nodes, chains(nodes, limit), names);
    if (nodes.length > limit) nodes = contract(nodes, twins(nodes, limit), names);
  }
  return toUnits(nodes);
}

/**
 * Barriers between levels: each task waits for all tasks that are further up, and is left out when one of those fails.
 * Only for DAGs of plain `succeeded` edges without outputs in use; undefined for others.
 */
export function nestByLevel(
  units: readonly Unit[],
  exporting: ReadonlySet<string>,
  limit = MAX_DAG_TASKS,
): readonly Unit[] | undefined {
  const plain = units.every(({ name, edges }) => !exporting.has(name) && edges.every(({ on }) => on === 'succeeded'));
  if (!plain) return undefined;
  const names = new Set(units.map(({ name }) => name));
  const levels: Unit[] = [];
  for (const members of membersByLevel(units)) {
    const previous = levels.at(-1)?.name;
    const level = [
      ...nest(
        members.map((unit) => ({ ...unit, edges: [] })),
        new Set(),
        limit,
      ),
    ];
    const [only] = level;
    const unit = level.length === 1 && only !== undefined ? only : group(level, names);
    levels.push({ ...unit, edges: previous === undefined ? [] : [{ task: previous, on: 'succeeded' }] });
  }
  return nest(levels, new Set(), limit);
}

function membersByLevel(units: readonly Unit[]): Unit[][] {
  const numbers = new Map<string, number>();
  const byName = new Map(units.map((unit) => [unit.name, unit]));
  const levels: Unit[][] = [];
  for (const unit of topological(units, byName)) {
    const number = unit.edges.reduce((most, { task }) => Math.max(most, (numbers.get(task) ?? -1) + 1), 0);
    numbers.set(unit.name, number);
    const level = levels[number] ?? [];
    levels[number] = level;
    level.push(unit);
  }
  return levels;
}

/** Predecessors first, without recursion: chains may be thousands long. */
function topological(units: readonly Unit[], byName: ReadonlyMap<string, Unit>): Unit[] {
  const waiting = new Map(units.map(({ name, edges }) => [name, edges.length]));
  const successors = new Map<string, Unit[]>(units.map(({ name }) => [name, []]));
  for (const unit of units) for (const { task } of unit.edges) successors.get(task)?.push(unit);
  const ready = units.filter(({ edges }) => edges.length === 0);
  for (const { name } of ready) {
    for (const successor of successors.get(name) ?? []) {
      const left = (waiting.get(successor.name) ?? 0) - 1;
      waiting.set(successor.name, left);
      if (left === 0) ready.push(byName.get(successor.name) ?? successor);
    }
  }
  return ready;
}

function toNodes(units: readonly Unit[], exporting: ReadonlySet<string>): Node[] {
  const numbers = new Map(units.map(({ name }, number) => [name, number]));
  return units.map((unit) => ({
    unit,
    exporting: exporting.has(unit.name),
    links: unit.edges.flatMap(({ task, on }) => {
      const to = numbers.get(task);
      return to === undefined ? [] : [{ to, on }];
    }),
  }));
}

function toUnits(nodes: readonly Node[]): Unit[] {
  return nodes.map(({ unit, links }) => ({ ...unit, edges: named(nodes, links) }));
}

function named(nodes: readonly Node[], links: readonly Link[]): UnitEdge[] {
  return links.map(({ to, on }) => ({ task: (nodes[to] as Node).unit.name, on }));
}

/** Who waits for each node, and under which conditions. */
function successorsOf(nodes: readonly Node[]): Link[][] {
  const successors: Link[][] = nodes.map(() => []);
  nodes.forEach(({ links }, number) => {
    for (const { to, on } of links) successors[to]?.push({ to: number, on });
  });
  return successors;
}

/** Pieces of chains, each in order. */
function chains(nodes: readonly Node[], limit: number): number[][] {
  const successors = successorsOf(nodes);
  const next = nodes.map((_, number): number | undefined => {
    const [link, ...others] = successors[number] as Link[];
    if (link === undefined || others.length > 0 || link.on !== 'succeeded') return undefined;
    return (nodes[link.to] as Node).links.length === 1 ? link.to : undefined;
  });
  const continued = new Set(next);
  const pieces: number[][] = [];
  nodes.forEach((_, start) => {
    if (continued.has(start)) return;
    const chain: number[] = [];
    for (let at: number | undefined = start; at !== undefined; at = next[at]) chain.push(at);
    pieces.push(...cutChain(chain, limit, (number) => canEnd(nodes[number] as Node, successors[number] as Link[])));
  });
  return pieces;
}

/** Nested tasks can't tell the outside how they ended in other words than the group's, nor what they put out. */
function canEnd(node: Node, successors: readonly Link[]): boolean {
  return !node.exporting && successors.every(({ on }) => on === 'succeeded' || on === 'completed');
}

/** Cuts into pieces of at most `limit`, each of which ends where it may. */
function cutChain(chain: readonly number[], limit: number, mayEnd: (number: number) => boolean): number[][] {
  const pieces: number[][] = [];
  for (let start = 0; start < chain.length; ) {
    let end = Math.min(start + limit, chain.length);
    while (end > start + 1 && !mayEnd(chain[end - 1] as number)) end--;
    pieces.push(chain.slice(start, end));
    start = end;
  }
  return pieces.filter(({ length }) => length > 1);
}

function twins(nodes: readonly Node[], limit: number): number[][] {
  const successors = successorsOf(nodes);
  const buckets = new Map<string, number[]>();
  nodes.forEach((node, number) => {
    const after = successors[number] as Link[];
    if (!canEnd(node, after)) return;
    const key = `${linksKey(node.links)}|${linksKey(after)}`;
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [number]);
    else bucket.push(number);
  });
  return [...buckets.values()].flatMap((bucket) => chunks(bucket, limit)).filter(({ length }) => length > 1);
}

function linksKey(links: readonly Link[]): string {
  return links
    .map(({ to, on }) => `${to}${on}`)
    .sort()
    .join();
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, number) =>
    list.slice(number * size, (number + 1) * size),
  );
}

/** Replaces each list of nodes by one, in the place of its first. */
function contract(nodes: readonly Node[], lists: readonly (readonly number[])[], names: Set<string>): Node[] {
  const head = nodes.map((_, number) => number);
  const listOf = new Map<number, readonly number[]>();
  for (const list of lists) {
    const [first] = list as [number];
    listOf.set(first, list);
    for (const number of list) head[number] = first;
  }
  const kept = nodes.flatMap((_, number) => (head[number] === number ? [number] : []));
  const newNumber = new Map(kept.map((number, position) => [number, position]));
  return kept.map((number): Node => {
    const node = nodes[number] as Node;
    const list = listOf.get(number);
    const links = dedupe(node.links.map(({ to, on }) => ({ to: newNumber.get(head[to] as number) as number, on })));
    if (list === undefined) return { ...node, links };
    const inside = new Set(list);
    const units = list.map((member) => {
      const { unit, links: all } = nodes[member] as Node;
      return {
        ...unit,
        edges: named(
          nodes,
          all.filter(({ to }) => inside.has(to)),
        ),
      };
    });
    return { unit: group(units, names), links, exporting: false };
  });
}

function dedupe(links: readonly Link[]): Link[] {
  return [...new Map(links.map((link) => [`${link.to}${link.on}`, link])).values()];
}

/** Called by the first of its tasks and the number of the others. */
function group(units: readonly Unit[], names: Set<string>): Unit {
  const tasks = units.flatMap(tasksOf);
  let name = `${tasks[0]?.name}-and-${tasks.length - 1}-more`;
  while (names.has(name)) name += '-group';
  names.add(name);
  return { kind: 'group', name, edges: [], units };
}
