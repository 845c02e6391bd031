import { catalogue } from '../catalogue.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { pathFrom, placeFrom } from './place.ts';
import { visibleLines } from './visible.ts';

/**
 * Workflow commands, one line each, that GitHub shows beside the changed lines. `root` is the folder of the repository.
 * Escapes as in the runner: `%`, CR and LF in the message, and `:` and `,` as well in a property.
 * Source: actions/toolkit, packages/core/src/command.ts.
 */
export function renderGithub(diagnostics: readonly Diagnostic[], options: { readonly root: string }): string {
  return diagnostics.map((diagnostic) => `${renderOne(diagnostic, options.root)}\n`).join('');
}

function renderOne({ code, severity, message, help, location, subject, notes }: Diagnostic, root: string): string {
  const properties: [string, string][] = [];
  if (location !== undefined) {
    properties.push(['file', pathFrom(root, location.file)]);
    properties.push(['line', String(location.line)], ['col', String(location.column)]);
  }
  properties.push(['title', `${code} ${catalogue[code].title}`]);
  const text = [
    location === undefined && subject !== undefined ? `${subject}: ${message}` : message,
    `help: ${help}`,
    ...notes.map((note) =>
      note.location === undefined
        ? `note: ${note.message}`
        : `note: ${note.message} (${placeFrom(root, note.location)})`,
    ),
  ].join('\n');
  const list = properties.map(([name, value]) => `${name}=${escapeProperty(value)}`).join(',');
  return `::${severity} ${list}::${escapeData(visibleLines(text, ''))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
