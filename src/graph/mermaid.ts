import { edgeLabels, type Step, type StepGraph } from './step-graph.ts';

/** A Mermaid flowchart, as GitHub and GitLab draw it in Markdown. Exit tasks stand in a box of their own. */
export function toMermaid(graph: StepGraph): string {
  const numbers = new Map(graph.steps.map((step, number) => [step.name, number]));
  const node = (step: Step): string =>
    `t${numbers.get(step.name)}["${[step.name, ...step.facts].map(escapeText).join('<br/>')}"]`;
  const exits = graph.steps.filter((step) => step.phase === 'exit');
  return [
    'flowchart TD',
    ...graph.steps.filter((step) => step.phase === 'main').map((step) => `  ${node(step)}`),
    ...(exits.length === 0
      ? []
      : ['  subgraph exit ["at the end"]', ...exits.map((step) => `    ${node(step)}`), '  end']),
    ...graph.edges.map(({ from, to, on }) => {
      const label = edgeLabels[on] === '' ? '' : `|"${edgeLabels[on]}"|`;
      return `  t${numbers.get(from)} -->${label} t${numbers.get(to)}`;
    }),
    '',
  ].join('\n');
}

/** Mermaid has no escapes but character codes between `#` and `;`. */
function escapeText(text: string): string {
  return text.replace(/[^A-Za-z0-9 .,:_\-/()=×]/gu, (character) => `#${character.codePointAt(0)};`);
}
