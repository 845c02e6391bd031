import { toDot } from './dot.ts';
import type { StepGraph } from './step-graph.ts';

/** Drawn by Graphviz as WebAssembly, so that no program has to be installed. Its comments (its version) are left out. */
export async function toSvg(graph: StepGraph): Promise<string> {
  const { instance } = await import('@viz-js/viz');
  const graphviz = await instance();
  return graphviz.renderString(toDot(graph), { format: 'svg' }).replace(/<!--[\s\S]*?-->\n?/g, '');
}
