import type { RunEvent } from '../event.ts';
import type { Reporter, Write } from './reporter.ts';

/** One event a line as JSON, as in `event.ts`, for programs. */
export class JsonLinesReporter implements Reporter {
  readonly #write: Write;

  constructor(write: Write) {
    this.#write = write;
  }

  handle(event: RunEvent): void {
    this.#write(`${JSON.stringify(event, plain)}\n`);
  }

  clear(): void {}

  close(): void {}
}

/** Maps as objects. */
function plain(_key: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value as ReadonlyMap<string, unknown>) : value;
}
