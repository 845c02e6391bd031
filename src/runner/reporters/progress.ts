import type { Clock } from '../clock.ts';
import type { RunEvent } from '../event.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { Tally, tallyLine } from './tally.ts';
import { visible, Words } from './words.ts';

/** Most often that the region is drawn. */
const DRAW_MILLISECONDS = 100;
/** Tasks in the region. */
const MOST_TASKS = 12;

export interface ProgressOptions extends ReporterOptions {
  readonly clock: Clock;
  /** Width of the terminal now, in characters. */
  readonly columns: () => number;
}

/** For a terminal: lines that stay, and below them one region that is drawn anew, with a line for each running task. */
export class ProgressReporter implements Reporter {
  readonly #options: ProgressOptions;
  readonly #words: Words;
  readonly #tally = new Tally();
  #drawn = 0;
  #cancel: (() => void) | undefined;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#words = new Words(options);
  }

  handle(event: RunEvent): void {
    this.#tally.handle(event);
    const lines = this.#words.lines(event);
    if (lines.length > 0) this.#draw(lines);
    else this.#cancel ??= this.#options.clock.after(DRAW_MILLISECONDS, () => this.#draw([]));
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.clear();
  }

  clear(): void {
    this.#options.write(this.#erase());
  }

  #draw(lasting: readonly string[]): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const region = this.#region();
    const text = [...lasting, ...region].map((line) => `${line}\n`).join('');
    this.#options.write(this.#erase() + text);
    this.#drawn = region.length;
  }

  #region(): string[] {
    const tasks = [...this.#tally.tasks];
    const now = this.#options.clock.now();
    const lines = tasks.slice(0, MOST_TASKS).map((task) => visible(tallyLine(task, now)));
    if (tasks.length > lines.length) lines.push(`… ${tasks.length - lines.length} more tasks`);
    const width = Math.max(1, this.#options.columns() - 1);
    return lines.map((line) => line.slice(0, width));
  }

  /** Moves to the start of the region, also when the terminal wrote ^C behind it, and erases from there on. */
  #erase(): string {
    const text = this.#drawn > 0 ? `\r\x1b[${this.#drawn}A\x1b[J` : '';
    this.#drawn = 0;
    return text;
  }
}
