/** Longest piece without a line break that is held back, in bytes. */
const LONGEST_BYTES = 65_536;
const NEWLINE = 0x0a;

/** Puts a prefix before each line, so that the logs of several ranks can share a file: whole lines only, memory bounded. */
export class LinePrefix {
  readonly #prefix: Uint8Array;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  constructor(prefix: string) {
    this.#prefix = Buffer.from(prefix);
  }

  /** The whole lines that are there now. */
  push(chunk: Uint8Array): Uint8Array {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0 && this.#heldBytes + chunk.length < LONGEST_BYTES) {
      this.#hold(chunk);
      return new Uint8Array();
    }
    const lines = Buffer.concat([...this.#held, end === 0 ? chunk : chunk.subarray(0, end)]);
    this.#held = [];
    this.#heldBytes = 0;
    if (end > 0 && end < chunk.length) this.#hold(chunk.subarray(end));
    return this.#prefixed(end === 0 ? Buffer.concat([lines, Buffer.from('\n')]) : lines);
  }

  /** What is left at the end of the output, with a line break. */
  flush(): Uint8Array {
    if (this.#heldBytes === 0) return new Uint8Array();
    return this.push(Buffer.from('\n'));
  }

  #hold(bytes: Uint8Array): void {
    this.#held.push(Buffer.from(bytes));
    this.#heldBytes += bytes.length;
  }

  #prefixed(lines: Uint8Array): Uint8Array {
    const pieces: Uint8Array[] = [];
    for (let start = 0; start < lines.length; ) {
      const end = lines.indexOf(NEWLINE, start) + 1;
      pieces.push(this.#prefix, lines.subarray(start, end));
      start = end;
    }
    return Buffer.concat(pieces);
  }
}
