import type { ItemState, RunStatus, ShownTaskStatus } from '../model.ts';
import { stateWords } from '../words.ts';
import { type Html, html } from './html.ts';

type State = ItemState | RunStatus | ShownTaskStatus;

/** Shapes, so that nobody has to tell colours apart. In a square of 16. */
const SHAPES: { readonly [state in State]: string } = {
  succeeded: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  interrupted: 'M5.5 3.5v9M10.5 3.5v9',
  running: 'M5 3.5l7 4.5-7 4.5z',
  stopped: 'M4 4h8v8h-8z',
  skipped: 'M3 4l5 4-5 4M8 4l5 4-5 4',
  neverRan: 'M4 8h8',
  waiting: 'M8 3.5a4.5 4.5 0 1 0 .01 0M8 5.5v3l2 1',
};

/** Their definitions, once for the page. */
export function iconDefinitions(): Html {
  const symbols = Object.entries(SHAPES).map(
    ([state, shape]) => html`<symbol id="icon-${state}" viewBox="0 0 16 16"><path d="${shape}"/></symbol>`,
  );
  return html`<svg class="definitions" aria-hidden="true" width="0" height="0">${symbols}</svg>`;
}

export function icon(state: State): Html {
  return html`<svg class="icon" aria-hidden="true" width="16" height="16"><use href="#icon-${state}"/></svg>`;
}

/** A state in words and shape, in its colour. */
export function badge(state: State): Html {
  return html`<span class="state ${state}">${icon(state)}${stateWords[state]}</span>`;
}
