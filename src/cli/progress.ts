import type { Output } from './ports.ts';

/** Work shorter than this, in milliseconds, needs no word. */
const PATIENCE = 1000;

/** Says on a terminal what takes long, on one line that goes when the work is done. Elsewhere it says nothing. */
export class Progress {
  readonly #output: Output;
  #stage = '';
  #shown = false;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
    if (output.isTTY) this.#timer = setTimeout(() => this.#show(), PATIENCE).unref();
  }

  /** What is being done now: `Compiling 7 pipelines`. */
  stage(text: string): void {
    this.#stage = text;
    if (this.#shown) this.#show();
  }

  done(): void {
    clearTimeout(this.#timer);
    if (this.#shown) this.#output.write('\r\u001b[K');
    this.#shown = false;
  }

  #show(): void {
    this.#shown = true;
    this.#output.write(`\r\u001b[K${this.#stage} …`);
  }
}
