import type { Clock } from '../clock.ts';
import type { RunEvent } from '../event.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { Tally, tallyLine } from './tally.ts';
import { visible, Words } from './words.ts';

/** Milliseconds without a line after which one says what is going on. */
const HEARTBEAT_MILLISECONDS = 30_000;
/** Tasks that a heartbeat names. */
const HEARTBEAT_TASKS = 5;

/** Plain lines, for CI and for files: what has ended, what failed, and a sign of life now and then. */
export class LinesReporter implements Reporter {
  readonly #options: ReporterOptions & { readonly clock: Clock };
  readonly #words: Words;
  readonly #tally = new Tally();
  #cancel: () => void = () => {};

  constructor(options: ReporterOptions & { readonly clock: Clock }) {
    this.#options = options;
    this.#words = new Words(options);
  }

  handle(event: RunEvent): void {
    this.#tally.handle(event);
    const lines = this.#words.lines(event);
    for (const line of lines) this.#options.write(`${line}\n`);
    if (event.kind === 'run-ended') this.#cancel();
    else if (lines.length > 0) this.#schedule();
  }

  clear(): void {}

  close(): void {
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel();
    this.#cancel = this.#options.clock.after(HEARTBEAT_MILLISECONDS, () => {
      const tasks = [...this.#tally.tasks];
      const now = this.#options.clock.now();
      const shown = tasks.slice(0, HEARTBEAT_TASKS).map((task) => visible(tallyLine(task, now)));
      if (tasks.length > shown.length) shown.push(`${tasks.length - shown.length} more tasks`);
      this.#options.write(`... ${shown.join('; ')}\n`);
      this.#schedule();
    });
  }
}
