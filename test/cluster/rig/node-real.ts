import { startArgo } from './argo.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { startControllers } from './controllers.ts';
import { ARGOEXEC_IMAGE } from './images.ts';
import type { Lab } from './lab.ts';
import { API_ADDRESS, enterNamespaces, NODE_ADDRESS } from './network.ts';
import { startContainers, startNode } from './node.ts';
import { exposePort } from './proxy-api.ts';

/** Port of the API server in the cluster's network: that of the Service `kubernetes`, which pods ask for. */
const API_PORT = 443;

/** Starts all of a `real` cluster, in namespaces of its own. `timed` notes how long a part took. */
export async function startReal(
  lab: Lab,
  timed: <T>(part: string, start: () => Promise<T>) => Promise<T>,
): Promise<ControlPlane> {
  await timed('namespaces', () => enterNamespaces(lab));
  const [api] = await Promise.all([startPrograms(lab, timed), timed('containers', () => startContainers(lab))]);
  return api;
}

async function startPrograms(lab: Lab, timed: Parameters<typeof startReal>[1]): Promise<ControlPlane> {
  const api = await timed('API server', () =>
    startControlPlane(lab, {
      listen: { address: API_ADDRESS, port: API_PORT, advertise: NODE_ADDRESS },
      expose: () => exposePort(lab, { host: API_ADDRESS, port: API_PORT }),
    }),
  );
  await Promise.all([
    timed('node', () => startNode(lab, api)),
    timed('controllers', () => startControllers(lab, api)),
    timed('Argo', () => startArgo(lab, api, { executorImage: ARGOEXEC_IMAGE })),
  ]);
  return api;
}
