/** A place in a source file of the user. `line` and `column` are 1-based. */
export interface SourceLocation {
  /** Absolute path; printers show it relative to the project root. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where a construct was made: the user's own frame first, then its callers (outermost last). */
export interface Origin {
  readonly location: SourceLocation | undefined;
  readonly callers: readonly SourceLocation[];
  /** Construct path, for example `imagenet/decode`. */
  readonly path: string;
}
