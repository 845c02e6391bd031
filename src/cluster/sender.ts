import type { Clock } from './clock.ts';
import type { RequestOptions } from './options.ts';

/** What carries requests to an API server: connections of ours, or processes of kubectl. */
export interface Sender {
  readonly clock: Clock;
  /** Watches and logs that it keeps open at once; more wait. */
  readonly maxStreams: number;
  /** The JSON of the answer, or its text when it is none. */
  send(method: string, path: string, options: RequestOptions): Promise<unknown>;
  /** The bytes of an answer as they come. `idleMillis`: without a byte for so long it counts as dead. */
  stream(
    path: string,
    options: RequestOptions & { readonly idleMillis?: number | undefined },
  ): AsyncGenerator<Uint8Array>;
  /** Ends all connections. */
  close(): void;
}
