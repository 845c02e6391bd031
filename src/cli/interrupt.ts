import { ExitCode } from './exit-code.ts';
import type { Ports } from './ports.ts';

/** Of what goes on after Ctrl-C for a while: the first one aborts `interrupt`, the second one ends the process at once. */
export interface Interruptible {
  readonly interrupt: AbortController;
  /** Nobody waits for Ctrl-C any more. */
  readonly release: () => void;
}

export function interruptible(ports: Ports): Interruptible {
  const interrupt = new AbortController();
  const release = ports.onInterrupt(() => {
    if (interrupt.signal.aborted) ports.exitNow(ExitCode.interrupted);
    interrupt.abort();
  });
  return { interrupt, release };
}
