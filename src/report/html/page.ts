import { createHash } from 'node:crypto';
import { embed, embeddedText } from '../embed.ts';
import type { RunReport } from '../model.ts';
import { stateWords } from '../words.ts';
import { dagSection } from './dag.ts';
import { failuresSection } from './failures.ts';
import { Html, html } from './html.ts';
import { iconDefinitions } from './icons.ts';
import { summarySection } from './summary.ts';
import { slowestSection, tasksSection } from './tasks.ts';

/** Not in a template: bundlers rewrite templates with it, at the cost of a package that there is not at run time. */
const SCRIPT_END = new Html('</script>');

/** What makes a page of the markup: built from `client/`. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/**
 * The page, whole in one file. Its policy lets nothing be loaded and nothing run but the script and the style in it.
 * `base`: what leads from the page to the folder of the run, empty or ending with `/`.
 */
export function renderPage(report: RunReport, base: string, { script, style }: PageAssets): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="podloom">
<title>${stateWords[report.status]}: ${report.run}</title>
<style>${new Html(style)}</style>
</head>
<body>
<a class="skip" href="#items">Skip to the items</a>
${iconDefinitions()}
<main>
${summarySection(report)}
${failuresSection(report, base)}
${report.tasks.length === 0 ? undefined : dagSection(report)}
${timelineSection()}
${tasksSection(report)}
${slowestSection(report)}
${itemsSection()}
</main>
<script type="application/json" id="data">${new Html(embeddedText(embed(report, base)))}${SCRIPT_END}
<script>${new Html(script)}${SCRIPT_END}
</body>
</html>
`.text;
}

function timelineSection(): Html {
  return html`<section aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>
<div class="controls"><button type="button" data-timeline="out" aria-label="Zoom out">−</button><button type="button" data-timeline="in" aria-label="Zoom in">+</button>
<button type="button" data-timeline="all">All of it</button><button type="button" data-timeline="session" hidden>Last run</button>
<span class="legend" id="timeline-legend"></span></div>
<div class="timeline" id="timeline-box"><noscript><p>The timeline needs scripts.</p></noscript></div>
<p class="hint">Ctrl and the wheel, + and − zoom; ← and → move. Lanes are what ran at once: a click on a name (▸) opens a row for each item, a click on an attempt shows it in the table.</p></section>`;
}

function itemsSection(): Html {
  return html`<section aria-labelledby="items"><h2 id="items" tabindex="-1">Items</h2>
<form class="controls" id="filters" role="search"><label>Search <input type="search" id="filter-text" placeholder="item, task, cause or node" autocomplete="off" spellcheck="false"></label>
<label>Task <select id="filter-task"><option value="">all</option></select></label>
<label>State <select id="filter-state"><option value="">all</option></select></label>
<button type="button" id="filter-slowest">Slowest first</button><button type="reset">Reset</button><output id="filter-count" aria-live="polite"></output></form>
<div class="items" id="items-box" tabindex="0" role="region" aria-labelledby="items"><noscript><p>The table needs scripts.</p></noscript></div></section>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
