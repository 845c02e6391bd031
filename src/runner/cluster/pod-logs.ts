import type { LogWriter } from '../state/item-log.ts';
import type { PodView } from './pod-view.ts';

/** How the logs of pods get here. */
export interface PodLogs {
  /**
   * The program of a pod runs. A reader that decides to follow it asks `open` for the log and writes what comes; `collect`
   * then brings the rest.
   */
  running(pod: PodView, open: () => Promise<LogWriter>): void;
  /**
   * The pod has ended or gone: everything that it printed and that is not there yet goes to `log`, with a line of podloom's own
   * where something is missing for sure or perhaps. Rejects only when the log cannot be written.
   */
  collect(pod: PodView, log: LogWriter): Promise<void>;
  /** Ends what is being followed. */
  close(): void;
}
