import type { RunReport } from '../model.ts';
import { countCauses, countItems, countRetries, gpuHours, sumCounts } from '../statistics.ts';
import { countText, durationText, plural, timeText } from '../words.ts';
import { type Content, type Html, html, user } from './html.ts';
import { badge } from './icons.ts';

export function summarySection(report: RunReport): Html {
  const { status, started, ended, tasks } = report;
  const counts = sumCounts(tasks.map(countItems));
  const retries = countRetries(tasks);
  const hours = gpuHours(tasks);
  const facts: (readonly [string, Content, string?])[] = [
    [status === 'running' ? 'Running for' : 'Duration', durationText(Math.max(0, ended - started))],
    ['Tasks', countText(tasks.length)],
    ['Items', html`${countText(counts.succeeded)}<small> of ${countText(counts.total)} done</small>`],
    ['Failed', countText(counts.failed), counts.failed > 0 ? 'failed' : ''],
    ['Retries', countText(retries)],
  ];
  if (counts.unfinished > 0) facts.push(['Unfinished', countText(counts.unfinished)]);
  if (hours > 0) facts.push(['GPU-hours', hours < 10 ? hours.toFixed(2) : countText(Math.round(hours))]);
  return html`<header>
<p class="product">podloom · run report</p>
<h1>${user(report.run)} ${badge(status)}</h1>
${notice(report)}
<dl class="tiles">${facts.map(([name, value, tone]) => html`<div class="${tone}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${progress(counts.succeeded, counts.failed, counts.unfinished, counts.total)}
<dl class="facts">${moreFacts(report).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

function moreFacts(report: RunReport): [string, Content][] {
  const { pipeline, engine, started, ended, status, exitCode, command, parameters } = report;
  const facts: [string, Content][] = [
    ['Pipeline', user(pipeline)],
    ['Engine', user(engine)],
    ['Started', time(started)],
    [status === 'running' || status === 'stopped' ? 'Last heard of' : 'Ended', time(ended)],
  ];
  if (exitCode !== undefined) facts.push(['Exit code', exitCode]);
  const given = Object.entries(parameters);
  if (given.length > 0) {
    const words = given.map(([name, value]) => html`<code>${name}=${String(value)}</code> `);
    facts.push(['Parameters', words]);
  }
  facts.push(['Command', html`<code>${command}</code>`]);
  return facts;
}

function time(milliseconds: number): Html {
  return html`<time datetime="${new Date(milliseconds).toISOString()}">${timeText(milliseconds)}</time>`;
}

function progress(succeeded: number, failed: number, unfinished: number, total: number): Html | undefined {
  if (total === 0) return undefined;
  const parts = { succeeded, failed, running: unfinished };
  let x = 0;
  const bars = Object.entries(parts).map(([state, count]) => {
    const width = (count / total) * 1000;
    x += width;
    return html`<rect class="${state}" x="${(x - width).toFixed(2)}" y="0" width="${width.toFixed(2)}" height="10"/>`;
  });
  const label = `${countText(succeeded)} succeeded, ${countText(failed)} failed, of ${plural(total, 'item')}`;
  return html`<svg class="progress" role="img" aria-label="${label}" viewBox="0 0 1000 10" preserveAspectRatio="none"><rect
 class="rest" x="0" y="0" width="1000" height="10"/>${bars}</svg>`;
}

/** What makes this report less than that of a run that has ended well. */
function notice({ status, command, damagedLines }: RunReport): Html {
  const again = html`<code>${command}</code>`;
  const notices: Html[] = [];
  if (status === 'running')
    notices.push(html`<p><strong>This run is still going on.</strong> Write the report again to see more.</p>`);
  if (status === 'stopped')
    notices.push(html`<p><strong>This run has not ended:</strong> its runner is gone. Go on with ${again}</p>`);
  if (status === 'interrupted')
    notices.push(html`<p><strong>This run was interrupted.</strong> Go on with ${again}</p>`);
  if (damagedLines > 0)
    notices.push(
      html`<p><strong>${plural(damagedLines, 'line')} of attempts.jsonl cannot be read.</strong> What they said is missing here.</p>`,
    );
  return notices.length === 0 ? html`` : html`<div class="notice" role="note">${notices}</div>`;
}

/** `30 × exit code 1` for each cause, when there are several failures. */
export function causesLine(report: RunReport): Html | undefined {
  const causes = countCauses(report.tasks);
  if (causes.length === 0 || (causes.length === 1 && causes[0]![1] === 1)) return undefined;
  const shown = causes.slice(0, 8).map(([cause, count]) => html`<li><b>${countText(count)} ×</b> ${user(cause)}</li>`);
  const rest = causes.length - shown.length;
  return html`<ul class="causes">${shown}${rest > 0 ? html`<li>${plural(rest, 'more cause')}</li>` : undefined}</ul>`;
}
