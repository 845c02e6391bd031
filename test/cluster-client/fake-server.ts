import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { KubernetesClient } from '../../src/cluster/client.ts';
import type { Clock } from '../../src/cluster/clock.ts';
import type { ClientOptions } from '../../src/cluster/options.ts';

export interface Received {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: { readonly [name: string]: string };
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** What the server does with a request. */
export type Answer = (response: http.ServerResponse, request: Received) => void;

/** A clock on which all waiting is over at once, and written down. */
export class FakeClock implements Clock {
  time = 1_000_000;
  readonly sleeps: number[] = [];
  now(): number {
    return this.time;
  }
  async sleep(millis: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.sleeps.push(millis);
    this.time += millis;
  }
}

export interface FakeServer {
  /** In the order in which they came. */
  readonly received: Received[];
  readonly clock: FakeClock;
  readonly address: string;
  /** Connections that were opened so far, and the most at one time. */
  readonly connections: { opened: number; open: number; most: number };
  /** Further answers, one for each request. */
  answer(...answers: Answer[]): void;
  client(options?: ClientOptions, user?: object): Promise<KubernetesClient>;
}

/** An API server that gives one answer to each request, in order, and no other (a request too many gets 418). */
export async function fakeServer(...answers: Answer[]): Promise<FakeServer> {
  const pending = [...answers];
  const received: Received[] = [];
  const clock = new FakeClock();
  const connections = { opened: 0, open: 0, most: 0 };
  const server = http.createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
    const { method = '', headers } = request;
    const one: Received = { method, path: pathname, query: Object.fromEntries(searchParams), headers, body };
    received.push(one);
    (pending.shift() ?? status(418, { message: 'one request too many' }))(response, one);
  });
  server.on('connection', (socket: Socket) => {
    connections.opened++;
    connections.open++;
    connections.most = Math.max(connections.most, connections.open);
    socket.on('close', () => connections.open--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    received,
    clock,
    address,
    connections,
    answer: (...more) => void pending.push(...more),
    async client(options = {}, user = { token: 'secret' }) {
      const client = await KubernetesClient.connect({ kubeconfig: kubeconfig(address, user), clock, ...options });
      onTestFinished(() => client.close());
      return client;
    },
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'podloom-client-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Path of a kubeconfig with one context. */
export function kubeconfig(server: string, user: object, folder = temporaryFolder()): string {
  const file = path.join(folder, 'config');
  const config = {
    clusters: [{ name: 'lab', cluster: { server } }],
    users: [{ name: 'me', user }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'me', namespace: 'team' } }],
    'current-context': 'lab',
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

export function json(value: unknown, headers: http.OutgoingHttpHeaders = {}): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };
}

/** An error of the API server. */
export function status(code: number, body: object, headers: http.OutgoingHttpHeaders = {}): Answer {
  return (response) => {
    response.writeHead(code, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, ...body }));
  };
}

/** Pieces of a body, which then ends, or is cut. */
export function stream(pieces: readonly (string | Uint8Array)[], then: 'end' | 'cut' | 'stay' = 'end'): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    const next = (index: number): void => {
      const piece = pieces[index];
      if (piece !== undefined) response.write(piece, () => setImmediate(next, index + 1));
      else if (then === 'end') response.end();
      else if (then === 'cut') response.destroy();
    };
    next(0);
  };
}

/** No answer: the connection is cut. */
export const cut: Answer = (response) => void response.destroy();

export function watchLine(type: string, object: object): string {
  return `${JSON.stringify({ type, object })}\n`;
}

/** An object of a list, or of a watch. */
export function object(name: string, resourceVersion: string, uid = `uid-${name}`): object {
  return { metadata: { name, namespace: 'team', uid, resourceVersion, labels: { app: name } }, spec: { big: true } };
}

export function list(resourceVersion: string, items: readonly object[], token?: string): Answer {
  return json({ metadata: { resourceVersion, ...(token !== undefined && { continue: token }) }, items });
}

/** All of an iteration. */
export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
