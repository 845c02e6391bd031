interface Waiting {
  readonly attempt: number;
  readonly begin: () => void;
}

/**
 * Work for the attempts at one thing (an index of a Job), one after the other: attempts that are found at the same time, as after a
 * gap in a watch, come in the order in which they were made. Things are independent of each other.
 */
export class AttemptOrder {
  /** Work that waits, by key. A key that is there has work under way or about to begin. */
  readonly #lines = new Map<number, Waiting[]>();

  async run<T>(key: number, attempt: number, work: () => Promise<T>): Promise<T> {
    await this.#turn(key, attempt);
    try {
      return await work();
    } finally {
      this.#next(key);
    }
  }

  #turn(key: number, attempt: number): Promise<void> {
    const line = this.#lines.get(key);
    return new Promise((begin) => {
      const waiting = { attempt, begin };
      if (line !== undefined) {
        line.push(waiting);
        return;
      }
      this.#lines.set(key, [waiting]);
      setImmediate(() => this.#next(key)); // after all that came together
    });
  }

  #next(key: number): void {
    const line = this.#lines.get(key)!;
    let first = 0;
    for (let place = 1; place < line.length; place++) if (line[place]!.attempt < line[first]!.attempt) first = place;
    const [next] = line.splice(first, 1);
    if (next === undefined) this.#lines.delete(key);
    else next.begin();
  }
}
