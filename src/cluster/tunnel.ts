import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';

/**
 * An agent whose connections go through an HTTP proxy (`proxy-url` of a kubeconfig), which is asked to CONNECT.
 * Node has this of its own (`proxyEnv`) only since 22.21 and 24.5.
 */
export function tunnelAgent(proxy: string, options: https.AgentOptions): https.Agent {
  const agent = new https.Agent(options);
  const { protocol, hostname, port, username, password } = new URL(proxy);
  const login = username === '' ? undefined : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const proxyOptions: https.RequestOptions = {
    method: 'CONNECT',
    hostname,
    port: port || (protocol === 'https:' ? 443 : 80),
    ...(login !== undefined && { auth: login }),
    agent: false,
  };
  agent.createConnection = (target, callback) => {
    const done = callback as (error: Error | null, stream?: Duplex) => void;
    const path = `${target.host}:${target.port}`;
    const send = protocol === 'https:' ? https.request : http.request;
    const request = send({ ...proxyOptions, path, headers: { host: path } });
    request.on('connect', (response, socket) => {
      if (response.statusCode === 200) {
        const secure = tls.connect({ ...(target as tls.ConnectionOptions), socket });
        secure.once('secureConnect', () => secure.off('error', done));
        secure.once('error', done);
        done(null, secure);
        return;
      }
      socket.destroy();
      done(Object.assign(new Error(`the proxy answered with ${response.statusCode}`), { code: 'EPROXY' }));
    });
    request.on('error', done);
    request.end();
    return undefined;
  };
  return agent;
}
