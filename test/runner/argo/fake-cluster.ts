import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { KubernetesClient } from '../../../src/cluster/client.ts';
import type { KubernetesObject } from '../../../src/cluster/objects.ts';
import { TASK_LABEL } from '../../../src/ir/labels.ts';
import { kubeconfig } from '../../cluster-client/fake-server.ts';

type Stored = Pick<KubernetesObject, 'metadata'> & { readonly [field: string]: unknown };

/** An API server with the Workflows, Jobs, pods and logs that a test puts there. */
export class FakeCluster {
  /** `GET …/pods/x/log` and all writes, in the order in which they came. */
  readonly asked: string[] = [];
  /** By name of the pod; a pod without one has no log to read. */
  readonly logs = new Map<string, string>();
  client!: KubernetesClient;
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #watches = new Map<string, Set<http.ServerResponse>>();
  readonly #events: { readonly kind: string; readonly version: number; readonly line: string }[] = [];
  /** How often an object of that name was made. */
  readonly #made = new Map<string, number>();
  #version = 1;
  #hasArgo = true;

  static async start(): Promise<FakeCluster> {
    const cluster = new FakeCluster();
    const server = http.createServer((request, response) => void cluster.#handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      cluster.client.close();
      server.closeAllConnections();
      server.close();
    });
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    cluster.client = await KubernetesClient.connect({ kubeconfig: kubeconfig(address, { token: 'x' }) });
    return cluster;
  }

  removeArgo(): void {
    this.#hasArgo = false;
  }

  put(kind: 'workflows' | 'jobs' | 'pods', object: object): void {
    const { metadata, ...rest } = object as Stored;
    const stored = { ...rest, metadata: { ...metadata, resourceVersion: `${++this.#version}` } };
    const all = this.#of(kind);
    const type = all.has(metadata.name) ? 'MODIFIED' : 'ADDED';
    all.set(metadata.name, stored);
    this.#tell(kind, type, stored);
  }

  remove(kind: 'workflows' | 'jobs' | 'pods', name: string): void {
    const object = this.#of(kind).get(name);
    if (object === undefined || !this.#of(kind).delete(name)) return;
    this.#tell(kind, 'DELETED', { ...object, metadata: { ...object.metadata, resourceVersion: `${++this.#version}` } });
  }

  get(kind: string, name: string): Stored | undefined {
    return this.#of(kind).get(name);
  }

  #of(kind: string): Map<string, Stored> {
    const all = this.#objects.get(kind) ?? new Map<string, Stored>();
    this.#objects.set(kind, all);
    return all;
  }

  #tell(kind: string, type: string, object: Stored): void {
    const line = `${JSON.stringify({ type, object })}\n`;
    this.#events.push({ kind, version: this.#version, line });
    for (const response of this.#watches.get(kind) ?? []) response.write(line);
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const piece of request) body += piece;
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://fake');
    const [, kind = '', name, subresource] = /\/namespaces\/team\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?/.exec(pathname) ?? [];
    const send = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof value === 'string' ? value : JSON.stringify(value));
    };
    const missing = { kind: 'Status', code: 404, reason: 'NotFound', message: 'not found' };
    if (subresource === 'log' || request.method !== 'GET') this.asked.push(`${request.method} ${kind}/${name ?? ''}`);
    if (pathname === '/apis/argoproj.io/v1alpha1') send(this.#hasArgo ? 200 : 404, this.#hasArgo ? {} : missing);
    else if (subresource === 'log') {
      const log = this.logs.get(name as string);
      send(log === undefined ? 404 : 200, log ?? missing);
    } else if (request.method === 'POST' || request.method === 'PATCH') {
      const object = JSON.parse(body) as Stored;
      const { name: own } = object.metadata;
      const made = (this.#made.get(own) ?? 0) + 1;
      this.#made.set(own, made);
      const uid = made === 1 ? `uid-${own}` : `uid-${own}-${made}`;
      const stored = { ...object, metadata: { ...object.metadata, uid } };
      this.put(kind as 'workflows', stored);
      send(200, stored);
    } else if (request.method === 'DELETE') {
      this.remove(kind as 'workflows', name as string);
      send(200, { kind: 'Status' });
    } else if (searchParams.get('watch') === 'true') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      const since = Number(searchParams.get('resourceVersion'));
      for (const event of this.#events) if (event.kind === kind && event.version > since) response.write(event.line);
      this.#watches.set(kind, (this.#watches.get(kind) ?? new Set()).add(response));
    } else if (name !== undefined)
      send(this.get(kind, name) === undefined ? 404 : 200, this.get(kind, name) ?? missing);
    else {
      const wanted = (searchParams.get('labelSelector') ?? '').split(',').map((part) => part.split('='));
      const items = [...this.#of(kind).values()].filter(({ metadata: { labels = {} } }) =>
        wanted.every(([label = '', value]) => label !== TASK_LABEL || labels[label] === value),
      );
      send(200, { metadata: { resourceVersion: `${this.#version}` }, items });
    }
  }
}
