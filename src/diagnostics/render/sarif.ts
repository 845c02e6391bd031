import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Code, catalogue } from '../catalogue.ts';
import type { Definition } from '../definition.ts';
import type { Diagnostic, Note } from '../diagnostic.ts';
import type { SourceLocation } from '../location.ts';
import { pathFrom } from './place.ts';

export interface SarifOptions {
  /** Folder of the repository, absolute: `%SRCROOT%`. */
  readonly root: string;
  /** Version of podloom. */
  readonly version: string;
}

/** SARIF 2.1.0 (OASIS Standard), as GitHub code scanning and editors read it. Its rules are the whole catalogue. */
export function renderSarif(diagnostics: readonly Diagnostic[], options: SarifOptions): string {
  const codes = Object.keys(catalogue) as Code[];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'podloom', semanticVersion: options.version, rules: codes.map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => resultOf(diagnostic, codes, options.root)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function ruleOf(code: Code) {
  const { title, severity, explanation } = catalogue[code] as Definition<never>;
  return {
    id: code,
    shortDescription: { text: title },
    help: { text: explanation, markdown: explanation },
    defaultConfiguration: { level: severity },
  };
}

function resultOf(diagnostic: Diagnostic, codes: readonly Code[], root: string) {
  const { code, severity, message, help, location, subject, notes } = diagnostic;
  const place = {
    ...(location === undefined ? {} : { physicalLocation: physical(location, root) }),
    ...(subject === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: subject }] }),
  };
  const related = notes.filter((note): note is Note & { location: SourceLocation } => note.location !== undefined);
  const loose = notes.filter((note) => note.location === undefined).map((note) => note.message);
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: [message, `help: ${help}`, ...loose].join('\n') },
    ...(Object.keys(place).length === 0 ? {} : { locations: [place] }),
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((note, id) => ({
            id,
            message: { text: note.message },
            physicalLocation: physical(note.location, root),
          })),
        }),
  };
}

function physical(location: SourceLocation, root: string) {
  return {
    artifactLocation: artifact(pathFrom(root, location.file)),
    region: { startLine: location.line, startColumn: location.column },
  };
}

function artifact(path: string) {
  if (isAbsolute(path)) return { uri: pathToFileURL(path).href };
  return { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
