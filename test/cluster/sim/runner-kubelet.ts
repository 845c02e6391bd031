import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { KubernetesClient } from '../../../src/cluster/client.ts';

/** Lines that each simulated program prints. */
const LINES = 3;

/**
 * What answers for the kubelets of simulated nodes when logs are asked for. The log of a pod is made from its name, so that a test knows
 * what must have arrived.
 */
export class LogKubelet {
  /** How often the log of each pod was asked for. */
  readonly requests = new Map<string, number>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** `folder`: of the cluster, whose API server's certificate it borrows. From now on all nodes are reached here. */
  static async start(client: KubernetesClient, folder: string): Promise<LogKubelet> {
    const [key, cert] = ['key', 'crt'].map((end) => readFileSync(join(folder, 'certificates', `apiserver.${end}`)));
    const server = createServer({ key: key!, cert: cert! });
    const kubelet = new LogKubelet(server);
    server.on('request', (request, response) => {
      const [, kind, , pod = ''] = (request.url ?? '').split('?')[0]!.split('/');
      if (kind !== 'containerLogs') {
        response.writeHead(404).end();
        return;
      }
      kubelet.requests.set(pod, (kubelet.requests.get(pod) ?? 0) + 1);
      response.end(logOf(pod, (request.url ?? '').includes('timestamps=true')));
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
}

/** What a whole log of this pod has in it. */
export function logOf(pod: string, timestamps = false): string {
  return Array.from({ length: LINES }, (_, line) => {
    const time = timestamps ? `2026-01-01T00:00:0${line}.000000001Z ` : '';
    return `${time}line ${line} of ${pod}\n`;
  }).join('');
}
