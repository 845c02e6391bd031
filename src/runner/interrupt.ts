const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is needed of `process`. */
export interface SignalSource {
  on(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
  off(signal: (typeof SIGNALS)[number], listener: () => void): unknown;
}

/**
 * Ctrl-C and its kin: the first aborts `signal`, the second calls `quit` (which ends the process; the guardian then ends
 * what still runs). `dispose` gives the signals back.
 */
export function watchInterrupts(source: SignalSource, quit: () => void): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) quit();
    else controller.abort();
  };
  for (const signal of SIGNALS) source.on(signal, listener);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of SIGNALS) source.off(signal, listener);
    },
  };
}
