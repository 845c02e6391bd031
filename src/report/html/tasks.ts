import type { ReportTask, RunReport } from '../model.ts';
import { countItems, durationsOf, gpuHours, slowestItems } from '../statistics.ts';
import { countText, durationText } from '../words.ts';
import { type Html, html, user } from './html.ts';
import { badge } from './icons.ts';

export function tasksSection({ tasks }: RunReport): Html {
  const withGpus = tasks.some((task) => gpuHours([task]) > 0);
  return html`<section aria-labelledby="tasks"><h2 id="tasks">Tasks</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="tasks"><table class="plain" aria-labelledby="tasks">
<thead><tr><th scope="col">Task</th><th scope="col">State</th><th scope="col" class="number">Items</th><th scope="col" class="number">Failed</th><th scope="col" class="number">Took</th><th
 scope="col" class="number">Median item</th><th scope="col" class="number">Longest item</th>${withGpus ? html`<th scope="col" class="number">GPU-hours</th>` : undefined}<th scope="col">In the pipeline</th></tr></thead>
<tbody>${tasks.map((task, number) => taskRow(task, number, withGpus))}</tbody></table></div></section>`;
}

function taskRow(task: ReportTask, number: number, withGpus: boolean): Html {
  const counts = countItems(task);
  const durations = durationsOf(task);
  const took = task.started === undefined || task.ended === undefined ? undefined : task.ended - task.started;
  const gpus = withGpus ? html`<td class="number">${gpuHours([task]).toFixed(2)}</td>` : undefined;
  const why = [task.reason, task.when === undefined ? undefined : `when ${task.when}`].filter(
    (text) => text !== undefined,
  );
  return html`<tr id="task-${number}"><th scope="row"><a href="#items" data-only="${number}">${user(task.name)}</a></th><td>${badge(task.status)}${why.map(
    (text) => html`<small class="why">${user(text)}</small>`,
  )}</td><td class="number">${countText(counts.succeeded)} of ${countText(counts.total)}</td><td class="number ${counts.failed > 0 ? 'bad' : ''}">${countText(
    counts.failed,
  )}</td><td class="number">${length(took)}</td><td class="number">${length(durations?.median)}</td><td class="number">${length(durations?.longest)}</td>${gpus}<td><code>${
    task.place ?? ''
  }</code></td></tr>
`;
}

function length(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '–' : durationText(Math.max(0, milliseconds));
}

/** Items that took longest. */
const SLOWEST = 10;

export function slowestSection(report: RunReport): Html | undefined {
  const slowest = slowestItems(report, SLOWEST);
  if (slowest.length < 2) return undefined;
  const most = Math.max(1, slowest[0]!.milliseconds);
  const rows = slowest.map(
    ({
      task,
      item,
      milliseconds,
    }) => html`<tr><td>${user(task.name)}/${user(item.name)}</td><td>${badge(item.state)}</td><td class="number">${durationText(
      milliseconds,
    )}</td><td class="bar"><svg aria-hidden="true" width="100%" height="10"><rect class="${item.state}" width="${((milliseconds / most) * 100).toFixed(1)}%" height="10" rx="2"/></svg></td></tr>
`,
  );
  return html`<section aria-labelledby="slowest"><h2 id="slowest">Slowest items</h2><div class="scroll"><table class="plain" aria-labelledby="slowest"><thead><tr><th
 scope="col">Item</th><th scope="col">State</th><th scope="col" class="number">Ran</th><th scope="col"><span class="hidden">Compared</span></th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
