import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { KubernetesClient } from '../../../../src/cluster/client.ts';
import type { Pod } from '../../rig/kwok-script.ts';

/** Lines that each simulated program prints at once. */
const LINES = 3;
/** Pods of a task of this name print a line now and then while they run. */
const TALKS = /-talks-/;
const TALK_LINES = 110;
const TALK_MILLIS = 100;

/**
 * What answers for the kubelets of simulated nodes when logs are asked for. The log of a pod is made from its name, so that a test knows
 * what must have arrived.
 */
export class LogKubelet {
  /** How often the log of each pod was asked for. */
  readonly requests = new Map<string, number>();
  readonly #client: KubernetesClient;
  readonly #server: Server;

  private constructor(client: KubernetesClient, server: Server) {
    this.#client = client;
    this.#server = server;
  }

  /** `folder`: of the cluster, whose API server's certificate it borrows. From now on all nodes are reached here: one for a cluster. */
  static async start(client: KubernetesClient, folder: string): Promise<LogKubelet> {
    const [key, cert] = ['key', 'crt'].map((end) => readFileSync(join(folder, 'certificates', `apiserver.${end}`)));
    const server = createServer({ key: key!, cert: cert! });
    const kubelet = new LogKubelet(client, server);
    server.on('request', (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'https://kubelet');
      const [, kind, namespace = '', pod = ''] = pathname.split('/');
      if (kind === 'containerLogs') kubelet.#answer(namespace, pod, searchParams, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    for await (const { metadata } of client.items({ apiVersion: 'v1', kind: 'Node' })) {
      const ref = { apiVersion: 'v1', kind: 'Node', name: metadata.name };
      const patch = { status: { daemonEndpoints: { kubeletEndpoint: { Port: port } } } };
      await client.patch(ref, patch, { type: 'merge', subresource: 'status' });
    }
    return kubelet;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #answer(namespace: string, pod: string, query: URLSearchParams, response: ServerResponse): void {
    this.requests.set(pod, (this.requests.get(pod) ?? 0) + 1);
    if (TALKS.test(pod)) this.#talk(namespace, pod, query, response).catch(() => response.destroy());
    else response.end(logOf(pod, query.get('timestamps') === 'true'));
  }

  /** As a kubelet: lines from `sinceTime` on, and (`follow`) those to come, until the program has ended. */
  async #talk(namespace: string, pod: string, query: URLSearchParams, response: ServerResponse): Promise<void> {
    const found = await this.#client.get<Pod>({ apiVersion: 'v1', kind: 'Pod', namespace, name: pod });
    const started = Date.parse(found!.status!.startTime!);
    const since = query.get('sinceTime') === null ? 0 : Date.parse(query.get('sinceTime')!);
    for (let line = 0; line < TALK_LINES; line++) {
      const time = started + line * TALK_MILLIS;
      if (time < since) continue;
      const wait = time - Date.now();
      if (wait > 0 && query.get('follow') !== 'true') break;
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (response.destroyed) return;
      response.write(`${new Date(time).toISOString().replace('Z', '000001Z')} line ${line} of ${pod}\n`);
    }
    response.end();
  }
}

/** What a whole log of this pod has in it. */
function logOf(pod: string, timestamps: boolean): string {
  return Array.from({ length: LINES }, (_, line) => {
    const time = timestamps ? `2026-01-01T00:00:0${line}.000000001Z ` : '';
    return `${time}line ${line} of ${pod}\n`;
  }).join('');
}
