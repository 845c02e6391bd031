/** Time as the runner sees it; tests turn it by hand. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Calls back once after so many milliseconds. Returns what cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** Longest delay that one timer of Node takes; longer ones are chained. */
const LONGEST_MILLISECONDS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, callback) {
    let timer: NodeJS.Timeout;
    const wait = (rest: number): void => {
      const step = Math.min(rest, LONGEST_MILLISECONDS);
      timer = setTimeout(() => (rest > step ? wait(rest - step) : callback()), step);
    };
    wait(milliseconds);
    return () => clearTimeout(timer);
  },
};
