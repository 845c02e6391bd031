import type { RunEvent } from '../event.ts';
import type { Reporter, Write } from './reporter.ts';

/** The summary of the run as one JSON document, as in `event.ts`, when it has ended. */
export class JsonReporter implements Reporter {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  handle(event: RunEvent): void {
    if (event.kind === 'run-ended') this.#write(`${JSON.stringify(event.summary, null, 2)}\n`);
  }

  clear(): void {}

  close(): void {}
}
