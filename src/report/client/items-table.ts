import { logAddress, logPath } from '../log-path.ts';
import { RUNNING } from '../model.ts';
import { countText, durationText, sinceText, stateWords } from '../words.ts';
import { causeOf, lastAttempt, logKindOf, nodeOf, type RunData, stateOf } from './data.ts';
import { element, iconElement, inNextFrame, userText } from './elements.ts';
import type { SortKey } from './selection.ts';

/** Height of a row in pixels, as the style has it. */
const ROW = 32;
/** Height of the head and the frame, in pixels. */
const HEAD = 40;
/** Rows above and below those that are seen. */
const SPARE = 12;

interface Column {
  readonly title: string;
  readonly kind: string;
  readonly sort?: SortKey;
  cell(item: number): readonly (Node | string)[];
}

/** The table of items. Only the rows that are seen are in the page, so that it does not matter how many there are. */
export class ItemsTable {
  readonly #data: RunData;
  readonly #box: HTMLElement;
  readonly #body = element('tbody');
  readonly #above = element('td');
  readonly #below = element('td');
  readonly #table = element('table', { class: 'virtual', 'aria-labelledby': 'items' });
  readonly #columns: readonly Column[];
  readonly #headers = new Map<SortKey, HTMLElement>();
  #items: Int32Array = new Int32Array();
  #drawn = '';

  /** `onSort`: a header was pressed. */
  constructor(data: RunData, box: HTMLElement, onSort: (key: SortKey) => void) {
    this.#data = data;
    this.#box = box;
    this.#columns = columnsOf(data);
    const head = element(
      'tr',
      { 'aria-rowindex': '1' },
      ...this.#columns.map((column) => this.#header(column, onSort)),
    );
    const hidden = { 'aria-hidden': 'true', class: 'spacer' };
    const [above, below] = [element('tbody', hidden), element('tbody', hidden)];
    above.append(element('tr', {}, this.#above));
    below.append(element('tr', {}, this.#below));
    this.#table.append(element('thead', {}, head), above, this.#body, below);
    box.replaceChildren(this.#table);
    // As high as all items need, at most; what a filter leaves does not move the page.
    box.style.height = `min(640px, 80vh, ${(data.itemNames.length + 1) * ROW + HEAD}px)`;
    const draw = inNextFrame(() => this.#draw());
    box.addEventListener('scroll', draw, { passive: true });
    new ResizeObserver(draw).observe(box);
  }

  show(items: Int32Array, sort: SortKey, descending: boolean): void {
    this.#items = items;
    this.#drawn = '';
    this.#table.setAttribute('aria-rowcount', String(items.length + 1));
    for (const [key, header] of this.#headers) {
      if (key === sort) header.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
      else header.removeAttribute('aria-sort');
    }
    this.#box.scrollTop = 0;
    this.#draw();
  }

  #header({ title, kind, sort }: Column, onSort: (key: SortKey) => void): HTMLElement {
    const header = element('th', { scope: 'col', class: kind });
    if (sort === undefined) header.append(title);
    else {
      const button = element('button', { type: 'button' }, title);
      button.addEventListener('click', () => onSort(sort));
      header.append(button);
      this.#headers.set(sort, header);
    }
    return header;
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.#box;
    const first = Math.max(0, Math.floor(scrollTop / ROW) - SPARE);
    const last = Math.min(this.#items.length, Math.ceil((scrollTop + clientHeight) / ROW) + SPARE);
    const window = `${first} ${last}`;
    if (window === this.#drawn) return;
    this.#drawn = window;
    this.#above.style.height = `${first * ROW}px`;
    this.#below.style.height = `${(this.#items.length - last) * ROW}px`;
    const rows: HTMLElement[] = [];
    for (let place = first; place < last; place++) rows.push(this.#row(this.#items[place]!, place));
    if (rows.length === 0) {
      const none = element('td', { colspan: String(this.#columns.length), class: 'none' }, 'No item matches.');
      rows.push(element('tr', {}, none));
    }
    this.#body.replaceChildren(...rows);
  }

  #row(item: number, place: number): HTMLElement {
    const cells = this.#columns.map(({ kind, cell }) => element('td', { class: kind }, ...cell(item)));
    const row = element('tr', { 'aria-rowindex': String(place + 2), class: stateOf(this.#data, item) }, ...cells);
    row.querySelector('.item')!.setAttribute('title', this.#data.itemNames[item]!);
    return row;
  }
}

function columnsOf(data: RunData): readonly Column[] {
  const { run, itemNames, itemTask, firstAttempt, start, length, wait } = data;
  const taskName = (item: number): string => run.tasks[itemTask[item]!]!.name;
  const ofLast = (words: (attempt: number) => string) => (item: number) => {
    const last = lastAttempt(data, item);
    return [last < 0 ? '–' : words(last)];
  };
  const columns: Column[] = [
    { title: 'State', kind: 'state', sort: 'state', cell: (item) => stateCell(data, item) },
    { title: 'Task', kind: 'task', sort: 'task', cell: (item) => [userText(taskName(item))] },
    { title: 'Item', kind: 'item', sort: 'item', cell: (item) => [userText(itemNames[item]!)] },
    {
      title: 'Attempts',
      kind: 'number attempts',
      sort: 'attempts',
      cell: (item) => [countText(firstAttempt[item + 1]! - firstAttempt[item]!)],
    },
    {
      title: 'Waited',
      kind: 'number waited',
      sort: 'waited',
      cell: ofLast((last) => (wait[last]! < 0 ? '–' : durationText(wait[last]!))),
    },
    { title: 'Ran', kind: 'number ran', sort: 'ran', cell: ofLast((last) => durationText(length[last]!)) },
    {
      title: 'Started',
      kind: 'number started',
      sort: 'started',
      cell: ofLast((last) => sinceText(start[last]! - run.session)),
    },
  ];
  if (run.nodes.length > 0) {
    columns.push({
      title: 'Node',
      kind: 'node',
      cell: (item) => {
        const last = lastAttempt(data, item);
        return last < 0 ? [] : [userText(nodeOf(data, last))];
      },
    });
  }
  columns.push({ title: 'Cause', kind: 'cause', cell: (item) => causeCell(data, item) });
  columns.push({ title: 'Log', kind: 'log', cell: (item) => logCell(data, taskName(item), item) });
  return columns;
}

function stateCell(data: RunData, item: number): Node[] {
  const state = stateOf(data, item);
  return [element('span', { class: `state ${state}` }, iconElement(state), stateWords[state])];
}

function causeCell(data: RunData, item: number): Node[] {
  const last = lastAttempt(data, item);
  const cause = last < 0 ? '' : causeOf(data, last);
  if (cause === '' || cause === RUNNING) return [];
  const text = userText(cause);
  text.title = cause;
  return [text];
}

/** A link for each attempt whose log is there; the last is called `log`. */
function logCell(data: RunData, task: string, item: number): Node[] {
  const { run, itemNames, firstAttempt, number } = data;
  const link = (path: string, text: string): Node =>
    element('a', { href: logAddress(run.base, path), 'aria-label': `${text} of ${task}/${itemNames[item]!}` }, text);
  const last = lastAttempt(data, item);
  if (last < 0 && stateOf(data, item) === 'succeeded') return [link(logPath(task, itemNames[item]!, 1, 'log')!, 'log')];
  const links: Node[] = [];
  for (let attempt = firstAttempt[item]!; attempt <= last; attempt++) {
    const path = logPath(task, itemNames[item]!, number[attempt]!, logKindOf(data, attempt));
    if (path !== undefined) links.push(link(path, attempt === last ? 'log' : `#${number[attempt]!}`));
  }
  return links.flatMap((one, index) => (index === 0 ? [one] : [document.createTextNode(' '), one]));
}
