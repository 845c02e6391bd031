import type { Output } from './ports.ts';

/** Longest line that is kept until it is whole, in characters; longer ones come in pieces. */
const LONGEST_LINE = 65_536;

/** Prints a log as it comes; with a prefix whole lines, so that several can be mixed. */
export class LogPrinter {
  readonly #output: Output;
  readonly #prefix: string | undefined;
  readonly #decoder = new TextDecoder();
  #line = '';

  constructor(output: Output, prefix: string | undefined) {
    this.#output = output;
    this.#prefix = prefix;
  }

  async print(bytes: Uint8Array): Promise<void> {
    this.#take(this.#decoder.decode(bytes, { stream: true }));
    await this.#output.drained?.();
  }

  /** The log has ended: the rest of its last line, which may have no end. */
  end(): void {
    this.#take(this.#decoder.decode());
    if (this.#line !== '') this.#output.write(`${this.#prefix}${this.#line}\n`);
    this.#line = '';
  }

  #take(text: string): void {
    if (this.#prefix === undefined) {
      if (text !== '') this.#output.write(text);
      return;
    }
    const lines = (this.#line + text).split('\n');
    const rest = lines.pop() as string;
    const isLong = rest.length > LONGEST_LINE;
    this.#line = isLong ? '' : rest;
    const whole = isLong ? [...lines, rest] : lines;
    if (whole.length > 0) this.#output.write(whole.map((line) => `${this.#prefix}${line}\n`).join(''));
  }
}
