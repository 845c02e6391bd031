import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { KubernetesClient } from '../../../src/cluster/client.ts';
import { CliRig } from '../cli-rig.ts';
import { type Connected, connect, freshNamespace } from '../rig/connect.ts';
import { Gateway } from '../rig/gateway.ts';

const LOG = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/?]+)\/log\?/;

/** Where the command line is tried: a cluster behind a gateway, which has the logs that simulated pods have not. */
export interface CliLab {
  readonly client: KubernetesClient;
  /** A project in a folder and a namespace of its own. `kubeconfig`: the way through the gateway; that of `rig` has no logs. */
  project(name: string): Promise<{ readonly namespace: string; readonly rig: CliRig; readonly kubeconfig: string }>;
}

/** For all tests of a file. `isSecure`: the gateway speaks TLS, without which kubectl sends no credentials. */
export function cliLab(isSecure = false): CliLab {
  let lab: Connected;
  let gateway: Gateway;
  beforeAll(async () => {
    lab = await connect();
    gateway = await startLogGateway(lab.kubeconfig, isSecure);
  });
  afterAll(async () => {
    await gateway.stop();
    lab.client.close();
  });
  return {
    get client() {
      return lab.client;
    },
    async project(name) {
      const namespace = await freshNamespace(lab.client, name);
      const rig = new CliRig(lab.kubeconfig);
      const kubeconfig = join(rig.root, 'kubeconfig');
      gateway.writeKubeconfig(kubeconfig);
      return { namespace, rig, kubeconfig };
    },
  };
}

/** Answers for the kubelets that there are not: the log of a pod is one line with its name. */
function startLogGateway(kubeconfig: string, isSecure: boolean): Promise<Gateway> {
  return Gateway.start(kubeconfig, {
    isSecure,
    answers(request, response) {
      const pod = LOG.exec(request.url ?? '')?.[1];
      if (pod === undefined) return false;
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(`${new Date().toISOString()} log of ${pod}\n`);
      return true;
    },
  });
}
