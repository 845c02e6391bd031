import { createServer, type Server, Socket } from 'node:net';

export interface ProxyTarget {
  readonly host: string;
  readonly port: number;
}

/**
 * Passes TCP connections on, byte for byte and half-closed ones too, as slowly as the slower side reads. Tests put one before
 * the API server when they need a network that fails:
 *
 *   const proxy = await TcpProxy.listen({ host: '127.0.0.1', port });
 *   proxy.cut();   // connections are reset, new ones too
 *   proxy.mend();
 *   proxy.stall(); // nothing gets through, as when a cable is out; what was sent arrives after mend()
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: ProxyTarget;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #state: 'whole' | 'cut' | 'stalled' = 'whole';

  constructor(server: Server, target: ProxyTarget) {
    this.#server = server;
    this.#target = target;
    server.on('connection', (client) => this.#join(client));
  }

  /** A proxy on a free port of 127.0.0.1. */
  static async listen(target: ProxyTarget): Promise<TcpProxy> {
    return new TcpProxy(await listenOnLoopback(), target);
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Resets every connection, and new ones as they come. */
  cut(): void {
    this.#state = 'cut';
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** Holds back what is sent, in both directions. New connections are taken, and get no answer. */
  stall(): void {
    this.#state = 'stalled';
    for (const pair of this.#pairs) unjoin(pair);
  }

  mend(): void {
    const stalled = this.#state === 'stalled';
    this.#state = 'whole';
    if (stalled) for (const pair of this.#pairs) join(pair);
  }

  /** Ends every connection, and stops listening. */
  close(): Promise<void> {
    this.cut();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    if (this.#state === 'cut') {
      client.resetAndDestroy();
      return;
    }
    client.allowHalfOpen = true; // a server that came from another process has its connections without
    const upstream = new Socket({ allowHalfOpen: true }).connect(this.#target);
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    for (const [socket, other] of [pair, [upstream, client]] as const) {
      socket.setNoDelay(true);
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        if (!socket.writableFinished || !socket.readableEnded) other.resetAndDestroy();
        if (client.closed && upstream.closed) this.#pairs.delete(pair);
      });
    }
    if (this.#state === 'whole') join(pair);
  }
}

/** A server on a free port of 127.0.0.1 that leaves half-closed connections open. */
export async function listenOnLoopback(): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

function join([client, upstream]: readonly [Socket, Socket]): void {
  client.pipe(upstream);
  upstream.pipe(client);
}

function unjoin([client, upstream]: readonly [Socket, Socket]): void {
  for (const [from, to] of [
    [client, upstream],
    [upstream, client],
  ] as const) {
    from.unpipe(to);
    from.pause();
  }
}
