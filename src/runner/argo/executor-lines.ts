import type { LogWriter } from '../state/item-log.ts';

const NEWLINE = 0x0a;
/** Longest line of the executor that is looked for, in bytes; it has a path or an error in it. Longer lines are the program's. */
const LONGEST_BYTES = 8192;

const TIME = String.raw`time="?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[^" ]*"? level=(?:debug|info|warning|warn|error|INFO|WARN|ERROR) `;
const FIELDS = String.raw`(?: [\w.]+=(?:"(?:[^"\\]|\\.)*"|[^" ]+))*`;
/** Argo 3: its logger marks each line (cmd/argoexec/commands/emissary.go: `log.WithField("argo", true)`). */
const MARKED = String.raw`msg=(?:"(?:[^"\\]|\\.)*"|[^" ]+) argo=true${FIELDS}`;
/** Argo 4 has no mark: these are the messages of the same file at 4.1. */
const NAMED =
  'msg="?(?:sub-process exited|capturing logs|(?:cannot save|saving|no need to save) (?:parameter|artifact)(?:, does not exist)?(?: - on overlapping volume)?|Reading container args from file|Loaded container args from file)"?';
const OF_EXECUTOR = new RegExp(`${TIME}(?:${MARKED}|${NAMED}${FIELDS})$`);
const EXITED = /msg="sub-process exited"/;
/** Cobra prints the error that the executor ends with: the exit code of the program. */
const LAST_WORD = /^Error: exit status \d+$/;

/**
 * Takes away what Argo's executor prints into the log of the program that it runs, and nothing else. The executor shares the
 * program's standard error, so that its line may stand right behind a last line without a newline.
 */
export class ExecutorLines implements LogWriter {
  readonly #log: LogWriter;
  #held: Buffer = Buffer.alloc(0);
  /** In the middle of a line that is too long to be the executor's. */
  #isLong = false;
  #hasExited = false;

  constructor(log: LogWriter) {
    this.#log = log;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const data = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    const kept: Buffer[] = [];
    let start = 0;
    for (let end = data.indexOf(NEWLINE); end >= 0; end = data.indexOf(NEWLINE, start)) {
      kept.push(this.#line(data.subarray(start, end + 1)));
      start = end + 1;
    }
    this.#held = data.subarray(start);
    if (this.#isLong || this.#held.length > LONGEST_BYTES) {
      this.#isLong = this.#held.length > 0 || this.#isLong;
      kept.push(this.#held);
      this.#held = Buffer.alloc(0);
    }
    await this.#pass(kept);
  }

  /** The log is complete: what was held back is passed on. */
  async finish(): Promise<void> {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    if (rest.length > 0) await this.#pass([this.#line(rest)]);
  }

  /** What of a line is the program's. */
  #line(line: Buffer): Buffer {
    if (this.#isLong) {
      this.#isLong = false;
      return line;
    }
    if (line.length > LONGEST_BYTES) return line;
    const text = line.toString('latin1').replace(/\r?\n$/, '');
    if (this.#hasExited && LAST_WORD.test(text)) {
      this.#hasExited = false;
      return line.subarray(0, 0);
    }
    const at = text.indexOf('time=') < 0 ? -1 : text.search(OF_EXECUTOR);
    if (at < 0) return line;
    if (EXITED.test(text.slice(at))) this.#hasExited = true;
    return line.subarray(0, at);
  }

  async #pass(pieces: readonly Buffer[]): Promise<void> {
    const bytes = Buffer.concat(pieces);
    if (bytes.length > 0) await this.#log.write(bytes);
  }
}
