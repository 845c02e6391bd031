import type { EdgeCondition } from '../../ir/task.ts';
import { BOX, drawTasks } from '../dag/drawing.ts';
import type { ReportTask, RunReport } from '../model.ts';
import { shownText } from '../shown-text.ts';
import { countItems } from '../statistics.ts';
import { countText, stateWords } from '../words.ts';
import { type Html, html } from './html.ts';

/** Longest name that fits into a box, in characters. */
const NAME = 22;
const FACTS = 25;
/** Names longer than this are written smaller. */
const LONG = 18;

/** What stands on an edge. The usual condition needs no words. */
const EDGE_WORDS: { readonly [condition in EdgeCondition]: string } = {
  succeeded: '',
  failed: 'if failed',
  completed: 'always',
  anySucceeded: 'any',
  allFailed: 'all failed',
  itemwise: 'by item',
};

export function dagSection({ tasks }: RunReport): Html {
  const { width, height, down, boxes, edges } = drawTasks(tasks);
  const used = new Set(edges.map(({ on }) => on));
  return html`<section aria-labelledby="pipeline"><h2 id="pipeline">Pipeline</h2>
<div class="controls dag-controls" hidden><button type="button" data-zoom="out" aria-label="Smaller">−</button><button type="button" data-zoom="in" aria-label="Larger">+</button>
<button type="button" data-zoom="fit">Fit</button><button type="button" data-zoom="full">Full size</button></div>
<div class="dag" tabindex="0" role="region" aria-label="Graph of the tasks">
<svg role="group" aria-label="Tasks" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto"><path d="M0 .5 7.500 4 0 7.500z"/></marker></defs>
${edges.map(({ path, on, label }) => html`<path class="edge ${on}" d="${path}"${label && html` marker-end="url(#arrow)"`}/>`)}
${tasks.map((task, number) => taskBox(task, number, boxes[number]!))}
${edges.map(({ on, label }) =>
  label === undefined || EDGE_WORDS[on] === ''
    ? undefined
    : html`<text class="edge-label${down ? ' down' : ''}" x="${label.x}" y="${label.y}">${EDGE_WORDS[on]}</text>`,
)}
</svg></div>${legend(used)}</section>`;
}

function taskBox(task: ReportTask, number: number, { x, y }: { readonly x: number; readonly y: number }): Html {
  const { name, status, phase, when } = task;
  const counts = countItems(task);
  const facts = factsOf(task);
  const title = [
    `${name}: ${stateWords[status]}`,
    ...(task.reason === undefined ? [] : [task.reason]),
    ...(when === undefined ? [] : [`when ${when}`]),
    ...(task.place === undefined ? [] : [task.place]),
  ];
  const full = BOX.width - 16;
  const part = (count: number): string => ((count / Math.max(1, counts.total)) * full).toFixed(1);
  return html`<a class="task ${status} ${phase}" href="#task-${number}" data-task="${number}" aria-label="${title.join(', ')}"><title>${title.map((line) => html`${line}\n`)}</title>
<rect class="box" x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="7"/><use class="icon" href="#icon-${status}" x="${x + 8}" y="${y + 6}" width="15" height="15"/>
<text class="name${[...name].length > LONG ? ' long' : ''}" x="${x + 28}" y="${y + 18}">${shortened(name, NAME)}</text><text class="fact" x="${x + 28}" y="${y + 33}">${shortened(facts, FACTS)}</text>
<rect class="rest" x="${x + 8}" y="${y + BOX.height - 6}" width="${full}" height="3"/><rect class="succeeded" x="${x + 8}" y="${y + BOX.height - 6}" width="${part(counts.succeeded)}" height="3"/><rect class="failed" x="${(x + 8 + Number(part(counts.succeeded))).toFixed(1)}" y="${y + BOX.height - 6}" width="${part(counts.failed)}" height="3"/></a>
`;
}

/** `4,999 of 5,000 · 1 failed`; for a task without items what it is. */
function factsOf(task: ReportTask): string {
  const { total, succeeded, failed } = countItems(task);
  const facts: string[] = [];
  if (total > 1) facts.push(`${countText(succeeded)} of ${countText(total)}`);
  if (total > 1 && failed > 0) facts.push(`${countText(failed)} failed`);
  if (facts.length === 0) facts.push(stateWords[task.status]);
  if (task.hardware !== undefined) facts.push(task.hardware);
  return facts.join(' · ');
}

function shortened(text: string, most: number): string {
  const characters = [...shownText(text)];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text;
}

function legend(used: ReadonlySet<EdgeCondition>): Html | undefined {
  const meanings: [EdgeCondition, string][] = [
    ['failed', 'runs if the task before failed'],
    ['completed', 'runs however the task before ended'],
    ['anySucceeded', 'runs if any item succeeded'],
    ['allFailed', 'runs if all items failed'],
    ['itemwise', 'item by item'],
  ];
  const shown = meanings.filter(([on]) => used.has(on));
  if (shown.length === 0) return undefined;
  const line = (on: EdgeCondition): Html =>
    html`<svg width="34" height="8" aria-hidden="true"><path class="edge ${on}" d="M1 4H33"/></svg>`;
  return html`<p class="legend"><span>${line('succeeded')}the task before succeeded</span> ${shown.map(
    ([on, words]) => html`<span>${line(on)}${words}</span> `,
  )}</p>`;
}
