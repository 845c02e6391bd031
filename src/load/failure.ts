import { fileURLToPath } from 'node:url';
import type { Collector } from '../diagnostics/collector.ts';
import type { Note } from '../diagnostics/diagnostic.ts';
import type { SourceLocation } from '../diagnostics/location.ts';
import { causesOf, describeThrown, framesOf, stackOf } from '../diagnostics/thrown.ts';
import { ExitAttempt } from './guard.ts';
import { explainImport, locateSpecifier } from './import-problem.ts';
import type { Imports } from './imports.ts';
import { locateSyntaxError } from './syntax.ts';

/** Reports why the import of a pipeline file failed. */
export class FailureReporter {
  readonly #collector: Collector;
  readonly #imports: Imports;
  readonly #nameOf: (file: string) => string;

  /** `nameOf` gives the path of a file as messages show it. */
  constructor(collector: Collector, imports: Imports, nameOf: (file: string) => string) {
    this.#collector = collector;
    this.#imports = imports;
    this.#nameOf = nameOf;
  }

  async report(file: string, thrown: unknown): Promise<void> {
    if (!isPlainError(thrown)) return this.reportThrown('PL008', file, thrown);
    if (thrown instanceof ExitAttempt) return; // reported when it was tried
    if (this.#reportImport(thrown) || this.#reportFormat(thrown)) return;
    if (isCompileError(thrown)) await this.#reportSyntax(file, thrown as SyntaxError);
    else this.reportThrown('PL008', file, thrown);
  }

  /** At the innermost line of the user's own code, with its callers and the causes as notes. */
  reportThrown(code: 'PL008' | 'PL009', file: string, thrown: unknown): void {
    const [location, ...callers] = userPlaces(thrown);
    const notes: Note[] = distinct(callers).map((caller) => ({ message: 'called from here', location: caller }));
    for (const cause of causesOf(thrown)) {
      notes.push({ message: `caused by ${describeThrown(cause)}`, location: userPlaces(cause)[0] });
    }
    const place = location === undefined ? { subject: this.#nameOf(file) } : { location };
    this.#collector.report(code, { error: describeThrown(thrown) }, { ...place, notes });
  }

  #reportImport(thrown: unknown): boolean {
    const failed = this.#imports.failureOf(thrown);
    if (failed === undefined) return false;
    const { specifier, importer } = failed;
    const params = { specifier, ...explainImport(specifier, importer, thrown) };
    this.#collector.report('PL005', params, { location: locateSpecifier(importer, specifier) });
    return true;
  }

  /** Files that Node finds and does not take as they are. */
  #reportFormat(thrown: unknown): boolean {
    if (!(thrown instanceof Error)) return false;
    const code = (thrown as { code?: unknown }).code;
    if (code === 'ERR_IMPORT_ATTRIBUTE_MISSING' || code === 'ERR_UNKNOWN_FILE_EXTENSION') {
      const imported = /"(file:[^"]+)"/.exec(thrown.message)?.[1] ?? / for (.+)$/.exec(thrown.message)?.[1] ?? '';
      return this.#reportKind(imported.startsWith('file:') ? fileURLToPath(imported) : imported, code);
    }
    const fix = moduleFix(thrown.message);
    const location = arrowOf(thrown) ?? userPlaces(thrown)[0];
    if (fix === undefined || location === undefined) return false;
    this.#collector.report('PL007', { error: thrown.message, fix }, { location });
    return true;
  }

  #reportKind(imported: string, code: string): boolean {
    const edge = this.#imports.importOf(imported);
    if (edge === undefined) return false;
    const { specifier, importer } = edge;
    const params =
      code === 'ERR_IMPORT_ATTRIBUTE_MISSING'
        ? { reason: 'JSON is imported with an attribute', fix: "add `with { type: 'json' }` to the import" }
        : {
            reason: 'Node does not run this kind of file',
            fix: 'read it with node:fs, or with Items.lines, Items.csv or Items.json',
          };
    this.#collector.report('PL005', { specifier, ...params }, { location: locateSpecifier(importer, specifier) });
    return true;
  }

  async #reportSyntax(file: string, error: SyntaxError): Promise<void> {
    const location = arrowOf(error) ?? (await locateSyntaxError(this.#imports.modulesOf([file])));
    const place = location === undefined ? { subject: this.#nameOf(file) } : { location };
    const missing = /requested module '(.*)' does not provide an export named '(.*)'$/.exec(error.message);
    if (missing !== null) {
      const [, specifier = '', name = ''] = missing;
      this.#collector.report('PL006', { specifier, name }, place);
    } else if ((error as { code?: unknown }).code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
      this.#collector.report('PL004', { error: error.message }, place);
    } else {
      this.#collector.report('PL003', { error: error.message }, place);
    }
  }
}

/** Nobody reads more callers than this; a recursion without end has the same one thousands of times. */
const CALLERS = 8;

function distinct(places: readonly SourceLocation[]): readonly SourceLocation[] {
  const known = new Map(places.map((place) => [`${place.file}:${place.line}:${place.column}`, place]));
  return [...known.values()].slice(0, CALLERS);
}

/** An error that can be looked at: no Proxy, and no getters that throw. */
function isPlainError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error && typeof thrown.message === 'string' && typeof thrown.name === 'string';
  } catch {
    return false;
  }
}

function userPlaces(thrown: unknown): readonly SourceLocation[] {
  return framesOf(thrown)
    .filter((frame) => frame.owner === 'user')
    .map((frame) => frame.location);
}

/** Thrown by the compiler of a module, not by JSON.parse, RegExp or the like in code that runs. */
function isCompileError(thrown: unknown): boolean {
  if (!(thrown instanceof SyntaxError)) return false;
  return (
    arrowOf(thrown) !== undefined || framesOf(thrown)[0]?.location.file.startsWith('node:internal/modules/') === true
  );
}

/** The place that Node puts before the stack of an error in the source: `file:line`, the source, and carets below it. */
function arrowOf(error: Error): SourceLocation | undefined {
  const lines = stackOf(error).split('\n');
  const place = /^(file:\/\/.+|\/.+|[A-Za-z]:[\\/].+):(\d+)$/.exec(lines[0] ?? '');
  if (place === null) return undefined;
  const file = place[1] as string;
  const carets = lines.find((line) => /^\s*\^+$/.test(line)) ?? '^';
  return {
    file: file.startsWith('file://') ? fileURLToPath(file) : file,
    line: Number(place[2]),
    column: carets.indexOf('^') + 1,
  };
}

/** What to do about an ES module that is read as CommonJS, and the other way round. */
function moduleFix(message: string): string | undefined {
  if (/Cannot use import statement outside a module|^Unexpected token 'export'/.test(message)) {
    return 'set `"type": "module"` in package.json, or name the file .mts';
  }
  if (/^require is not defined/.test(message)) return 'use `import`; podloom reads pipelines as ES modules';
  if (/^(module|exports) is not defined/.test(message)) return 'use `export`; podloom reads pipelines as ES modules';
  if (/^__(dirname|filename) is not defined/.test(message)) return 'use import.meta.dirname or import.meta.filename';
  return undefined;
}
