import type { Pipeline } from '../ir/pipeline.ts';
import { toDot } from './dot.ts';
import { toMermaid } from './mermaid.ts';
import { stepGraph } from './step-graph.ts';
import { toSvg } from './svg.ts';

export const graphFormats = ['mermaid', 'dot', 'svg', 'json'] as const;
export type GraphFormat = (typeof graphFormats)[number];

/** A picture of a pipeline as text that ends with a line end. The same pipeline gives the same bytes. */
export async function drawGraph(pipeline: Pipeline, format: GraphFormat): Promise<string> {
  const graph = stepGraph(pipeline);
  switch (format) {
    case 'mermaid':
      return toMermaid(graph);
    case 'dot':
      return toDot(graph);
    case 'svg':
      return toSvg(graph);
    case 'json':
      return `${JSON.stringify(graph, null, 2)}\n`;
  }
}
