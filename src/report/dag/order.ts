import type { LayeredGraph } from './layers.ts';

/** Times that the order of all layers is improved, there and back. */
const SWEEPS = 10;

/** Neighbours of each vertex in the layer before and in the layer after. */
export interface Neighbours {
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

export function neighboursOf({ vertices, segments }: LayeredGraph): Neighbours {
  const before: number[][] = vertices.map(() => []);
  const after: number[][] = vertices.map(() => []);
  for (const { from, to } of segments) {
    before[to]!.push(from);
    after[from]!.push(to);
  }
  return { before, after };
}

/** Orders the vertices of each layer by the mean place of their neighbours, over and over, and keeps what crosses least. */
export function orderLayers(graph: LayeredGraph, neighbours: Neighbours): readonly (readonly number[])[] {
  const layers = graph.layers.map((layer) => [...layer]);
  const places = new Float64Array(graph.vertices.length);
  const number = (layer: readonly number[]): void => {
    for (const [place, vertex] of layer.entries()) places[vertex] = place;
  };
  layers.forEach(number);
  let best = layers.map((layer) => [...layer]);
  let least = countCrossings(layers, neighbours, places);
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    const forward = sweep % 2 === 0;
    const towards = forward ? neighbours.before : neighbours.after;
    for (const layer of forward ? layers : layers.toReversed()) {
      const wanted = new Map(layer.map((vertex) => [vertex, mean(towards[vertex]!, places) ?? places[vertex]!]));
      layer.sort((a, b) => wanted.get(a)! - wanted.get(b)! || places[a]! - places[b]!);
      number(layer);
    }
    const crossings = countCrossings(layers, neighbours, places);
    if (crossings < least) {
      least = crossings;
      best = layers.map((layer) => [...layer]);
    }
  }
  return best;
}

export function mean(vertices: readonly number[], places: Float64Array): number | undefined {
  if (vertices.length === 0) return undefined;
  let sum = 0;
  for (const vertex of vertices) sum += places[vertex]!;
  return sum / vertices.length;
}

/** Pairs of segments that cross, by counting inversions in a binary indexed tree. */
function countCrossings(layers: readonly (readonly number[])[], { after }: Neighbours, places: Float64Array): number {
  let crossings = 0;
  for (const [at, layer] of layers.entries()) {
    const size = layers[at + 1]?.length ?? 0;
    const tree = new Int32Array(size + 1);
    let seen = 0;
    for (const vertex of layer) {
      const ends = after[vertex]!.map((end) => places[end]!).sort((a, b) => a - b);
      for (const end of ends) {
        let notBehind = 0;
        for (let node = end + 1; node > 0; node -= node & -node) notBehind += tree[node]!;
        crossings += seen - notBehind;
      }
      for (const end of ends) for (let node = end + 1; node <= size; node += node & -node) tree[node]!++;
      seen += ends.length;
    }
  }
  return crossings;
}
