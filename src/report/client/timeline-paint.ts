import { shownText } from '../shown-text.ts';
import { countText } from '../words.ts';
import { outcomeOf, type RunData } from './data.ts';
import type { LoadCurve } from './load-curve.ts';
import { markText, stepFor } from './timeline-axis.ts';
import type { Block, Blocks } from './timeline-blocks.ts';

/** Heights at the top that do not scroll, in pixels. */
export const AXIS = 22;
const CURVE = 52;
export const HEAD = AXIS + CURVE;

/** What of the time is shown, in milliseconds. */
export interface View {
  readonly from: number;
  readonly to: number;
}

export interface Sheet {
  readonly context: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  /** Width of the names, at the left. */
  readonly gutter: number;
  readonly view: View;
  readonly scrollTop: number;
  /** By name: `--succeeded`, … */
  readonly color: (name: string) => string;
}

const OUTCOMES = ['succeeded', 'running', 'retried', 'interrupted', 'failed'] as const;

/** Draws all that is seen of the timeline. */
export function paint(sheet: Sheet, data: RunData, blocks: Blocks, curve: LoadCurve): void {
  const { context, width, height, gutter, color, scrollTop } = sheet;
  context.clearRect(0, 0, width, height);
  const step = stepFor((sheet.view.to - sheet.view.from) / (width - gutter), 92);
  paintGrid(sheet, step, data.run.session);
  context.save();
  context.beginPath();
  context.rect(0, HEAD, width, height - HEAD);
  context.clip();
  for (const block of blocks.all) {
    const top = HEAD + block.top - scrollTop;
    if (top > height || top + block.height < HEAD) continue;
    paintBlock(sheet, data, block, top);
    paintName(sheet, data, blocks, block, top);
  }
  context.restore();
  context.fillStyle = color('--line');
  context.fillRect(0, HEAD - 1, width, 1);
  paintCurve(sheet, curve);
}

export function xOf({ gutter, width, view }: Sheet, time: number): number {
  return gutter + ((time - view.from) / (view.to - view.from)) * (width - gutter);
}

/** `zero`: what marks count from. */
function paintGrid(sheet: Sheet, step: number, zero: number): void {
  const { context, width, height, gutter, view, color } = sheet;
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (let mark = Math.ceil((view.from - zero) / step) * step; mark + zero <= view.to; mark += step) {
    const x = Math.round(xOf(sheet, mark + zero));
    context.fillStyle = color('--line');
    context.fillRect(x, AXIS - 5, 1, height);
    context.fillStyle = color('--muted');
    const text = markText(mark);
    const half = context.measureText(text).width / 2;
    context.fillText(text, Math.min(Math.max(gutter, x - half), width - 2 * half - 2), AXIS / 2 - 2);
  }
}

function paintBlock(sheet: Sheet, data: RunData, block: Block, top: number): void {
  const { context, gutter, width, height, color } = sheet;
  const { rowHeight: row, rows, open } = block;
  context.fillStyle = color('--band');
  context.fillRect(gutter, top, width - gutter, block.height);
  const thick = row >= 6 ? row - 3 : row >= 3 ? row - 1 : Math.max(1, row);
  const first = Math.max(0, Math.floor((HEAD - top) / row));
  const last = Math.min(rows.length, Math.ceil((height - top) / row));
  const each = (draw: (attempt: number, y: number) => void): void => {
    for (let place = first; place < last; place++) {
      for (const attempt of rows[place]!) draw(attempt, top + place * row);
    }
  };
  if (open) {
    context.fillStyle = color('--queued');
    each((attempt, y) => {
      const wait = data.wait[attempt]!;
      if (wait > 0) bar(sheet, data.start[attempt]! - wait, wait, y + thick / 4, thick / 2, 0);
    });
  }
  // Those that failed come last, on top of the others.
  for (const outcome of OUTCOMES) {
    context.fillStyle = color(`--${outcome}`);
    const least = outcome === 'succeeded' ? 1 : 3;
    each((attempt, y) => {
      if (outcomeOf(data, attempt) === outcome)
        bar(sheet, data.start[attempt]!, data.length[attempt]!, y, thick, least);
    });
  }
}

/** Bars that are wide enough leave a pixel to the next. */
function bar(sheet: Sheet, from: number, length: number, y: number, thick: number, least: number): void {
  const [left, right] = [xOf(sheet, from), xOf(sheet, from + length)];
  if (right < sheet.gutter || left > sheet.width) return;
  const x = Math.max(sheet.gutter, left);
  const wide = Math.min(sheet.width, right) - x;
  sheet.context.fillRect(x, y, Math.max(least, wide > 3 ? wide - 1 : wide), thick);
}

function paintName({ context, gutter, color }: Sheet, data: RunData, blocks: Blocks, block: Block, top: number): void {
  const { name } = data.run.tasks[block.task]!;
  const least = HEAD + 10;
  const y = Math.max(top + Math.min(block.height / 2, 10), Math.min(least, top + block.height - 10));
  context.font = '12px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.fillStyle = color('--text');
  const count = block.items > 1 ? ` ${countText(block.items)}` : '';
  const mark = blocks.canOpen(block) ? (block.open ? '▾ ' : '▸ ') : '';
  const room = gutter - 14 - context.measureText(mark + count).width;
  const text = mark + fitted(context, shownText(name), room);
  context.fillText(text, 6, y);
  context.fillStyle = color('--muted');
  context.fillText(count, 6 + context.measureText(text).width, y);
}

function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  const characters = [...text];
  while (characters.length > 1 && context.measureText(`${characters.join('')}…`).width > room) characters.pop();
  return `${characters.join('')}…`;
}

/** How many ran (filled) and waited (a line) over the time that is shown, each as high as there were most. */
function paintCurve(sheet: Sheet, curve: LoadCurve): void {
  const { context, width, gutter, view, color } = sheet;
  const [base, room] = [HEAD - 4, CURVE - 10];
  const perPixel = (view.to - view.from) / (width - gutter);
  for (let x = gutter; x < width; x++) {
    const time = view.from + (x - gutter + 0.5) * perPixel;
    const running = (curve.running(time) / curve.mostRunning) * room;
    const waiting = (curve.waiting(time) / Math.max(1, curve.mostWaiting)) * room;
    context.fillStyle = color('--succeeded');
    context.fillRect(x, base - running, 1, running);
    context.fillStyle = color('--line-over');
    if (waiting > 0) context.fillRect(x, base - waiting, 1, 2);
  }
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  context.fillStyle = color('--muted');
  const words = [`running ≤ ${countText(curve.mostRunning)}`];
  if (curve.mostWaiting > 0) words.push(`waiting ≤ ${countText(curve.mostWaiting)}`);
  words.forEach((text, line) => {
    context.fillText(text, 6, AXIS + CURVE / 2 - 6 * (words.length - 1) + 13 * line);
  });
}
