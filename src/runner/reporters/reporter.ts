import type { RunEvent } from '../event.ts';

/** Tells people or programs what happens. Gets every event of a run, in order. */
export interface Reporter {
  handle(event: RunEvent): void;
  /** Leaves the cursor where others may write lines, until the next event. */
  clear(): void;
  /** Ends timers and leaves the cursor at the start of a line. Call it when the run has ended, in whatever way. */
  close(): void;
}

/** Takes text for a stream as it is: line breaks are in it. */
export type Write = (text: string) => void;

export interface ReporterOptions {
  readonly write: Write;
  /** Root of the project, absolute: paths are shown relative to it. */
  readonly root: string;
  /** The command that does the run, without `--rerun`: `podloom run example --local`. */
  readonly command: string;
  /** The command that follows the run again after an interruption. Default: `command`. */
  readonly followCommand?: string | undefined;
  /** Whether items go on without the runner when it is interrupted, as those of a cluster do. Default: false. */
  readonly detaches?: boolean;
}
