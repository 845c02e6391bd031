import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import type { ClusterAccess } from './access.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ClientOptions, RequestOptions } from './options.ts';
import { withQuery } from './query.ts';
import { withRetries } from './retry.ts';
import type { Sender } from './sender.ts';
import { type HttpRequest, Transport } from './transport.ts';

/** Requests to one API server: JSON there and back, sent again when that may help. */
export class Requests implements Sender {
  readonly clock: Clock;
  readonly maxStreams: number;
  readonly #transport: Transport;
  readonly #idleMillis: number;

  constructor(access: ClusterAccess, options: ClientOptions) {
    this.clock = options.clock ?? systemClock;
    this.maxStreams = options.maxStreams ?? 256;
    this.#idleMillis = options.idleTimeoutMillis ?? 70_000;
    this.#transport = new Transport(access, {
      clock: this.clock,
      maxSockets: options.maxSockets ?? 32,
      maxStreams: this.maxStreams,
      connectTimeoutMillis: options.connectTimeoutMillis ?? 10_000,
      userAgent: options.userAgent ?? 'podloom',
      onWarning: options.onWarning,
    });
  }

  close(): void {
    this.#transport.close();
  }

  /** The JSON of the answer, or its text when it is none. */
  async send(method: string, path: string, options: RequestOptions): Promise<unknown> {
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const request: HttpRequest = {
      method,
      path: withQuery(path, options.query ?? {}),
      body,
      signal: options.signal,
      idleMillis: this.#idleMillis,
      headers: {
        'accept-encoding': 'gzip',
        ...(options.accept !== undefined && { accept: options.accept }),
        ...(body !== undefined && { 'content-type': options.contentType ?? 'application/json' }),
      },
    };
    const attempt = async () => this.#readAll(request, await this.#transport.send(request));
    if (options.retry === false) return attempt();
    const idempotent = options.idempotent ?? ['GET', 'HEAD', 'PUT', 'DELETE'].includes(method);
    return withRetries(attempt, idempotent, this.clock, options.signal);
  }

  /**
   * The bytes of an answer as they come. Sent again (`retry`) only while nothing came. Without `idleMillis`: the time-out
   * of short requests; `Infinity`: none. When the signal is aborted it ends.
   */
  async *stream(
    path: string,
    options: RequestOptions & { readonly idleMillis?: number | undefined },
  ): AsyncGenerator<Uint8Array> {
    const { signal, accept = 'application/json', retry = true, idleMillis = this.#idleMillis } = options;
    const request: HttpRequest = {
      method: 'GET',
      path: withQuery(path, options.query ?? {}),
      headers: { accept },
      stream: true,
      idleMillis: idleMillis === Number.POSITIVE_INFINITY ? undefined : idleMillis,
      signal,
    };
    let response: IncomingMessage | undefined;
    try {
      if (signal?.aborted === true) return;
      const open = () => this.#transport.send(request);
      response = retry ? await withRetries(open, true, this.clock, signal) : await open();
      yield* response as AsyncIterable<Uint8Array>;
    } catch (error) {
      if (signal?.aborted !== true) throw response === undefined ? error : this.#transport.failure(request, error);
    } finally {
      response?.destroy();
    }
  }

  async #readAll(request: HttpRequest, response: IncomingMessage): Promise<unknown> {
    const chunks: Buffer[] = [];
    try {
      const body = response.headers['content-encoding'] === 'gzip' ? response.compose(createGunzip()) : response;
      for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch (error) {
      throw this.#transport.failure(request, error);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return response.headers['content-type']?.startsWith('application/json') ? JSON.parse(text) : text;
  }
}
