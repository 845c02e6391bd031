import type { SourceLocation } from '../location.ts';
import type { Sources } from './sources.ts';
import { visible } from './visible.ts';

/** Lines above and below the one in question. */
const CONTEXT = 2;
/** Columns of source that are shown. */
const WIDTH = 100;
const TAB = 4;

export interface FrameLine {
  readonly kind: 'line' | 'context' | 'caret';
  /** Number of the line, right-aligned; empty for the caret. */
  readonly gutter: string;
  readonly text: string;
}

/** What a character takes on the screen. */
interface Cell {
  readonly text: string;
  readonly width: number;
}

/** The lines around a place, with a caret below it. Empty when the file cannot be read or has no such line. */
export function codeFrame({ file, line, column }: SourceLocation, sources: Sources): readonly FrameLine[] {
  const target = sources.line(file, line);
  if (target === undefined) return [];
  const caret = widthOf(cellsOf(target.slice(0, Math.max(0, column - 1))));
  // A place far to the right is brought into view, and the other lines with it.
  const from = caret < WIDTH - 10 ? 0 : caret - Math.floor(WIDTH / 2);
  const digits = String(line + CONTEXT).length;
  const frame: FrameLine[] = [];
  for (let number = Math.max(1, line - CONTEXT); number <= line + CONTEXT; number++) {
    const text = number === line ? target : sources.line(file, number);
    if (text === undefined) continue;
    const gutter = String(number).padStart(digits);
    frame.push({ kind: number === line ? 'line' : 'context', gutter, text: cut(cellsOf(text), from) });
    if (number === line) {
      const indent = ' '.repeat(from === 0 ? caret : caret - from + 1);
      frame.push({ kind: 'caret', gutter: ' '.repeat(digits), text: `${indent}^` });
    }
  }
  return frame;
}

/** `WIDTH` columns from column `from`; `…` stands for what is left out. */
function cut(cells: readonly Cell[], from: number): string {
  let text = '';
  let column = 0;
  for (const cell of cells) {
    const end = column + cell.width;
    if (column >= from && end <= from + WIDTH) text += cell.text;
    else if (column < from && end > from)
      text += ' '.repeat(end - from); // half of a wide character
    else if (end > from + WIDTH) return `${from > 0 ? '…' : ''}${text}…`;
    column = end;
  }
  return (from > 0 && column > 0 ? '…' : '') + text.trimEnd();
}

function cellsOf(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  for (const character of text) {
    const cell =
      character === '\t'
        ? blank(TAB - (column % TAB))
        : { text: visible(character), width: widthOfCharacter(character) };
    cells.push(cell);
    column += cell.width;
  }
  return cells;
}

function blank(width: number): Cell {
  return { text: ' '.repeat(width), width };
}

function widthOf(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}

const combining = /^(?:[\p{Mn}\p{Me}]|\u200d)$/u;
/** East Asian wide and fullwidth, and emoji. Source: Unicode Standard Annex #11. */
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u;

function widthOfCharacter(character: string): number {
  if (character >= ' ' && character <= '~') return 1;
  const shown = visible(character);
  if (shown !== character) return shown.length;
  if (combining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
