import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';
import { listenOnLoopback } from './proxy.ts';

const INSIDE = fileURLToPath(new URL('proxy-inside.ts', import.meta.url));

/**
 * Makes an address in a cluster's namespaces reachable from outside: answers the port on 127.0.0.1. A socket belongs to the network
 * namespace that it is made in, so the listener is made out here and handed to a process in there.
 */
export async function exposePort(lab: Lab, target: { readonly host: string; readonly port: number }): Promise<number> {
  const listener = await listenOnLoopback();
  const { port } = listener.address() as { port: number };
  const [command, ...args] = lab.inside([process.execPath, INSIDE, target.host, String(target.port)]);
  const log = openSync(lab.path('logs', 'proxy.log'), 'a');
  const child = spawn(command!, args, { stdio: ['ignore', log, log, 'ipc'] });
  closeSync(log);
  lab.onStop(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.disconnect();
    await once(child, 'exit');
  });
  const [answer] = await Promise.race([
    new Promise<[unknown]>((resolve) => {
      child.once('message', (message) => resolve([message]));
      child.send('listener', listener);
    }),
    once(child, 'exit'),
  ]);
  listener.close();
  if (answer !== 'listening') throw new Error('the proxy of the cluster did not start; see logs/proxy.log');
  return port;
}
