import { setTimeout as pause } from 'node:timers/promises';

export interface WaitOptions {
  /** Milliseconds until it rejects; default 180,000: it ends what hangs, on a slow machine, too. */
  readonly deadlineMillis?: number;
  /** Milliseconds between two looks; default 50. */
  readonly everyMillis?: number;
}

/**
 * Looks until `probe` gives something else than `undefined`, `false` or `null`, or throws nothing more. Rejects after the deadline
 * with what it waited for and what it saw last.
 *
 *   const job = await waitFor('the Job to complete', async () => { const job = await client.get(ref); return isComplete(job) && job; });
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  { deadlineMillis = 180_000, everyMillis = 50 }: WaitOptions = {},
): Promise<T> {
  const deadline = performance.now() + deadlineMillis;
  let seen: unknown;
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined && result !== false && result !== null) return result;
      seen = result;
    } catch (error) {
      seen = error;
    }
    if (performance.now() > deadline) {
      const last = seen instanceof Error ? `: ${seen.message}` : '';
      throw new Error(`waited ${deadlineMillis / 1000} s in vain for ${what}${last}`, { cause: seen });
    }
    await pause(everyMillis);
  }
}
