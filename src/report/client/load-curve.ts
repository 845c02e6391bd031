import type { RunData } from './data.ts';

/** How many attempts run and wait at a time, in logarithmic time. */
export class LoadCurve {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #queued: Float64Array;
  readonly #dequeued: Float64Array;
  /** Most that ran at once, and most that waited. */
  readonly mostRunning: number;
  readonly mostWaiting: number;

  constructor({ start, length, wait }: RunData) {
    this.#starts = Float64Array.from(start).sort();
    this.#ends = start.map((time, attempt) => time + length[attempt]!).sort();
    const waited = [...start.keys()].filter((attempt) => wait[attempt]! > 0);
    this.#queued = Float64Array.from(waited, (attempt) => start[attempt]! - wait[attempt]!).sort();
    this.#dequeued = Float64Array.from(waited, (attempt) => start[attempt]!).sort();
    this.mostRunning = most(this.#starts, this.#ends);
    this.mostWaiting = most(this.#queued, this.#dequeued);
  }

  running(time: number): number {
    return upTo(this.#starts, time) - upTo(this.#ends, time);
  }

  waiting(time: number): number {
    return upTo(this.#queued, time) - upTo(this.#dequeued, time);
  }
}

/** Most that had begun and not ended. What ends at a moment makes room for what begins then. */
function most(begins: Float64Array, ends: Float64Array): number {
  let [highest, ended] = [0, 0];
  begins.forEach((time, begun) => {
    while (ended < ends.length && ends[ended]! <= time) ended++;
    highest = Math.max(highest, begun + 1 - ended);
  });
  return highest;
}

/** How many of the sorted numbers are not above `limit`. */
function upTo(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
