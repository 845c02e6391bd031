import type { AccessOptions } from './access.ts';
import type { Clock } from './clock.ts';
import type { Abortable } from './objects.ts';

export interface ClientOptions extends AccessOptions {
  /** Warnings of the API server, such as deprecated fields. */
  readonly onWarning?: (text: string) => void;
  /** Default: the real one. */
  readonly clock?: Clock;
  /** Connections for short requests; more requests wait. Default: 32. */
  readonly maxSockets?: number;
  /** Connections for watches and logs. Default: 256. */
  readonly maxStreams?: number;
  /** Default: 10 000. */
  readonly connectTimeoutMillis?: number;
  /** Short requests without a byte for so long count as dead. Default: 70 000, as the server gives up after 60 s. */
  readonly idleTimeoutMillis?: number;
  /** The same for watches, in which a bookmark comes about every minute. Default: 150 000. */
  readonly watchIdleMillis?: number;
  /** Default: `podloom`. */
  readonly userAgent?: string;
}

export interface WatchOptions extends Abortable {
  /** Events after it. Default: what there is comes first, as `ADDED`. */
  readonly resourceVersion?: string | undefined;
  /** The server ends the watch then. Default: as it likes, after some 30 to 60 minutes. */
  readonly timeoutSeconds?: number;
  /** Asked again when refused at the start for reasons that may pass. Default: true. */
  readonly retry?: boolean;
}

export interface LogOptions extends Abortable {
  /** Default: the only container, or the one of the annotation `kubectl.kubernetes.io/default-container`. */
  readonly container?: string;
  /** Goes on until the container ends. Default: false. */
  readonly follow?: boolean;
  /** Of the container's run before this one. Default: false. */
  readonly previous?: boolean;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** Each line begins with its time. Default: false. */
  readonly timestamps?: boolean;
  readonly limitBytes?: number;
  readonly tailLines?: number;
}

export interface RequestOptions extends Abortable {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** May be sent twice without harm. Default: for GET, HEAD, PUT and DELETE. */
  readonly idempotent?: boolean;
  /** Sent again after faults that may pass. Default: true. */
  readonly retry?: boolean;
}

export type Query = { readonly [name: string]: string | number | boolean | undefined };
