import { itemStates } from '../model.ts';
import { shownText } from '../shown-text.ts';
import { countText, plural, stateWords } from '../words.ts';
import type { RunData } from './data.ts';
import { element, find } from './elements.ts';
import { ItemsTable } from './items-table.ts';
import { Selection, type SortKey } from './selection.ts';

/** Keys that are looked at from the top down. */
const DESCENDING: ReadonlySet<SortKey> = new Set(['attempts', 'waited', 'ran']);

/** The section of items: filters, and the table. */
export class ItemsSection {
  readonly #data: RunData;
  readonly #selection: Selection;
  readonly #table: ItemsTable;
  readonly #text = find<HTMLInputElement>('#filter-text');
  readonly #task = find<HTMLSelectElement>('#filter-task');
  readonly #state = find<HTMLSelectElement>('#filter-state');
  readonly #count = find<HTMLOutputElement>('#filter-count');
  #sort: SortKey = 'state';
  #descending = false;

  constructor(data: RunData) {
    this.#data = data;
    this.#selection = new Selection(data);
    this.#table = new ItemsTable(data, find('#items-box'), (key) => this.#sortBy(key));
    data.run.tasks.forEach(({ name, items }, number) => {
      if (items.length > 0) this.#task.append(option(number, `${shownText(name)} (${countText(items.length)})`));
    });
    itemStates.forEach((state, number) => {
      const count = data.itemState.reduce((sum, each) => sum + (each === number ? 1 : 0), 0);
      if (count > 0) this.#state.append(option(number, `${stateWords[state]} (${countText(count)})`));
    });
    this.#listen();
    this.#show();
  }

  /** Shows the items of one task, or one of them, and brings the table into view. */
  only(task: number, item?: string): void {
    this.#text.value = item ?? '';
    this.#task.value = String(task);
    this.#state.value = '';
    this.#show();
    const heading = find<HTMLElement>('#items');
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  }

  #listen(): void {
    const form = find<HTMLFormElement>('#filters');
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => this.#show());
    form.addEventListener('reset', () => {
      [this.#sort, this.#descending] = ['state', false];
      // The fields are empty after the event.
      setTimeout(() => this.#show());
    });
    find('#filter-slowest').addEventListener('click', () => {
      [this.#sort, this.#descending] = ['ran', true];
      this.#show();
    });
    for (const link of document.querySelectorAll<HTMLElement>('[data-only]')) {
      link.addEventListener('click', (event) => {
        event.preventDefault();
        this.only(Number(link.dataset['only']));
      });
    }
  }

  #sortBy(key: SortKey): void {
    this.#descending = this.#sort === key ? !this.#descending : DESCENDING.has(key);
    this.#sort = key;
    this.#show();
  }

  #show(): void {
    const items = this.#selection.select({
      text: this.#text.value,
      task: chosen(this.#task),
      state: chosen(this.#state),
      ...{ sort: this.#sort, descending: this.#descending },
    });
    this.#table.show(items, this.#sort, this.#descending);
    const all = this.#data.itemNames.length;
    this.#count.textContent =
      items.length === all ? plural(all, 'item') : `${countText(items.length)} of ${plural(all, 'item')}`;
  }
}

function option(value: number, text: string): HTMLOptionElement {
  return element('option', { value: String(value) }, text);
}

function chosen({ value }: HTMLSelectElement): number | undefined {
  return value === '' ? undefined : Number(value);
}
