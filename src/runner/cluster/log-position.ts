/** How each line of a log with times begins: `2026-01-01T00:00:00.000000001Z `, with as many digits as it takes. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) /;
/** Longest time stamp with its space, in bytes. */
const LONGEST_STAMP = 40;
const NEWLINE = 0x0a;
const EMPTY = Buffer.alloc(0);

/** A time in a log, exact to the nanosecond. */
interface Stamp {
  readonly text: string;
  /** Milliseconds since 1970, to the second. */
  readonly second: number;
  readonly nanos: number;
}

/**
 * Where a reader stands in a log whose lines begin with their times. Takes the bytes of one reading after the other and gives those
 * of the program that are new: without the times, and without what an earlier reading has brought.
 *
 * The position is a line: its time, and which of the lines with this time it is. A line that the end of a connection has cut comes
 * again as a whole with the next reading; only its rest is new then.
 */
export class LogPosition {
  /** When the very first line was written, in milliseconds since 1970. */
  firstLine: number | undefined;
  /** A reading began after the position: lines between may be missing. */
  hasGap = false;
  /** The last reading ended before it came to the position, or in the middle of the time of a line: it did not come to the end. */
  endedShort = false;
  #last: Stamp | undefined;
  /** Which line of that time it is, from 1. */
  #number = 0;
  /** Bytes of it that were given. */
  #bytes = 0;
  #isComplete = true;
  /** The clock of the node went back: times say nothing about order. */
  #isUnordered = false;

  // Of the present reading:
  #passed = true;
  #before: { readonly stamp: Stamp; readonly number: number } | undefined;
  #held: Buffer = EMPTY;
  #inLine = false;
  #skipsLine = false;
  #drop = 0;

  /** For `sinceTime` of the next reading. undefined: from the start. */
  get since(): string | undefined {
    return this.#last?.text;
  }

  get isInLine(): boolean {
    return !this.#isComplete;
  }

  /** A new reading begins, at `since`. */
  restart(): void {
    this.#passed = this.#last === undefined;
    this.#before = undefined;
    this.#held = EMPTY;
    this.#inLine = false;
    this.#skipsLine = false;
    this.#drop = 0;
  }

  take(bytes: Uint8Array): Buffer {
    const data = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    this.#held = EMPTY;
    const pieces: Buffer[] = [];
    for (let start = 0; start < data.length; ) {
      if (!this.#inLine) {
        const stamp = stampAt(data, start);
        if (stamp === undefined && data.length - start < LONGEST_STAMP) {
          this.#held = data.subarray(start);
          break;
        }
        if (stamp !== undefined) start += this.#begin(stamp.stamp, stamp.bytes);
        this.#inLine = true;
        continue;
      }
      const newline = data.indexOf(NEWLINE, start);
      const end = newline < 0 ? data.length : newline + 1;
      this.#give(data.subarray(start, end), pieces);
      this.#inLine = newline < 0;
      if (newline >= 0 && !this.#skipsLine) this.#isComplete = true;
      start = end;
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  /** The reading is over. What was held back, shorter than a time, is of a line that was cut: it comes again. */
  end(): void {
    const isInKnownLine = this.#inLine && this.#skipsLine;
    this.endedShort = !this.#passed || isInKnownLine || this.#drop > 0 || this.#held.length > 0;
    this.#held = EMPTY;
  }

  /** Returns the bytes of the time. */
  #begin(stamp: Stamp, bytes: number): number {
    this.firstLine ??= stamp.second + Math.floor(stamp.nanos / 1e6);
    const number = this.#before?.stamp.text === stamp.text ? this.#before.number + 1 : 1;
    this.#before = { stamp, number };
    this.#skipsLine = !this.#passed && !this.#passes(stamp, number);
    if (this.#skipsLine) return bytes;
    if (this.#drop === 0) {
      if (this.#last !== undefined && compare(stamp, this.#last) < 0) this.#isUnordered = true;
      this.#bytes = 0;
    }
    this.#last = stamp;
    this.#number = number;
    this.#isComplete = false;
    return bytes;
  }

  /** Whether this line, or its rest, is new. */
  #passes(stamp: Stamp, number: number): boolean {
    const last = this.#last!;
    if (stamp.text === last.text && number === this.#number) {
      this.#passed = true;
      if (this.#isComplete) return false;
      this.#drop = this.#bytes;
      return true;
    }
    if (this.#isUnordered || compare(stamp, last) <= 0) return false;
    this.#passed = true;
    this.hasGap = true;
    return true;
  }

  #give(bytes: Buffer, pieces: Buffer[]): void {
    if (this.#skipsLine) return;
    const dropped = Math.min(this.#drop, bytes.length);
    this.#drop -= dropped;
    if (dropped === bytes.length) return;
    pieces.push(bytes.subarray(dropped));
    this.#bytes += bytes.length - dropped;
  }
}

function stampAt(data: Buffer, start: number): { readonly stamp: Stamp; readonly bytes: number } | undefined {
  const match = STAMP.exec(data.toString('latin1', start, start + LONGEST_STAMP));
  if (match === null) return undefined;
  const [whole, seconds, fraction = '', zone] = match;
  const stamp = {
    text: whole.slice(0, -1),
    second: Date.parse(`${seconds}${zone}`),
    nanos: Number(fraction.padEnd(9, '0')),
  };
  return { stamp, bytes: whole.length };
}

function compare(one: Stamp, other: Stamp): number {
  return one.second - other.second || one.nanos - other.nanos;
}
