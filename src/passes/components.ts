/**
 * Strongly connected components of a graph whose nodes are 0…n-1, by Tarjan's algorithm without recursion (5,000 tasks in a
 * chain would overflow the stack). Only those with more than one node: each holds at least one cycle. O(nodes + edges).
 */
export function cyclicComponents(edges: readonly (readonly number[])[]): number[][] {
  const order = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const open = new Uint8Array(edges.length);
  const stack: number[] = [];
  const components: number[][] = [];
  let next = 0;

  function enter(node: number, path: { node: number; edge: number }[]): void {
    order[node] = low[node] = next++;
    open[node] = 1;
    stack.push(node);
    path.push({ node, edge: 0 });
  }

  function leave(node: number): void {
    if (low[node] !== order[node]) return;
    const component = stack.splice(stack.lastIndexOf(node));
    for (const member of component) open[member] = 0;
    if (component.length > 1) components.push(component.sort((a, b) => a - b));
  }

  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== -1) continue;
    const path: { node: number; edge: number }[] = [];
    enter(root, path);
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const target = edges[frame.node]![frame.edge++];
      if (target === undefined) {
        path.pop();
        leave(frame.node);
        const parent = path.at(-1);
        if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[frame.node]!);
      } else if (order[target] === -1) enter(target, path);
      else if (open[target] === 1) low[frame.node] = Math.min(low[frame.node]!, order[target]!);
    }
  }
  return components.sort((a, b) => a[0]! - b[0]!);
}

/** A shortest way along the edges from one node to another (or back to itself), both ends included. */
export function shortestPath(
  edges: readonly (readonly number[])[],
  from: number,
  to: number,
  allowed: (node: number) => boolean,
): number[] | undefined {
  const cameFrom = new Map<number, number>();
  const queue = [from];
  for (const node of queue) {
    for (const target of edges[node]!) {
      if (target === to) return trace(cameFrom, from, node).concat(to);
      if (target === from || cameFrom.has(target) || !allowed(target)) continue;
      cameFrom.set(target, node);
      queue.push(target);
    }
  }
  return undefined;
}

function trace(cameFrom: ReadonlyMap<number, number>, from: number, to: number): number[] {
  const path = [to];
  for (let node = to; node !== from; ) {
    node = cameFrom.get(node)!;
    path.push(node);
  }
  return path.reverse();
}
