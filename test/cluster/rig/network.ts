import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';

/** What pods get as KUBERNETES_SERVICE_HOST: the first address of the range of Services. On `lo` of the cluster's network. */
export const API_ADDRESS = '10.96.0.1';
/** The node: the bridge `lab0` that its pods hang on. */
export const NODE_ADDRESS = '10.88.0.1';
export const POD_NETWORK = '10.88.0.0/16';
export const BRIDGE = 'lab0';

const beside = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/**
 * Makes process, mount, network and cgroup namespaces for a cluster, and has everything that the lab starts from now on run in them.
 * Nothing in them is seen outside, two clusters do not collide, and when their init dies, all of it dies: with the cluster,
 * and with the test run, also when that is killed.
 */
export async function enterNamespaces(lab: Lab): Promise<void> {
  const logFile = lab.path('logs', 'namespaces.log');
  const log = openSync(logFile, 'a');
  const node = lab.path('node');
  const cgroup = basename(lab.folder);
  const argv = [beside('network-keeper.sh'), cgroup, node, 'sh', beside('network-init.sh'), node, cgroup];
  // A session of its own: an interrupt from the keyboard must not end the keeper before it has cleaned up.
  const keeper = spawn('sh', argv, { stdio: ['pipe', 'pipe', log], detached: true });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    keeper.once('error', () => resolve());
    keeper.once('exit', () => resolve());
  });
  lab.onStop(() => {
    keeper.stdin!.end();
    return ended;
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: keeper.stdout! })) {
    lines.push(line);
    if (line === 'ready') break;
  }
  if (lines.at(-1) !== 'ready') throw new Error(`no namespaces for the cluster:\n${readFileSync(logFile, 'utf8')}`);
  const init = childOf(lines[0]!);
  const namespaces = ['--pid', '--mount', '--net', '--cgroup'];
  lab.enter(['nsenter', '--target', init, ...namespaces, '--', 'sh', beside('network-enter.sh'), node]);
}

/** The only child of a process. */
function childOf(pid: string): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
}
