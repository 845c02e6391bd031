import http from 'node:http';
import https from 'node:https';
import type { ClusterAccess } from './access.ts';
import type { Clock } from './clock.ts';
import type { Identity } from './credentials.ts';
import { ApiError, ConnectionError, type Status } from './errors.ts';
import { tunnelAgent } from './tunnel.ts';

export interface TransportOptions {
  readonly clock: Clock;
  /** Connections for short requests; more requests wait. */
  readonly maxSockets: number;
  /** Connections for watches and logs, which each keep one. */
  readonly maxStreams: number;
  readonly connectTimeoutMillis: number;
  readonly userAgent: string;
  readonly onWarning?: ((text: string) => void) | undefined;
}

export interface HttpRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** It keeps its connection for long. */
  readonly stream?: boolean;
  /** Without a byte for so long the connection counts as dead. undefined: for ever. */
  readonly idleMillis?: number | undefined;
}

/** An error of the API server is small; what is longer is not one. */
const MAX_ERROR_BYTES = 1024 * 1024;
/** The API server closes what was idle for longer; we do so before. */
const FREE_SOCKET_MILLIS = 55_000;

/** HTTP/1.1 to one API server, with connections that are kept. */
export class Transport {
  readonly #access: ClusterAccess;
  readonly #options: TransportOptions;
  /** Of one certificate of ours: `short` requests and `streams`. */
  #agents: { readonly cert: string | undefined; readonly short: http.Agent; readonly streams: http.Agent } | undefined;

  constructor(access: ClusterAccess, options: TransportOptions) {
    this.#access = access;
    this.#options = options;
  }

  /** Sends once (twice when the credentials were too old). The body is not yet read. Rejects for HTTP errors. */
  async send(request: HttpRequest): Promise<http.IncomingMessage> {
    const { credentials } = this.#access;
    const response = await this.#exchange(request, await credentials.current(this.#options.clock));
    if (response.statusCode !== 401 || !credentials.forget()) return this.#accept(request, response);
    response.resume();
    return this.#accept(request, await this.#exchange(request, await credentials.current(this.#options.clock)));
  }

  /** Ends all connections. */
  close(): void {
    this.#agents?.short.destroy();
    this.#agents?.streams.destroy();
  }

  /** The error of a body that ended early. */
  failure(request: HttpRequest, error: unknown, unsent = false): Error {
    request.signal?.throwIfAborted();
    if (error instanceof ConnectionError) return error;
    const { message, code = 'ERROR' } = error as NodeJS.ErrnoException;
    const what = `${request.method} ${request.path}`;
    return new ConnectionError(what, code, message || code, unsent, { cause: error });
  }

  #exchange(request: HttpRequest, identity: Identity): Promise<http.IncomingMessage> {
    const { method, path, body, signal, idleMillis } = request;
    const what = `${method} ${path}`;
    return new Promise((resolve, reject) => {
      let connected = false;
      const { server } = this.#access;
      const outgoing = (server.startsWith('https:') ? https : http).request(`${server}${path}`, {
        method,
        headers: {
          accept: 'application/json',
          'user-agent': this.#options.userAgent,
          ...request.headers,
          ...identity.headers,
          ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
        } as http.OutgoingHttpHeaders,
        agent: this.#agentFor(identity, request.stream === true),
        ...(signal !== undefined && { signal }),
      });
      let response: http.IncomingMessage | undefined;
      const dead = (problem: string) =>
        void (response ?? outgoing).destroy(new ConnectionError(what, 'TIMEOUT', problem, !connected));
      outgoing.on('socket', (socket) => {
        const ready = () => {
          connected = true;
          socket.setTimeout(idleMillis ?? 0);
        };
        if (!socket.connecting) return ready();
        const { connectTimeoutMillis } = this.#options;
        const timer = setTimeout(
          () => dead(`no connection within ${connectTimeoutMillis / 1000} s`),
          connectTimeoutMillis,
        );
        const clear = () => clearTimeout(timer);
        socket.once(server.startsWith('https:') ? 'secureConnect' : 'connect', () => {
          clear();
          ready();
        });
        socket.once('close', clear);
      });
      outgoing.on('timeout', () => dead(`nothing came for ${(idleMillis ?? 0) / 1000} s`));
      outgoing.on('error', (error) => {
        try {
          reject(this.failure(request, error, !connected));
        } catch (reason) {
          reject(reason);
        }
      });
      outgoing.on('response', (incoming) => {
        response = incoming;
        resolve(incoming);
      });
      outgoing.end(body);
    });
  }

  async #accept(request: HttpRequest, response: http.IncomingMessage): Promise<http.IncomingMessage> {
    for (const warning of warningsOf(response.headers.warning)) this.#options.onWarning?.(warning);
    const status = response.statusCode ?? 0;
    if (status < 400) return response;
    const seconds = Number(response.headers['retry-after'] ?? Number.NaN);
    const body = statusOf(await this.#errorText(request, response));
    throw new ApiError(`${request.method} ${request.path}`, status, body, Number.isNaN(seconds) ? undefined : seconds);
  }

  async #errorText(request: HttpRequest, response: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        chunks.push(chunk);
        size += chunk.length;
        if (size > MAX_ERROR_BYTES) break;
      }
    } catch (error) {
      throw this.failure(request, error);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  #agentFor({ cert, key }: Identity, stream: boolean): http.Agent {
    if (this.#agents === undefined || this.#agents.cert !== cert) {
      this.#agents = {
        cert,
        short: this.#createAgent(cert, key, this.#options.maxSockets),
        streams: this.#createAgent(cert, key, this.#options.maxStreams),
      };
    }
    return stream ? this.#agents.streams : this.#agents.short;
  }

  #createAgent(cert: string | undefined, key: string | undefined, maxSockets: number): http.Agent {
    const { server, tls, proxy } = this.#access;
    const common: http.AgentOptions = {
      keepAlive: true,
      keepAliveMsecs: 30_000,
      maxSockets,
      scheduling: 'lifo',
      timeout: FREE_SOCKET_MILLIS,
    };
    if (!server.startsWith('https:')) return new http.Agent(common);
    const options: https.AgentOptions = {
      ...common,
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(tls.ca !== undefined && { ca: tls.ca }),
      ...(tls.serverName !== undefined && { servername: tls.serverName }),
      ...(tls.insecure === true && { rejectUnauthorized: false }),
      ALPNProtocols: ['http/1.1'],
    };
    return proxy === undefined ? new https.Agent(options) : tunnelAgent(proxy, options);
  }
}

/** `299 - "text"`, several with commas between. */
function warningsOf(header: string | undefined): string[] {
  if (header === undefined) return [];
  return [...header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g)].map((match) => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}

function statusOf(text: string): Status {
  try {
    const value = JSON.parse(text) as Status | null;
    if (typeof value === 'object' && value !== null && typeof value.message === 'string') return value;
  } catch {
    // Not of the API server: a proxy or a load balancer.
  }
  const message = text.trim().split('\n', 1)[0]?.slice(0, 500);
  return message ? { message } : {};
}
