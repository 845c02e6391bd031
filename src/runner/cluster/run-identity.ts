import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names this boot of this machine where the kernel does (Linux), since names of machines are not unique. */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    return `${hostname()}-${boot.slice(0, 8)}`;
  } catch {
    return undefined;
  }
}

/** Who this runner is: `host/process id/random`. */
export function runIdentity(): string {
  return `${machine() ?? hostname()}/${process.pid}/${randomBytes(4).toString('hex')}`;
}

/** Whether a runner of this machine has ended without a word. Of other machines nobody here can say. */
export function isDeadHere(identity: string): boolean {
  const parts = identity.split('/');
  const pid = Number(parts[1]);
  if (parts.length !== 3 || parts[0] !== machine() || !(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
