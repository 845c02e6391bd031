import { pathToFileURL } from 'node:url';

export type Outcome =
  | { readonly kind: 'loaded'; readonly namespace: object }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Its evaluation never ends: nothing is left that could go on with it, or the time is up. */
  | { readonly kind: 'unsettled' };

/**
 * Imports a module. `seconds`: how long it may wait on something that is still alive, like a server or an interval.
 * `evaluated` is called as soon as its code has run.
 */
export async function importFile(file: string, seconds: number, evaluated: () => void): Promise<Outcome> {
  const stall = new Stall(seconds);
  const outcome = await Promise.race([evaluate(file, evaluated), stall.promise]);
  stall.release();
  // Rejections that nobody handles are announced after the microtasks of this turn.
  await new Promise((resolve) => setImmediate(resolve));
  return outcome;
}

async function evaluate(file: string, evaluated: () => void): Promise<Outcome> {
  const { href } = pathToFileURL(file);
  try {
    return { kind: 'loaded', namespace: (await import(href)) as object };
  } catch (error) {
    return { kind: 'failed', error };
  } finally {
    evaluated();
  }
}

/** Settles when the event loop runs dry, or after `seconds`; it keeps no process alive by itself. */
class Stall {
  readonly promise: Promise<Outcome>;
  readonly release: () => void;

  constructor(seconds: number) {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    // The immediate keeps the loop alive for what comes after.
    const end = () => setImmediate(() => resolve({ kind: 'unsettled' }));
    const timer = setTimeout(end, seconds * 1000).unref();
    process.once('beforeExit', end);
    this.promise = promise;
    this.release = () => {
      clearTimeout(timer);
      process.off('beforeExit', end);
    };
  }
}
