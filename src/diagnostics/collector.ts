import { type Code, catalogue, type ParamsOf } from './catalogue.ts';
import type { Definition } from './definition.ts';
import type { Diagnostic, Note } from './diagnostic.ts';
import type { Origin, SourceLocation } from './location.ts';

/** Where a diagnostic points: a construct, a place in a file, or neither. */
export interface Place {
  readonly origin?: Origin | undefined;
  readonly location?: SourceLocation | undefined;
  readonly subject?: string | undefined;
  readonly notes?: readonly Note[];
}

/** Gathers diagnostics; nothing throws but bugs. */
export class Collector {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();

  /** Reports once: the same code with the same message at the same place again is dropped. */
  report<C extends Code>(code: C, params: ParamsOf<C>, place: Place = {}): void {
    const definition = catalogue[code] as Definition<ParamsOf<C>>;
    const location = place.location ?? place.origin?.location;
    const callers = place.location === undefined ? (place.origin?.callers ?? []) : [];
    this.add({
      code,
      severity: definition.severity,
      message: definition.message(params),
      help: definition.help(params),
      subject: place.subject ?? place.origin?.path,
      location,
      notes: [...(place.notes ?? []), ...callers.map((caller) => ({ message: 'called from here', location: caller }))],
    });
  }

  add(diagnostic: Diagnostic): void {
    const { location } = diagnostic;
    const key = [
      diagnostic.code,
      diagnostic.message,
      location?.file,
      location?.line,
      location?.column,
      diagnostic.subject,
    ].join('\0');
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#diagnostics.push(diagnostic);
  }

  addAll(diagnostics: Iterable<Diagnostic>): void {
    for (const diagnostic of diagnostics) this.add(diagnostic);
  }

  get hasErrors(): boolean {
    return this.#diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  }

  /** Sorted by file, line, column and code; those without a place come last, in the order in which they came. */
  sorted(): readonly Diagnostic[] {
    return [...this.#diagnostics].sort((a, b) => {
      if (a.location === undefined || b.location === undefined) {
        return Number(a.location === undefined) - Number(b.location === undefined);
      }
      return (
        compare(a.location.file, b.location.file) ||
        a.location.line - b.location.line ||
        a.location.column - b.location.column ||
        compare(a.code, b.code)
      );
    });
  }
}

/** By code units, so that no locale changes the order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
