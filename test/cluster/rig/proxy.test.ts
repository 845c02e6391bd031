import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { TcpProxy } from './proxy.ts';
import { waitFor } from './wait.ts';

const servers: Server[] = [];
const proxies: TcpProxy[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
  for (const server of servers.splice(0)) server.close();
});

/** A proxy before a server that does `serve` with each connection. */
async function proxied(serve: (socket: Socket) => void): Promise<TcpProxy> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy = await TcpProxy.listen({ host: '127.0.0.1', port: (server.address() as { port: number }).port });
  servers.push(server);
  proxies.push(proxy);
  return proxy;
}

function dial(proxy: TcpProxy): Socket {
  const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
  sockets.push(socket);
  return socket;
}

const echo = (socket: Socket): unknown => socket.pipe(socket);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Passes 64 MB through a proxy and back. */
async function talk(proxy: TcpProxy): Promise<void> {
  const socket = dial(proxy);
  const read = readAll(socket);
  socket.end(Buffer.alloc(64 << 20));
  await read;
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('the proxy before the API server', () => {
  it('passes bytes on, also after one side has said that it sends no more', async () => {
    const proxy = await proxied((socket) => void readAll(socket).then((bytes) => socket.end(sha256(bytes))));
    const sent = randomBytes(20 << 20);
    const socket = dial(proxy);
    socket.end(sent);
    expect((await readAll(socket)).toString()).toBe(sha256(sent));
  });

  it('reads no faster than the other side takes it', async () => {
    let reader: Socket | undefined;
    const proxy = await proxied((socket) => {
      if (reader === undefined) reader = socket.pause();
      else echo(socket);
    });
    const socket = dial(proxy);
    await waitFor('the connection to be passed on', () => reader);
    const sent = randomBytes(64 << 20);
    socket.end(sent);
    await talk(proxy); // time enough to take all of it
    expect(socket.writableLength).toBeGreaterThan(0);
    expect(sha256(await readAll(reader!))).toBe(sha256(sent));
  });

  it('serves 200 connections at a time', async () => {
    const proxy = await proxied(echo);
    const answers = Array.from({ length: 200 }, async (_, index) => {
      const socket = dial(proxy);
      socket.end(`connection ${index}`);
      return (await readAll(socket)).toString();
    });
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 200 }, (_, index) => `connection ${index}`));
  });

  it('resets what is open when it is cut, refuses what comes, and is whole again when mended', async () => {
    const proxy = await proxied(echo);
    const before = dial(proxy);
    before.write('x');
    await once(before, 'data');
    const reset = once(before, 'error');
    proxy.cut();
    expect((await reset)[0]).toMatchObject({ code: 'ECONNRESET' });
    expect((await once(dial(proxy), 'error'))[0]).toMatchObject({ code: 'ECONNRESET' });
    proxy.mend();
    const after = dial(proxy);
    after.end('whole');
    expect((await readAll(after)).toString()).toBe('whole');
  });

  it('holds everything back while it is stalled, and loses nothing', async () => {
    const proxy = await proxied(echo);
    const before = dial(proxy);
    before.write('1');
    await once(before, 'data');
    proxy.stall();
    let early = '';
    before.on('data', (data) => (early += data));
    before.write('2');
    const during = dial(proxy);
    during.end('3');
    await once(during, 'connect');
    await talk(await proxied(echo)); // time enough for an answer
    expect(early).toBe('');
    proxy.mend();
    before.end();
    await once(before, 'end');
    expect(early).toBe('2');
    expect((await readAll(during)).toString()).toBe('3');
  });
});
