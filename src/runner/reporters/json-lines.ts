import type { RunEvent } from '../event.ts';
import type { Reporter, Write } from './reporter.ts';

/** One event a line as JSON, as in `event.ts`, for programs. */
export class JsonLinesReporter implements Reporter {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  handle(event: RunEvent): void {
    this.#write(`${JSON.stringify(event)}\n`);
  }

  close(): void {}
}
