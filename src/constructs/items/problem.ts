import { type captureOrigin, type OriginCapture, resolveOrigin } from '../../diagnostics/capture.ts';
import type { Code, ParamsOf } from '../../diagnostics/catalogue.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import type { Note } from '../../diagnostics/diagnostic.ts';
import type { Origin, SourceLocation } from '../../diagnostics/location.ts';

/** The function that the user called. */
export type Callee = Parameters<typeof captureOrigin>[0];

/** After so many problems a source is not read further. */
export const PROBLEM_LIMIT = 20;

/** Something wrong with items. It is kept with them and reported when a task that uses them is lowered. */
export type Problem = (diagnostics: Collector, task: Origin) => void;

/** What one call of an Items function finds out, and where the user made it. */
export class Problems {
  readonly list: Problem[] = [];
  readonly #capture: OriginCapture;

  constructor(capture: OriginCapture) {
    this.#capture = capture;
  }

  /** `data`: the place in the data file. */
  add<C extends Code>(code: C, params: ParamsOf<C>, data?: SourceLocation): void {
    if (this.full) return;
    const notes: Note[] = data === undefined ? [] : [{ message: 'in the data', location: data }];
    this.list.push((diagnostics, task) => {
      const origin = resolveOrigin(this.#capture);
      const known = origin.location === undefined ? { ...task, path: origin.path } : origin;
      diagnostics.report(code, params, { origin: known, notes });
    });
  }

  get full(): boolean {
    return this.list.length >= PROBLEM_LIMIT;
  }
}
