import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, createServer as createSecureServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';

interface Kubeconfig {
  readonly clusters: [{ readonly cluster: { [field: string]: string } }, ...unknown[]];
}

export interface GatewayRules {
  /** With the certificate of the API server, since kubectl sends no token without. Default: false, which is faster. */
  readonly isSecure?: boolean;
  /** Whether it has answered the request itself, which then goes no further. */
  answers?(request: IncomingMessage, response: ServerResponse): boolean;
  /** Brings the body of the API server's answer to the client. Default: as it comes. */
  pass?(request: IncomingMessage, answer: IncomingMessage, response: ServerResponse): void;
}

/** Stands before the API server of a cluster and sees every request: what the rules leave alone goes through as it is. */
export class Gateway {
  readonly #rules: GatewayRules;
  readonly #server;
  readonly #agent: Agent;
  readonly #target: string;
  readonly #config: Kubeconfig;

  private constructor(kubeconfig: string, rules: GatewayRules) {
    this.#rules = rules;
    this.#config = JSON.parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    const { cluster } = this.#config.clusters[0];
    this.#target = cluster['server']!;
    this.#agent = new Agent({
      keepAlive: true,
      ca: Buffer.from(cluster['certificate-authority-data']!, 'base64'),
      servername: cluster['tls-server-name']!,
    });
    const answer = (request: IncomingMessage, response: ServerResponse): void => this.#answer(request, response);
    const certificate = (end: string): Buffer =>
      readFileSync(join(dirname(kubeconfig), `certificates/apiserver.${end}`));
    this.#server = rules.isSecure
      ? createSecureServer({ key: certificate('key'), cert: certificate('crt') }, answer)
      : createServer(answer);
  }

  static async start(kubeconfig: string, rules: GatewayRules): Promise<Gateway> {
    const gateway = new Gateway(kubeconfig, rules);
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http${this.#rules.isSecure ? 's' : ''}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A kubeconfig that leads through the gateway, with the contexts and users of the cluster's. */
  writeKubeconfig(path: string): void {
    const { clusters } = this.#config;
    const through = { ...clusters[0], cluster: { ...(this.#rules.isSecure && clusters[0].cluster), server: this.url } };
    writeFileSync(path, JSON.stringify({ ...this.#config, clusters: [through] }));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#rules.answers?.(request, response) === true) return;
    const { method = 'GET', headers } = request;
    const options = { method, headers, agent: this.#agent };
    const through = httpsRequest(`${this.#target}${request.url}`, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      if (this.#rules.pass === undefined) answer.pipe(response);
      else this.#rules.pass(request, answer, response);
    });
    through.on('error', () => response.destroy());
    response.on('close', () => through.destroy());
    request.pipe(through);
  }
}
