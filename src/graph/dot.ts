import { edgeLabels, type Step, type StepGraph } from './step-graph.ts';

/** The Graphviz language. */
export function toDot(graph: StepGraph): string {
  const exits = graph.steps.filter((step) => step.phase === 'exit');
  return [
    `digraph ${quoted(graph.pipeline)} {`,
    '  node [shape=box, style="rounded,filled", fillcolor="#eef3fb", color="#5b7db1", fontname="Helvetica", fontsize=12, margin="0.3,0.1"];',
    '  edge [color="#5b7db1", fontname="Helvetica", fontsize=10];',
    ...graph.steps.filter((step) => step.phase === 'main').map((step) => `  ${node(step)}`),
    ...(exits.length === 0 ? [] : exitCluster(exits)),
    ...graph.edges.map(({ from, to, on }) => {
      const label = edgeLabels[on] === '' ? '' : ` [label=${quoted(edgeLabels[on])}]`;
      return `  ${quoted(from)} -> ${quoted(to)}${label};`;
    }),
    '}',
    '',
  ].join('\n');
}

function exitCluster(exits: readonly Step[]): string[] {
  const box = '    label="at the end"; style="rounded,dashed"; color="#999999"; fontname="Helvetica"; fontsize=10;';
  return ['  subgraph "cluster exit" {', box, ...exits.map((step) => `    ${node(step)}`), '  }'];
}

function node(step: Step): string {
  return `${quoted(step.name)} [label=${quoted([step.name, ...step.facts].join('\n'))}];`;
}

/** In labels a backslash starts an escape of Graphviz; line ends are such escapes. */
function quoted(text: string): string {
  return `"${text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replace(/[\u0000-\u001f]/g, ' ')}"`;
}
