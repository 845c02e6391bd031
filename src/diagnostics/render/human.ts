import { styleText } from 'node:util';
import type { Diagnostic, Note } from '../diagnostic.ts';
import { codeFrame } from './code-frame.ts';
import { placeFrom } from './place.ts';
import { type ReadFile, readSource, Sources } from './sources.ts';
import { countsOf } from './summary.ts';
import { visible, visibleLines } from './visible.ts';

export interface HumanOptions {
  /** Project root, absolute: paths are shown relative to it. */
  readonly root: string;
  /** Default false. */
  readonly color?: boolean | undefined;
  /** For code frames. Default: from disk. */
  readonly readFile?: ReadFile | undefined;
}

type Style = Parameters<typeof styleText>[0];

/**
 * For people: the place, what is wrong, the code, what to do. Text of users is made visible, so that it cannot steer
 * the terminal. Ends with a count, and with a newline unless there is nothing to say.
 */
export function renderHuman(diagnostics: readonly Diagnostic[], options: HumanOptions): string {
  if (diagnostics.length === 0) return '';
  const sources = new Sources(options.readFile ?? readSource);
  const style = (format: Style, text: string) =>
    options.color === true ? styleText(format, text, { validateStream: false }) : text;
  const blocks = diagnostics.map((diagnostic) => renderOne(diagnostic, options.root, sources, style));
  return `${blocks.join('\n')}\n${style('bold', countsOf(diagnostics))}\n`;
}

function renderOne(
  diagnostic: Diagnostic,
  root: string,
  sources: Sources,
  style: (format: Style, text: string) => string,
): string {
  const { code, severity, message, help, location, subject, notes } = diagnostic;
  const place = location === undefined ? subject : placeFrom(root, location);
  const label = style(['bold', severity === 'error' ? 'red' : 'yellow'], `${severity} ${code}`);
  const start = place === undefined ? '' : `${style('cyan', visible(place))} `;
  const lines = [`${start}${label}: ${visibleLines(message, '  ')}`];
  for (const { kind, gutter, text } of location === undefined ? [] : codeFrame(location, sources)) {
    const bar = style('dim', `${kind === 'line' ? '>' : ' '} ${gutter} |`);
    const shown = kind === 'caret' ? style(['bold', 'red'], text) : text;
    lines.push(text === '' ? `  ${bar}` : `  ${bar} ${shown}`);
  }
  lines.push(`  ${style('green', 'help')}: ${visibleLines(help, '    ')}`);
  for (const note of notes) lines.push(`  ${style('blue', 'note')}: ${renderNote(note, root)}`);
  return `${lines.join('\n')}\n`;
}

function renderNote({ message, location }: Note, root: string): string {
  const text = visibleLines(message, '    ');
  return location === undefined ? text : `${text} (${visible(placeFrom(root, location))})`;
}
