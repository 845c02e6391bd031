import { UNIT_MARKER } from '../../units/unit-marker.ts';
import type { LogWriter } from '../state/item-log.ts';

/** What the output of a pod with several units is cut into. */
export interface UnitOutput {
  begin(unit: number): Promise<LogWriter>;
  end(unit: number, code: number): Promise<void>;
}

/** Longest marker line, in bytes, with room to spare. Longer lines are no markers and are passed on as they come. */
const LONGEST_MARKER = 64;
const NEWLINE = 0x0a;

/**
 * Cuts the log of a pod that works through several units at podloom's markers (units/unit-marker.ts). What stands outside of them
 * is dropped: it is the script's own. The newline before an end marker belongs to the marker, not to the program.
 */
export class UnitSplitter implements LogWriter {
  readonly #output: UnitOutput;
  #log: LogWriter | undefined;
  /** The unit whose output comes now. */
  unit: number | undefined;
  /** Bytes of a line that may be a marker, or its beginning. */
  #line: Buffer = Buffer.alloc(0);
  /** A newline that is written only if no end marker follows. */
  #newline = false;
  /** In the middle of a line that is no marker. */
  #inLine = false;

  constructor(output: UnitOutput) {
    this.#output = output;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const data = this.#line.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#line, bytes]);
    this.#line = Buffer.alloc(0);
    /** From where on bytes of the program have not been passed on. */
    let from = 0;
    for (let start = 0; start < data.length; ) {
      const end = data.indexOf(NEWLINE, start);
      if (this.#inLine) {
        this.#inLine = end < 0;
        start = end < 0 ? data.length : end + 1;
        continue;
      }
      if (end < 0 && data.length - start < LONGEST_MARKER) {
        await this.#pass(data.subarray(from, start));
        this.#line = data.subarray(start);
        return;
      }
      const marker =
        end < 0 || end - start > LONGEST_MARKER ? null : UNIT_MARKER.pattern.exec(data.toString('latin1', start, end));
      if (marker === null) {
        this.#inLine = end < 0;
        start = end < 0 ? data.length : end + 1;
        continue;
      }
      await this.#pass(data.subarray(from, start));
      await this.#mark(Number(marker[1]), marker[2]);
      start = end + 1;
      from = start;
    }
    await this.#pass(data.subarray(from));
  }

  /** The log is at its end: what was held back is passed on. A unit whose end was not seen is in `unit`. */
  async finish(): Promise<void> {
    await this.#pass(this.#line);
    this.#line = Buffer.alloc(0);
    if (this.#newline) await this.#log?.write(Buffer.from('\n'));
    this.#newline = false;
  }

  async #mark(unit: number, code: string | undefined): Promise<void> {
    this.#newline = false;
    if (code === undefined) {
      this.unit = unit;
      this.#log = await this.#output.begin(unit);
    } else if (unit === this.unit) {
      this.unit = undefined;
      this.#log = undefined;
      await this.#output.end(unit, Number(code));
    }
  }

  async #pass(bytes: Buffer): Promise<void> {
    if (bytes.length === 0 || this.#log === undefined) return;
    const held = this.#newline ? [Buffer.from('\n')] : [];
    this.#newline = bytes.at(-1) === NEWLINE;
    const rest = this.#newline ? bytes.subarray(0, -1) : bytes;
    const all = Buffer.concat([...held, rest]);
    if (all.length > 0) await this.#log.write(all);
  }
}
