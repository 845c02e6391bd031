import { Gateway } from '../rig/gateway.ts';

const LOG = /^\/api\/v1\/namespaces\/[^/]+\/pods\/([^/?]+)\/log\?/;

/** Answers for the kubelets that there are not: the log of a pod is one line with its name. */
export function startLogGateway(kubeconfig: string, isSecure = false): Promise<Gateway> {
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
