import { shellQuote } from '../../units/shell-quote.ts';
import { logAddress, logPath } from '../log-path.ts';
import type { ReportFailure, RunReport } from '../model.ts';
import { countItems, sumCounts } from '../statistics.ts';
import { countText, durationText, plural } from '../words.ts';
import { type Html, html, user } from './html.ts';
import { icon } from './icons.ts';
import { causesLine } from './summary.ts';

/** Failures that are open when the page is. */
const OPEN = 3;
/** Failures that are there without opening anything. */
const SEEN = 8;

/** `base`: what leads from the page to the folder of the run. */
export function failuresSection(report: RunReport, base: string): Html | undefined {
  const { failed } = sumCounts(report.tasks.map(countItems));
  const stuck = report.tasks.filter((task) => task.status === 'failed' && countItems(task).failed === 0);
  if (failed === 0 && stuck.length === 0) return undefined;
  const shown = report.failures.length;
  const cards = report.failures.map((failure, number) => failureCard(report, failure, base, number < OPEN));
  const more =
    shown < failed
      ? html`<p>The first ${countText(shown)} of ${countText(failed)} are here; <a href="#items">the table</a> has all.</p>`
      : undefined;
  return html`<section aria-labelledby="failures"><h2 id="failures">${plural(failed + stuck.length, 'failure')}</h2>
${causesLine(report)}
${stuck.map(
  ({ name, reason, place }) => html`<div class="failure"><h3>${icon('failed')}${user(name)}</h3>
<p class="cause">${user(reason ?? 'failed')}</p>${place === undefined ? undefined : html`<dl><div><dt>Task</dt><dd><code>${place}</code></dd></div></dl>`}</div>`,
)}
${cards.slice(0, SEEN)}
${cards.length > SEEN ? html`<details class="more"><summary>${plural(cards.length - SEEN, 'more failure')}</summary>${cards.slice(SEEN)}</details>` : undefined}
${more}</section>`;
}

function failureCard(report: RunReport, failure: ReportFailure, base: string, open: boolean): Html {
  const { task, item, attempt, tail } = failure;
  const path = logPath(task.name, item.name, attempt.number, attempt.log);
  const again = `${report.command} --rerun ${shellQuote(`${task.name}/${item.name}`)}`;
  const facts: [string, Html][] = [];
  if (task.place !== undefined) facts.push(['Task', html`<code>${task.place}</code>`]);
  if (attempt.node !== undefined) facts.push(['Node', user(attempt.node)]);
  facts.push([
    'Run it again',
    html`<code class="command">${again}</code><button type="button" class="copy" hidden>Copy</button>`,
  ]);
  if (path !== undefined) facts.push(['Log', html`<a href="${logAddress(base, path)}">${path}</a>`]);
  const ran = durationText(attempt.ended - attempt.started);
  const tries = attempt.number > 1 ? ` · attempt ${attempt.number}` : '';
  return html`<details class="failure"${open ? html` open` : undefined}><summary>${icon('failed')}<b>${user(task.name)}/${user(item.name)}</b>
<span class="cause">${user(attempt.cause!)}</span> <span class="after">after ${ran}${tries}</span></summary>
${tail.length === 0 ? undefined : html`<pre tabindex="0" aria-label="Last lines of the log" dir="auto">\n${tail.map((line) => html`${line}\n`)}</pre>`}
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></details>
`;
}
