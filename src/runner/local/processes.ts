/** What the local engine needs of the operating system to run processes; tests have a fake. */
export interface Processes {
  start(spec: ProcessSpec): RunningProcess;
  /** A TCP port that nothing on this machine listens on now. */
  freePort(): Promise<number>;
  /** Ends everything that was started and still runs. */
  close(): Promise<void>;
}

export interface ProcessSpec {
  readonly argv: readonly string[];
  readonly environment: { readonly [name: string]: string };
  readonly cwd: string;
}

export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  /** It never started. `code` as in errno: `ENOENT`. */
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** A process that leads a process group of its own. */
export interface RunningProcess {
  /** Standard output and standard error, in the order in which they were written. Ends when the whole group has ended. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Settles when the leader has ended; what it left in its group is then killed, as in a container. */
  readonly ended: Promise<ProcessEnd>;
  /** Sends a signal to the whole group. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}
