import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';

interface Kubeconfig {
  readonly clusters: [{ readonly cluster: { [field: string]: string } }, ...unknown[]];
}

const LOG = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/?]+)\/log\?/;

/**
 * Stands before the API server of a simulated cluster and answers for the kubelets that there are not: the log of a pod is one line
 * with its name. All else goes through as it is.
 */
export class Gateway {
  /** What the next requests are answered with instead, while it is set. */
  failure: { readonly status: number; readonly body: object } | undefined;
  readonly #server;
  readonly #target: { readonly url: string; readonly ca: Buffer; readonly servername: string };
  readonly #config: Kubeconfig;

  private constructor(kubeconfig: string) {
    this.#config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    const { cluster } = this.#config.clusters[0];
    this.#target = {
      url: cluster['server']!,
      ca: Buffer.from(cluster['certificate-authority-data']!, 'base64'),
      servername: cluster['tls-server-name']!,
    };
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(kubeconfig: string): Promise<Gateway> {
    const gateway = new Gateway(kubeconfig);
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A kubeconfig that leads through the gateway, with the contexts and users of the cluster's. */
  writeKubeconfig(path: string): void {
    const { clusters } = this.#config;
    const through = { ...clusters[0], cluster: { server: this.url } };
    writeFileSync(path, JSON.stringify({ ...this.#config, clusters: [through] }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const pod = LOG.exec(request.url ?? '')?.[1];
    if (this.failure !== undefined) {
      response.writeHead(this.failure.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(this.failure.body));
    } else if (pod !== undefined) {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(`${new Date().toISOString()} log of ${pod}\n`);
    } else this.#pass(request, response);
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const { url, ca, servername } = this.#target;
    const { method = 'GET', headers } = request;
    const through = httpsRequest(`${url}${request.url}`, { method, headers, ca, servername }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    through.on('error', () => response.destroy());
    response.on('close', () => through.destroy());
    request.pipe(through);
  }
}
