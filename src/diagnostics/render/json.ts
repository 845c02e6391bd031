import { catalogue } from '../catalogue.ts';
import type { Severity } from '../definition.ts';
import type { Diagnostic } from '../diagnostic.ts';
import type { SourceLocation } from '../location.ts';
import { pathFrom } from './place.ts';

/** What `--json` prints for diagnostics. Fields are only ever added. */
export interface JsonReport {
  readonly version: 1;
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly JsonDiagnostic[];
}

export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  /** The same for each diagnostic of the code. */
  readonly title: string;
  readonly message: string;
  readonly help: string;
  /** Construct path or file that it is about. */
  readonly subject?: string | undefined;
  /** `file` is relative to the project root, with `/`; absolute when it is outside. Line and column are 1-based. */
  readonly location?: SourceLocation | undefined;
  readonly notes: readonly { readonly message: string; readonly location?: SourceLocation | undefined }[];
}

/** The report as data, for commands whose JSON has more in it. */
export function jsonReport(diagnostics: readonly Diagnostic[], options: { readonly root: string }): JsonReport {
  const locate = (location: SourceLocation | undefined) =>
    location === undefined ? {} : { location: { ...location, file: pathFrom(options.root, location.file) } };
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return {
    version: 1,
    errors,
    warnings: diagnostics.length - errors,
    diagnostics: diagnostics.map(({ code, severity, message, help, subject, location, notes }) => ({
      code,
      severity,
      title: catalogue[code].title,
      message,
      help,
      ...(subject === undefined ? {} : { subject }),
      ...locate(location),
      notes: notes.map((note) => ({ message: note.message, ...locate(note.location) })),
    })),
  };
}

/** One JSON document. */
export function renderJson(diagnostics: readonly Diagnostic[], options: { readonly root: string }): string {
  return `${JSON.stringify(jsonReport(diagnostics, options), undefined, 2)}\n`;
}
