/**
 * Text with references, as users write it in template literals. It stays a list of parts down to the targets,
 * so that text of users is data everywhere and never spliced into a shell, YAML or an Argo expression.
 */
export type Reference =
  /** The item of this pod, or one field of it. */
  | { readonly kind: 'item'; readonly field?: string | undefined }
  /** All items of a batch (or one field of each), joined by `separator`. */
  | { readonly kind: 'batch'; readonly field?: string | undefined; readonly separator: string }
  /** The number of the item, from 0. Never the index of a Job. */
  | { readonly kind: 'index' }
  /** A parameter of the pipeline. */
  | { readonly kind: 'parameter'; readonly parameter: string }
  /** A value or a file (its path) that an upstream task puts out. */
  | { readonly kind: 'output'; readonly task: string; readonly output: string }
  /** The path at which a volume of this task is mounted (under the local engine: a folder of this machine). */
  | { readonly kind: 'mount'; readonly volume: string }
  /** The name of the run. */
  | { readonly kind: 'run' }
  /** How the run ended, `Succeeded` or `Failed`: only in exit tasks (environment: PODLOOM_STATUS; argo: {{workflow.status}}). */
  | { readonly kind: 'status' };

export type Part = string | Reference;
/** A concatenation. Adjacent strings are merged; no part is the empty string; the empty text is `[]`. */
export type Text = readonly Part[];

/** One element of argv, or all items of a batch as elements of their own. */
export type Argument =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'spread'; readonly field?: string | undefined };

export function literal(text: string): Text {
  return text === '' ? [] : [text];
}

export function referencesOf(text: Text): Reference[] {
  return text.filter((part) => typeof part !== 'string');
}
