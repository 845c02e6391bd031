import { expectedOn, type Scenario, type TaskTexts } from './scenario.ts';

/** More names than this are counted. */
const NAMED = 12;

const HEAD = `# Order and retries on both targets

Made by \`test/cluster/order/document.test.ts\` (\`UPDATE=1\` rewrites it). Each pipeline was written once, with podloom's constructs, and ran
on both targets: its Workflow on Argo's controller, and the Jobs of \`dist/jobs\` in the order of the plan. \`test/cluster/sim/order.test.ts\` and
\`test/cluster/real/order.test.ts\` run them again, print what they saw and hold it against this table. Where the targets differ, the
row says why: see [target-differences.md](target-differences.md). Attempts are pods; items and ranks are counted from 0.
`;

/** The table of all scenarios as Markdown. `parts`: where they run, and which. */
export function documentOf(parts: readonly (readonly [where: string, scenarios: readonly Scenario[]])[]): string {
  const lines = parts.flatMap(([where, scenarios]) =>
    [...Map.groupBy(scenarios, ({ group }) => group)].flatMap(([group, members]) => [
      '',
      `## ${group}, on ${where}`,
      '',
      '| pipeline | argo | jobs |',
      '|---|---|---|',
      ...members.map(row),
    ]),
  );
  return `${HEAD}${lines.join('\n')}\n`;
}

function row(scenario: Scenario): string {
  const argo = cell(scenario, 'argo');
  const jobs = cell(scenario, 'jobs');
  return `| ${escaped(scenario.name)} | ${argo} | ${argo === jobs ? 'the same' : jobs} |`;
}

function cell(scenario: Scenario, target: 'argo' | 'jobs'): string {
  const { run, tasks } = expectedOn(target, scenario);
  const why = (scenario.differences ?? []).filter((each) => each.target === target).map(({ because }) => because);
  return escaped([`the run ${run}`, ...byOutcome(tasks), ...why.map((text) => `(${text})`)].join('; '));
}

/** Tasks that ended alike are named together. */
function byOutcome(tasks: TaskTexts): string[] {
  return [...Map.groupBy(Object.keys(tasks), (task) => tasks[task] as string)].map(([text, names]) => {
    const who = names.length > NAMED ? `${names.length} tasks` : names.map((name) => `\`${name}\``).join(' ');
    return `${who} ${text.replaceAll('; ', ', ')}`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
