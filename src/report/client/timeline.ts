import { durationText, plural, stateWords } from '../words.ts';
import { itemOf, outcomeOf, type RunData } from './data.ts';
import { element, find, iconElement, inNextFrame } from './elements.ts';
import { LoadCurve } from './load-curve.ts';
import { type Block, Blocks } from './timeline-blocks.ts';
import { HEAD, paint, type Sheet, type View, xOf } from './timeline-paint.ts';
import { attemptTip } from './timeline-tip.ts';

/** Highest that the timeline is, in pixels. */
const HIGHEST = 560;
/** Shortest time that is shown, in milliseconds. */
const SHORTEST = 5;
/** Pixels after which a press is a drag. */
const DRAG = 4;

/** What the pointer is on. */
interface Hit {
  readonly block: Block;
  readonly attempt: number | undefined;
}

/** When each attempt waited and ran, on a canvas: only what is seen is drawn. */
export class Timeline {
  readonly #data: RunData;
  readonly #blocks: Blocks;
  readonly #curve: LoadCurve;
  readonly #box = find<HTMLElement>('#timeline-box');
  readonly #canvas = element('canvas', { role: 'img' });
  readonly #sizer = element('div', { class: 'sizer' });
  readonly #tip = element('div', { class: 'tip', hidden: '' });
  readonly #onItem: (task: number, item: string) => void;
  readonly #whole: View;
  #view: View;
  readonly #draw = inNextFrame(() => this.#paint());

  /** `onItem`: an attempt was clicked. */
  constructor(data: RunData, onItem: (task: number, item: string) => void) {
    this.#data = data;
    this.#onItem = onItem;
    this.#blocks = new Blocks(data);
    this.#curve = new LoadCurve(data);
    const ends = data.start.reduce((last, start, attempt) => Math.max(last, start + data.length[attempt]!), 1);
    this.#whole = { from: 0, to: Math.max(ends, data.run.until, SHORTEST) };
    const session = find<HTMLElement>('[data-timeline=session]');
    session.hidden = !data.start.some((start) => start < data.run.session);
    this.#view = session.hidden ? this.#whole : this.#session();
    if (this.#blocks.all.length === 0) {
      this.#box.replaceChildren(element('p', { class: 'none' }, 'Nothing has ended yet.'));
      return;
    }
    this.#build();
    this.#listen();
    this.#resize();
  }

  #session(): View {
    const { session } = this.#data.run;
    return { from: session, to: Math.max(this.#whole.to, session + SHORTEST) };
  }

  #build(): void {
    const attempts = this.#data.start.length;
    this.#canvas.setAttribute(
      'aria-label',
      `${plural(attempts, 'attempt')} over ${durationText(this.#whole.to)}, at most ${this.#curve.mostRunning} at once. The table of items has the same in words.`,
    );
    this.#sizer.append(this.#canvas);
    this.#box.replaceChildren(this.#sizer, this.#tip);
    this.#box.tabIndex = 0;
    this.#box.setAttribute('role', 'region');
    this.#box.setAttribute('aria-label', 'Timeline');
    const shown = new Set([...this.#data.start.keys()].map((attempt) => outcomeOf(this.#data, attempt)));
    const legend = find('#timeline-legend');
    if (this.#curve.mostWaiting > 0) legend.append(element('span', { class: 'key queued' }, element('i'), 'waiting'));
    if (shown.has('retried'))
      legend.append(element('span', { class: 'key retried' }, element('i'), 'failed, tried again'));
    for (const state of ['succeeded', 'running', 'failed', 'interrupted'] as const) {
      if (shown.has(state))
        legend.append(element('span', { class: `key state ${state}` }, iconElement(state), stateWords[state]));
    }
  }

  #listen(): void {
    const box = this.#box;
    box.addEventListener('scroll', this.#draw, { passive: true });
    box.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    box.addEventListener('keydown', (event) => this.#key(event));
    this.#canvas.addEventListener('pointermove', (event) => this.#hover(event));
    this.#canvas.addEventListener('pointerleave', () => {
      this.#tip.hidden = true;
    });
    this.#canvas.addEventListener('pointerdown', (event) => this.#press(event));
    new ResizeObserver(() => this.#resize()).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', this.#draw);
    for (const button of document.querySelectorAll<HTMLElement>('[data-timeline]')) {
      button.addEventListener('click', () => this.#do(button.dataset['timeline']!));
    }
  }

  #do(action: string): void {
    if (action === 'in') this.#zoom(0.5);
    else if (action === 'out') this.#zoom(2);
    else this.#set(action === 'session' ? this.#session() : this.#whole);
  }

  #key(event: KeyboardEvent): void {
    const span = this.#view.to - this.#view.from;
    const actions: { readonly [key: string]: () => void } = {
      '+': () => this.#zoom(0.5),
      '=': () => this.#zoom(0.5),
      '-': () => this.#zoom(2),
      '0': () => this.#set(this.#whole),
      ArrowLeft: () => this.#move(-span / 8),
      ArrowRight: () => this.#move(span / 8),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  #wheel(event: WheelEvent): void {
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    const zooms = event.ctrlKey || event.metaKey;
    if (!zooms && Math.abs(across) <= (event.shiftKey ? 0 : Math.abs(event.deltaY))) return;
    event.preventDefault();
    const { left } = this.#canvas.getBoundingClientRect();
    if (zooms) this.#zoom(1.0015 ** event.deltaY, this.#timeAt(event.clientX - left));
    else this.#move(across * this.#perPixel());
  }

  /** `at`: what stays where it is. */
  #zoom(factor: number, at = (this.#view.from + this.#view.to) / 2): void {
    const { from, to } = this.#view;
    const scale = Math.max(factor, SHORTEST / (to - from));
    this.#set({ from: at - (at - from) * scale, to: at + (to - at) * scale });
  }

  #move(by: number): void {
    this.#set({ from: this.#view.from + by, to: this.#view.to + by });
  }

  /** Within all there is. */
  #set({ from, to }: View): void {
    const span = Math.min(to - from, this.#whole.to);
    const start = Math.min(Math.max(0, from), this.#whole.to - span);
    this.#view = { from: start, to: start + span };
    this.#tip.hidden = true;
    this.#blocks.look(this.#view.from, this.#view.to);
    this.#resize();
  }

  #press(down: PointerEvent): void {
    if (down.button !== 0) return;
    const view = this.#view;
    let dragged = false;
    const onMove = (event: PointerEvent): void => {
      const by = down.clientX - event.clientX;
      if (!dragged && Math.abs(by) < DRAG) return;
      dragged = true;
      const shift = by * this.#perPixel();
      this.#set({ from: view.from + shift, to: view.to + shift });
    };
    const onUp = (event: PointerEvent): void => {
      this.#canvas.removeEventListener('pointermove', onMove);
      if (!dragged && event.type === 'pointerup') this.#click(event);
    };
    this.#canvas.setPointerCapture(down.pointerId);
    this.#canvas.addEventListener('pointermove', onMove);
    this.#canvas.addEventListener('pointerup', onUp, { once: true });
    this.#canvas.addEventListener('pointercancel', onUp, { once: true });
  }

  #click(event: PointerEvent): void {
    const hit = this.#hit(event);
    if (hit === undefined) return;
    if (hit.attempt !== undefined) {
      this.#onItem(hit.block.task, this.#data.itemNames[itemOf(this.#data, hit.attempt)]!);
      return;
    }
    this.#blocks.toggle(hit.block);
    this.#set(this.#view);
  }

  #hover(event: PointerEvent): void {
    const hit = event.buttons === 0 ? this.#hit(event) : undefined;
    const onBar = hit?.attempt !== undefined;
    this.#canvas.classList.toggle('pointing', hit !== undefined && (onBar || this.#blocks.canOpen(hit.block)));
    this.#tip.hidden = !onBar;
    if (!onBar) return;
    this.#tip.replaceChildren(...attemptTip(this.#data, hit.attempt!));
    const box = this.#box.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const left = Math.max(4, Math.min(x + 14, box.width - this.#tip.offsetWidth - 8));
    const below = y + 18 + this.#tip.offsetHeight < box.height;
    this.#tip.style.left = `${left}px`;
    this.#tip.style.top = `${this.#box.scrollTop + (below ? y + 16 : y - this.#tip.offsetHeight - 10)}px`;
  }

  #hit(event: PointerEvent): Hit | undefined {
    const { left, top } = this.#canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top - HEAD + this.#box.scrollTop];
    const block = event.clientY - top < HEAD ? undefined : this.#blocks.at(y);
    if (block === undefined) return undefined;
    const place = Math.floor((y - block.top) / block.rowHeight);
    const row = block.rows[Math.max(0, Math.min(block.rows.length - 1, place))];
    return {
      block,
      attempt: row === undefined || x < this.#gutter() ? undefined : this.#attemptAt(row, x, block.open),
    };
  }

  /** The attempt of a row that is drawn here, or three pixels from here; the later one when there are two. */
  #attemptAt(row: Int32Array, x: number, withWaits: boolean): number | undefined {
    const { start, length, wait } = this.#data;
    const sheet = this.#sheet();
    let near: number | undefined;
    for (let at = row.length - 1; at >= 0; at--) {
      const attempt = row[at]!;
      const from = xOf(sheet, start[attempt]! - (withWaits ? Math.max(0, wait[attempt]!) : 0));
      const to = xOf(sheet, start[attempt]! + length[attempt]!);
      if (x >= from && x <= to) return attempt;
      if (x >= from - 3 && x <= to + 3) near ??= attempt;
    }
    return near;
  }

  #gutter(): number {
    return this.#box.clientWidth < 600 ? 96 : 190;
  }

  #perPixel(): number {
    return (this.#view.to - this.#view.from) / Math.max(1, this.#box.clientWidth - this.#gutter());
  }

  #timeAt(x: number): number {
    return this.#view.from + Math.max(0, x - this.#gutter()) * this.#perPixel();
  }

  #resize(): void {
    const height = HEAD + this.#blocks.height;
    this.#sizer.style.height = `${height}px`;
    this.#box.style.height = `${Math.min(height, HIGHEST)}px`;
    const ratio = devicePixelRatio;
    const [width, tall] = [this.#box.clientWidth, Math.min(height, HIGHEST)];
    const [pixels, lines] = [Math.round(width * ratio), Math.round(tall * ratio)];
    if (this.#canvas.width !== pixels || this.#canvas.height !== lines) {
      this.#canvas.width = pixels;
      this.#canvas.height = lines;
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${tall}px`;
    }
    this.#draw();
  }

  #sheet(): Sheet {
    const styles = getComputedStyle(document.documentElement);
    return {
      context: this.#canvas.getContext('2d')!,
      width: this.#canvas.clientWidth,
      height: this.#canvas.clientHeight,
      gutter: this.#gutter(),
      view: this.#view,
      scrollTop: this.#box.scrollTop,
      color: (name) => styles.getPropertyValue(name),
    };
  }

  #paint(): void {
    const sheet = this.#sheet();
    sheet.context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    paint(sheet, this.#data, this.#blocks, this.#curve);
  }
}
