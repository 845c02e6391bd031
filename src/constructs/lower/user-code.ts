import type { Collector } from '../../diagnostics/collector.ts';
import type { Origin } from '../../diagnostics/location.ts';
import { describeThrown, framesOf } from '../../diagnostics/thrown.ts';

/** Runs code of the user: what it throws is reported at its own line, or at the construct. `what` names it in the message. */
export function callUser<T>(what: string, run: () => T, origin: Origin, diagnostics: Collector): T | undefined {
  try {
    return run();
  } catch (error) {
    reportThrown(what, error, origin, diagnostics);
    return undefined;
  }
}

/**
 * Runs code of podloom that uses objects of the user, which may throw wherever they are touched. Its own errors pass
 * through, because they are bugs.
 */
export function touchUser<T>(what: string, run: () => T, origin: Origin, diagnostics: Collector): T | undefined {
  try {
    return run();
  } catch (error) {
    const thrower = framesOf(error).find((frame) => frame.owner !== 'node');
    if (error instanceof Error && (thrower === undefined || thrower.owner === 'podloom')) throw error;
    reportThrown(what, error, origin, diagnostics);
    return undefined;
  }
}

function reportThrown(what: string, error: unknown, origin: Origin, diagnostics: Collector): void {
  const location = framesOf(error).find((frame) => frame.owner === 'user')?.location;
  const place = location === undefined ? { origin } : { location, subject: origin.path };
  diagnostics.report('PL364', { what, error: describeThrown(error) }, place);
}
