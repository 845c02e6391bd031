import type { Origin, SourceLocation } from './location.ts';
import { parseStack } from './stack.ts';

/** Enough for a helper in a component in a loop; each frame costs time on every construct. */
const FRAMES = 8;

// biome-ignore lint/complexity/noBannedTypes: what Error.captureStackTrace takes: a class or a function of any shape
type Callee = Function;

/** Where the user made a construct: captured at once (about 2 µs), formatted when it is first asked for. */
export class OriginCapture {
  readonly #trace: { stack?: string } = {};
  readonly #path: string | (() => string);
  #places: readonly SourceLocation[] | undefined;

  constructor(below: Callee, path: string | (() => string)) {
    this.#path = path;
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = FRAMES;
    Error.captureStackTrace(this.#trace, below);
    Error.stackTraceLimit = limit;
  }

  /** The user's frames, innermost first. */
  get places(): readonly SourceLocation[] {
    this.#places ??= parseStack(this.#trace.stack ?? '')
      .filter((frame) => frame.owner === 'user')
      .map((frame) => Object.freeze(frame.location));
    return this.#places;
  }

  get path(): string {
    return typeof this.#path === 'string' ? this.#path : this.#path();
  }
}

/**
 * Remembers where the user called `below`: the class being constructed (`new.target`, right in subclasses too) or the
 * function that the user called. `path` is the construct path; a function is called only when the origin is resolved.
 */
export function captureOrigin(below: Callee, path: string | (() => string)): OriginCapture {
  return new OriginCapture(below, path);
}

/** The capture as frozen plain data for the IR: the user's innermost frame, then those that called it. */
export function resolveOrigin(capture: OriginCapture): Origin {
  const [location, ...callers] = capture.places;
  return Object.freeze({ location, callers: Object.freeze(callers), path: capture.path });
}
