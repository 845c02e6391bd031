import type { LayeredGraph } from './layers.ts';
import { mean, type Neighbours } from './order.ts';

/** Times that all layers are moved towards their neighbours, there and back. */
const SWEEPS = 13;

/**
 * Where each vertex is across its layer (its middle). Neighbours are `space` apart and in their order; each vertex is as near
 * to the middle of its neighbours as the others of its layer let it be.
 */
export function placeVertices(
  graph: LayeredGraph,
  layers: readonly (readonly number[])[],
  neighbours: Neighbours,
  sizeOf: (vertex: number) => number,
  space: number,
): Float64Array {
  const places = new Float64Array(graph.vertices.length);
  const gaps = layers.map((layer) =>
    layer.map((vertex, at) => (at === 0 ? 0 : (sizeOf(layer[at - 1]!) + sizeOf(vertex)) / 2 + space)),
  );
  layers.forEach((layer, at) => {
    let place = 0;
    layer.forEach((vertex, index) => {
      place += gaps[at]![index]!;
      places[vertex] = place;
    });
  });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    for (let step = 0; step < layers.length; step++) {
      const at = forward ? step : layers.length - 1 - step;
      const layer = layers[at]!;
      const settling = sweep === SWEEPS - 3 || sweep === SWEEPS - 2;
      const wanted = layer.map((vertex) => {
        const before = mean(neighbours.before[vertex]!, places);
        const after = mean(neighbours.after[vertex]!, places);
        const [near, far] = forward ? [before, after] : [after, before];
        if (settling && near !== undefined && far !== undefined) return (near + far) / 2;
        return near ?? far ?? places[vertex]!;
      });
      const weights = layer.map((vertex) => (graph.vertices[vertex]!.task === undefined ? 4 : 1));
      const moved = spread(wanted, gaps[at]!, weights);
      for (const [index, vertex] of layer.entries()) places[vertex] = moved[index]!;
    }
  }
  return places;
}

/** The places nearest to the wanted (weighted squares) that keep the order and the gaps: pool adjacent violators. */
export function spread(wanted: readonly number[], gaps: readonly number[], weights: readonly number[]): number[] {
  const blocks: { sum: number; weight: number; count: number }[] = [];
  let offset = 0;
  wanted.forEach((place, index) => {
    offset += gaps[index]!;
    blocks.push({ sum: (place - offset) * weights[index]!, weight: weights[index]!, count: 1 });
    for (let last = blocks.length - 1; last > 0 && level(blocks[last - 1]!) > level(blocks[last]!); last--) {
      const merged = blocks.pop()!;
      const into = blocks[last - 1]!;
      into.sum += merged.sum;
      into.weight += merged.weight;
      into.count += merged.count;
    }
  });
  const placed: number[] = [];
  offset = 0;
  for (const block of blocks) {
    for (let index = 0; index < block.count; index++) {
      offset += gaps[placed.length]!;
      placed.push(level(block) + offset);
    }
  }
  return placed;
}

function level({ sum, weight }: { readonly sum: number; readonly weight: number }): number {
  return sum / weight;
}
