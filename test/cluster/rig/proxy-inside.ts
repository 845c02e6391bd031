import type { Server } from 'node:net';
import { TcpProxy } from './proxy.ts';

// Runs in a cluster's namespaces: takes a listener that was made outside of them, and passes what comes there on to the API server.
// Arguments: host and port of the target. Ends when its parent does.
const [host, port] = process.argv.slice(2);
process.on('message', (_, server) => {
  new TcpProxy(server as Server, { host: host!, port: Number(port) });
  process.send!('listening');
});
process.on('disconnect', () => process.exit());
