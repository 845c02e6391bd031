import type { Toolchain } from './toolchain.ts';

/** Where text goes. Writes are in order; nobody waits for them. */
export interface Output {
  write(text: string): void;
  /** Resolves when the reader has taken what was written so far; for those who write without end. Default: at once. */
  drained?(): Promise<void>;
  readonly isTTY: boolean;
  /** Width of the terminal; 80 when it is none. */
  readonly columns: number;
}

/** All that a command sees of the process it runs in, so that tests can run commands without one. */
export interface Ports {
  /** Data. */
  readonly stdout: Output;
  /** Text for people. */
  readonly stderr: Output;
  /** Absolute. */
  readonly cwd: string;
  /** Asks a person and gives the answer, empty at Ctrl-C. undefined: there is nobody at a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  readonly env: { readonly [name: string]: string | undefined };
  /** Calls `listener` at each SIGINT and SIGTERM until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once, whatever still runs. */
  exitNow(code: number): never;
  /** Tells who started this process (`--watch`) which files a synth depends on. Absolute. */
  announceInputs(files: readonly string[]): void;
  readonly toolchain: Toolchain;
}

/** Takes the exit code of a command. */
export type Finish = (code: number) => void;

/** Whether text for people may have colours: `--color`, else NO_COLOR and FORCE_COLOR, else whether it is a terminal. */
export function wantsColor(ports: Ports, flag: boolean | undefined): boolean {
  if (flag !== undefined) return flag;
  const { NO_COLOR, FORCE_COLOR } = ports.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return ports.stderr.isTTY;
}
