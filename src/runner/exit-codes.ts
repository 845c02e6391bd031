import type { RunSummary } from './event.ts';

/** What `podloom run` ends with. */
export const EXIT_CODES = { succeeded: 0, failed: 1, interrupted: 130 } as const satisfies {
  readonly [status in RunSummary['status']]: number;
};
