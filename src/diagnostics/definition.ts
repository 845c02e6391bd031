export type Severity = 'error' | 'warning';

/** Files of a project that shows a diagnostic, by path relative to its root, and the arguments of the CLI (default `['synth']`). */
export interface Example {
  readonly files: { readonly [path: string]: string };
  readonly args?: readonly string[];
  /** What an API server at 127.0.0.1:8001 answers, by path; a `Status` with its `code`. Default: there is none. */
  readonly server?: { readonly [path: string]: unknown };
}

/**
 * One entry of the catalogue. `message` says what is wrong, `help` what to do; both are one or two plain
 * sentences, without the location, which the printers add.
 */
export interface Definition<Params> {
  readonly severity: Severity;
  /** Three to eight words, for DIAGNOSTICS.md and SARIF. */
  readonly title: string;
  readonly message: (params: Params) => string;
  readonly help: (params: Params) => string;
  /** Markdown: why it is so, and the source of a rule that is not ours (document or file, with version). */
  readonly explanation: string;
  /** The body of `pipelines/example.ts` (imports and `const app = new App();` are put before it), or whole files. */
  readonly example: string | Example;
}

/** Keeps the type of the parameters of each entry, so that a missing one is a type error where it is reported. */
// biome-ignore lint/suspicious/noExplicitAny: the bound of a heterogeneous table of functions
export function definitions<const T extends { readonly [code: `PL${number}`]: Definition<any> }>(table: T): T {
  return table;
}
