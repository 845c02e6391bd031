import type { Code } from './catalogue.ts';
import type { Severity } from './definition.ts';
import type { SourceLocation } from './location.ts';

export interface Note {
  readonly message: string;
  readonly location?: SourceLocation | undefined;
}

export interface Diagnostic {
  readonly code: Code;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
  /** Construct path or file that it is about, for example `imagenet/decode`. */
  readonly subject?: string | undefined;
  readonly location?: SourceLocation | undefined;
  readonly notes: readonly Note[];
}
